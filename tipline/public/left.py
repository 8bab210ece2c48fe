"""Which forms were left: a table of fixed size in RAM that all workers share.

A slot holds a mark (8 bytes that say nothing) and the end in unix seconds (u64, big-endian). A mark has eight
places to stand; when all are taken, the one that ends first gives way. So a flood fills no memory.
"""

import fcntl
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from tipline.clock import Clock
from tipline.ram import WholeFile

MARK_BYTES = 8
LEFT_SECONDS = 8 * 3600
"""As long as a form's sealed field can live."""

_SLOT = struct.Struct(f">{MARK_BYTES}sQ")
_SLOTS = 8
_BUCKET_BYTES = _SLOTS * _SLOT.size
_BUCKETS = 8_192


class LeftForms:
    """The marks of forms that must not be answered any more."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Use a file in RAM; it is made where there is none."""
        self._clock = clock
        self._table = WholeFile(path, _BUCKETS * _BUCKET_BYTES)
        self._lock = Path(f"{path}.lock")
        self._lock.touch(mode=0o600)

    def add(self, marks: Iterable[bytes]) -> None:
        """Remember marks for eight hours from now.

        Raises:
            OSError: the RAM folder is gone.
        """
        # A lock file opened here: a lock on a file inherited by fork would be shared, not exclusive.
        lock = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for mark in marks:
                ends = [0 if held == mark else end for held, end in self._slots(mark)]
                slot = _SLOT.pack(mark, self._clock.unix() + LEFT_SECONDS)
                self._table.write(slot, _place(mark) + ends.index(min(ends)) * _SLOT.size)
        finally:
            os.close(lock)

    def has(self, mark: bytes) -> bool:
        """Whether a mark was remembered within the last eight hours."""
        return any(held == mark and end > self._clock.unix() for held, end in self._slots(mark))

    def _slots(self, mark: bytes) -> list[tuple[bytes, int]]:
        return list(_SLOT.iter_unpack(self._table.read(_BUCKET_BYTES, _place(mark))))


def _place(mark: bytes) -> int:
    return int.from_bytes(mark, "big") % _BUCKETS * _BUCKET_BYTES
