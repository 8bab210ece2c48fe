"""The report in four short screens."""
