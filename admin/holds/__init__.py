"""Keeping a tip from erasure for a legal reason, which two people state."""
