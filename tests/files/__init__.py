"""Tests of `tipline.files`."""
