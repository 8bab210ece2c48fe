"""What every page must say while something is wrong with the log, its witnesses or what is held."""
