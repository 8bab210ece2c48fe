"""Tests of `tipline.tips`."""
