"""Tips: what is stored of one, what it answers, and how it moves."""
