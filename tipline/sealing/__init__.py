"""An item, its slips, its padding: the one way to seal."""
