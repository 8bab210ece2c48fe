"""/log/inventory: the nightly lists, and what was accepted and is missing or changed."""
