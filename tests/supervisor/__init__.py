"""The three processes, kept running and ended together."""
