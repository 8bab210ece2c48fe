"""The nightly list, against a real keeper."""
