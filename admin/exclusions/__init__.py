"""Adding a unit that must not see a tip: it binds at once, old slips included."""
