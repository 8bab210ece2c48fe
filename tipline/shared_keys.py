"""Keys that several workers share, kept in RAM and replaced as time passes.

Nothing sealed under such a key outlives it: two periods later, or with the
power, it is gone. The file is written over in place, under its lock: a RAM
folder that has no room for another one must not end the site with the period.
"""

import fcntl
import os
import struct
import threading
from pathlib import Path
from typing import NamedTuple

from crypto.randomness import random_bytes
from tipline.clock import Clock
from tipline.ram import WholeFile

KEY_BYTES = 32
_FILE = struct.Struct(f">Q{KEY_BYTES}s{KEY_BYTES}s")


class KeyPair(NamedTuple):
    """The key of this period and that of the one before."""

    current: bytes
    previous: bytes


class SharedKeys:
    """A random key for each period of `seconds`, in one file of the RAM folder."""

    def __init__(self, path: Path, seconds: int, clock: Clock) -> None:
        self._lock = Path(f"{path}.lock")
        self._lock.touch(mode=0o600)
        self._file = WholeFile(path, _FILE.size)
        self._seconds = seconds
        self._clock = clock
        self._turn = threading.Lock()
        self._period = -1
        self._keys = KeyPair(b"", b"")

    def pair(self) -> KeyPair:
        """Both keys in force."""
        period = self._clock.unix() // self._seconds
        with self._turn:
            if period != self._period:
                self._keys = self._load(period)
                self._period = period
            return self._keys

    def _load(self, period: int) -> KeyPair:
        lock = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = self._read()
            if known and known[0] == period:
                return known[1]
            # A key that is older than one period is dropped unseen.
            previous = known[1].current if known and known[0] == period - 1 else random_bytes(KEY_BYTES)
            keys = KeyPair(random_bytes(KEY_BYTES), previous)
            self._write(period, keys)
            return keys
        finally:
            os.close(lock)

    def _read(self) -> tuple[int, KeyPair] | None:
        period, current, previous = _FILE.unpack(self._file.read(_FILE.size, 0))
        return (period, KeyPair(current, previous)) if period else None

    def _write(self, period: int, keys: KeyPair) -> None:
        self._file.write(_FILE.pack(period, *keys), 0)
