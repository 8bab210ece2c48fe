"""Tests of reading vouchers from photos."""
