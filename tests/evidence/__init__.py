"""Tests of `tipline.evidence`."""
