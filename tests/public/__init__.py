"""Tests of `tipline.public`."""
