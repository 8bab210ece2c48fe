"""Counters for rate limits in one small file in RAM, shared by all workers of a site.

A table of fixed size under a file lock: it never grows, holds nothing but
salted hashes of keys that are HMACs themselves, and costs microseconds. Each
key has one bucket; when a bucket is full the counter that ends first makes
room. Flooding the table can therefore forget a counter, and never lock
anybody out.
"""

import fcntl
import hashlib
import mmap
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from limits.storage import Storage

from tipline.clock import Clock
from tipline.ram import WholeFile

SCHEME = "tipline-ram"

_SLOT = struct.Struct("<16sII")  # key's hash, end of the window in unix seconds, count
_SLOTS_IN_BUCKET = 8
_BUCKETS = 8_192
_SIZE = _SLOT.size * _SLOTS_IN_BUCKET * _BUCKETS  # 1.5 MiB


class RamCounters(Storage):
    """Counts for `limits`; the address is `tipline-ram:///path/of/the/file`."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012  # the library's attribute

    def __init__(self, uri: str, *, clock: Clock, **_: Any) -> None:
        super().__init__(uri)
        self._clock = clock
        path = Path(unquote(urlsplit(uri).path))
        file = WholeFile(path, _SIZE)
        self._table = mmap.mmap(file.fileno(), _SIZE)  # which keeps a descriptor of its own
        self._lock = Path(f"{path}.lock")
        self._lock.touch(mode=0o600)
        self._turn = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the storage itself may raise."""
        return OSError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, and begin a new window of `expiry` seconds where none runs; the new count."""
        now, mark = self._clock.unix(), _mark(key)
        with self._exclusive():
            place, end, count = self._find(mark, now)
            end, count = (end, count + amount) if end > now else (now + expiry, amount)
            _SLOT.pack_into(self._table, place, mark, end, min(count, 0xFFFF_FFFF))
        return count

    def get(self, key: str) -> int:
        """The count of the window that runs, or 0."""
        now = self._clock.unix()
        with self._exclusive():
            _, end, count = self._find(_mark(key), now)
        return count if end > now else 0

    def get_expiry(self, key: str) -> float:
        """When the window ends, in unix seconds."""
        now = self._clock.unix()
        with self._exclusive():
            _, end, _ = self._find(_mark(key), now)
        return float(max(end, now))

    def check(self) -> bool:
        """Whether counting works: the table is there as long as this process is."""
        return True

    def reset(self) -> int | None:
        """Forget every count."""
        with self._exclusive():
            self._table[:] = bytes(_SIZE)
        return None

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._exclusive():
            place, _, _ = self._find(_mark(key), self._clock.unix())
            _SLOT.pack_into(self._table, place, bytes(16), 0, 0)

    def _find(self, mark: bytes, now: int) -> tuple[int, int, int]:
        """The key's slot, or the one that makes room for it: (place, end, count)."""
        start = int.from_bytes(mark[:4], "big") % _BUCKETS * _SLOTS_IN_BUCKET * _SLOT.size
        spare, spare_end = start, 0xFFFF_FFFF
        for place in range(start, start + _SLOTS_IN_BUCKET * _SLOT.size, _SLOT.size):
            held, end, count = _SLOT.unpack_from(self._table, place)
            if held == mark and end > now:
                return place, end, count
            if end < spare_end:
                spare, spare_end = place, end
        return spare, 0, 0

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        with self._turn:
            # A lock file opened here: a lock on a file inherited by fork would be shared, not exclusive.
            lock = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
            finally:
                os.close(lock)


def _mark(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=16).digest()
