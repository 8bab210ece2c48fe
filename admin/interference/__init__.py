"""/interference: who tried to influence which case, what was done about it, and the report upward (R32)."""
