"""The interference register."""
