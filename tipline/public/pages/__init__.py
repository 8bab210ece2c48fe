"""Pages that are the same for everybody, and the pages of errors."""
