"""The way in and the way out."""
