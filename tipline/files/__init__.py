"""Sealed files: staged while they stream, kept once their tip is stored."""
