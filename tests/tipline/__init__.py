"""Tests of `tipline`."""
