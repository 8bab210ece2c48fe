"""Erasing what must not be kept any longer."""
