"""Whose file is read when: two at a time of one folder, and one at a time of each sender.

So whoever sends without end holds one place, and the other stays free. A
worker's senders get their places in the order in which they came; the first
of each worker looks for a place that is free.
"""

import fcntl
import hashlib
import os
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason

AT_ONCE = 2

_LOOK_EVERY = 0.05  # seconds
_SENDERS = 1 << 40
_LOCK = struct.Struct("hhqqi4x")  # struct flock of Linux on 64 bits: type, whence, start, length, process


class Slots:
    """The places of all workers, as locks on files of one folder in RAM."""

    def __init__(self, folder: Path) -> None:
        """Use this folder; it and its files are made where there are none."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._places = [folder / f"place-{number}" for number in range(AT_ONCE)]
        self._senders = folder / "senders"
        # Made now, so that a full RAM folder stops nobody.
        for path in (*self._places, self._senders):
            path.touch(mode=0o600)
        self._queue: deque[object] = deque()
        self._turn = threading.Lock()

    @contextmanager
    def hold(self, sender: str, wait: float) -> Iterator[None]:
        """Hold one of the places for a sender, after waiting at most `wait` seconds.

        Raises:
            CannotRead: BUSY, none came free.
        """
        until = time.monotonic() + wait
        # The sender's own turn first: who waits for themselves stands in nobody's way.
        own = _taken(lambda: self._take_sender(sender), until)
        try:
            place = self._queued(until)
            try:
                yield
            finally:
                os.close(place)
        finally:
            os.close(own)

    def _queued(self, until: float) -> int:
        ticket = object()
        with self._turn:
            self._queue.append(ticket)
        try:
            return _taken(lambda: self._take_place() if self._queue[0] is ticket else None, until)
        finally:
            with self._turn:
                self._queue.remove(ticket)

    def _take_place(self) -> int | None:
        for path in self._places:
            descriptor = _opened(path)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
            else:
                return descriptor
        return None

    def _take_sender(self, sender: str) -> int | None:
        """One byte of an empty file is the sender's: no file names or counts them.

        The lock belongs to the descriptor, so that it holds between threads as well as processes
        (fcntl(2), "Open file description locks").
        """
        place = int.from_bytes(hashlib.blake2b(sender.encode(), digest_size=16).digest(), "big") % _SENDERS
        descriptor = _opened(self._senders)
        try:
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _LOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, place, 1, 0))
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor


def _taken(take: Callable[[], int | None], until: float) -> int:
    while (descriptor := take()) is None:
        if time.monotonic() >= until:
            raise CannotRead(Reason.BUSY)
        time.sleep(_LOOK_EVERY)
    return descriptor


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
