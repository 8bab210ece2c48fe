"""Rewards in the keeper: awards up to the grant, budgets, and what the mint and the pay desk rest on."""
