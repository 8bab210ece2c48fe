"""Tests of `tipline.roster`."""
