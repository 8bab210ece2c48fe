"""Tests of tipline/bench: what is measured and how, never how fast."""
