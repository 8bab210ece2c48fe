"""Names: writing one down, asking for one, deciding about it, and looking at it."""
