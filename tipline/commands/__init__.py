"""Groups of the command line, and how it speaks."""
