"""Proposals: statements that one person has signed and another has yet to sign."""
