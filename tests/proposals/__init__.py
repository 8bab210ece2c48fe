"""Tests of `tipline.proposals`."""
