"""Rewards that are paid by name: asking whom to pay, and confirming it."""
