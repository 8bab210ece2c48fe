"""Making an instance."""
