"""Printing code sheets unseen: for letters, and for people without a phone."""
