"""The interference register: who tried to influence which case, and what was done about it (R32)."""
