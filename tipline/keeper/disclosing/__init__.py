"""Disclosures: an identity is opened by two people, and by nobody alone."""
