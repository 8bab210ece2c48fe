"""Folders for a trial that these tests and pictures start."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def short_ram_folder() -> Iterator[Path]:
    """A folder in RAM with a short name, because a socket's path has 108 bytes at most; gone at the end."""
    with tempfile.TemporaryDirectory(prefix="tl-", dir="/dev/shm") as folder:
        yield Path(folder)
