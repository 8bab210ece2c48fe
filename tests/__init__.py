"""The tests mirror the code: `tests/crypto/test_age.py` tests `crypto/age.py`."""
