"""Rewards: who may have one, how much, in which vouchers, and where each award stands."""
