"""What a statement may do: one function per type, joined in `table`."""
