"""Two heads of the log that do not fit together, and the two people who decide which one goes on."""
