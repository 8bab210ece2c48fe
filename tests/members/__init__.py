"""Members, by signed statements."""
