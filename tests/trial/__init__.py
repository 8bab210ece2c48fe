"""The trial instance."""
