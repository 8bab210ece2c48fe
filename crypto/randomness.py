"""The one random source."""

import os


def random_bytes(n: int) -> bytes:
    """``n`` bytes from the operating system's generator."""
    return os.urandom(n)
