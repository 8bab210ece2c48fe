"""What outside witnesses say about this log: asked beside the writer, kept, and told to whoever must know."""
