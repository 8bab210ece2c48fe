"""Tests of `tipline.mailbox`."""
