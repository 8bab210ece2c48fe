"""What the log says of a tip or a month, as facts: from entries alone, so that anybody can find the same."""
