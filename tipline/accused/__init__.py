"""Those whom a tip accuses: their names apart from its text, and an alias wherever the text is shown."""
