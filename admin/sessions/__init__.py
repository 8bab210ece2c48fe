"""Staff sessions: rows that end, and that open only with the cookie."""
