"""Names of accused persons: marked by a reviewer, hidden where a tip's text is shown, read by themselves."""
