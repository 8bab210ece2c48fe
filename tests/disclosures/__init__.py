"""Tests of what both sites and the keeper know of disclosures."""
