"""A sealed file that no tip holds yet.

Whoever writes one holds a lock on it until its request ends. A file in staging
that nobody has locked belongs to nobody: its writer died.
"""

import fcntl
import os
from pathlib import Path
from typing import BinaryIO

from crypto.randomness import random_bytes
from tipline.clock import Clock
from tipline.database import stamp_day
from tipline.files.errors import DiskReserveReached
from tipline.ids import ID_BYTES, ItemId

RESERVE_BYTES = 1 << 30
"""What files leave of the disk, so that there is always room for texts."""

UNFINISHED = ".part"
LOOK_EVERY = 16 * 1024 * 1024
"""Bytes of one file between two looks at the room that is left."""


def check_reserve(folder: Path) -> None:
    """Refuse to go on when what is left is kept for texts.

    Raises:
        DiskReserveReached: fewer than RESERVE_BYTES are free.
    """
    room = os.statvfs(folder)
    if room.f_bavail * room.f_frsize < RESERVE_BYTES:
        raise DiskReserveReached("the disk's reserve is reached")


class StagedFile:
    """One file being written. It appears with its first byte."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._path = folder
        self._file: BinaryIO | None = None
        self._unlooked = 0

    def write(self, data: bytes) -> int:
        """Append sealed bytes.

        Raises:
            OSError: the disk is full or gone, or its reserve is reached.
        """
        if self._file is None:
            self._path, self._file = _created(self._folder)
        self._unlooked += len(data)
        if self._unlooked >= LOOK_EVERY:
            check_reserve(self._folder)
            self._unlooked = 0
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]
        return len(data)

    def open(self) -> BinaryIO:
        """The sealed bytes so far, for reading.

        Raises:
            FileNotFoundError: nothing was written, or it was dropped.
        """
        if self._file is None:
            raise FileNotFoundError("nothing was written")
        return self._path.open("rb")

    def finish(self, item: ItemId) -> None:
        """Sync the file and give it its item's name. It stays locked until `release` or `drop`.

        Raises:
            OSError: the disk is full or gone.
        """
        if self._file is None:
            raise FileNotFoundError("nothing was written")
        os.fsync(self._file.fileno())
        stamp_day(self._path, self._clock)
        named = self._path.with_name(item.hex())
        self._path.rename(named)
        self._path = named
        sync_folder(named.parent)
        stamp_day(named.parent, self._clock)

    def release(self) -> None:
        """Let go of a file that a tip holds now, or that is in the register."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def drop(self) -> None:
        """Throw the file away, if it is there."""
        if self._file is not None:
            self._path.unlink(missing_ok=True)
            self.release()
            stamp_day(self._folder, self._clock)


def is_locked(path: Path) -> bool:
    """Whether somebody is still at work on a file of the staging folder.

    Raises:
        FileNotFoundError: it is gone.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def sync_folder(folder: Path) -> None:
    """Make what a folder lists durable.

    Raises:
        OSError: the disk is gone.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _created(folder: Path) -> tuple[Path, BinaryIO]:
    """A new file, locked before anybody could take it for an orphan."""
    while True:
        path = folder / f"{random_bytes(ID_BYTES).hex()}{UNFINISHED}"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            # Pieces of 64 KiB come in; a buffer would only copy them.
            return path, os.fdopen(descriptor, "wb", buffering=0)
        os.close(descriptor)  # swept between its making and its lock
