"""Sealed files in a folder, one for each item, and the staging area before it.

A file is sealed while it streams into staging. It is synced there before its
tip is committed and moved to its place afterwards, so whatever happens in
between, `sweep` at the next start either finishes the move or throws the file
away: a tip never lacks a file, and an upload that was cut leaves none.

All times are set to the UTC day, folders' too.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

import structlog

from crypto.randomness import random_bytes
from tipline.clock import Clock
from tipline.database import stamp_day
from tipline.files.errors import NoSuchFile
from tipline.ids import ID_BYTES, ItemId

_UNFINISHED = ".part"
_PRIVATE = 0o600

log = structlog.get_logger()


class StagedFile:
    """A sealed file that no tip holds yet. The file appears with the first byte."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._clock = clock
        self._path = folder / f"{random_bytes(ID_BYTES).hex()}{_UNFINISHED}"
        self._file: BinaryIO | None = None

    def write(self, data: bytes) -> int:
        """Append sealed bytes.

        Raises:
            OSError: the disk is full or gone.
        """
        if self._file is None:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE)
            # Pieces of 64 KiB come in; a buffer would only copy them.
            self._file = os.fdopen(descriptor, "wb", buffering=0)
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]
        return len(data)

    def finish(self, item: ItemId) -> None:
        """Sync the file and give it its item's name.

        Raises:
            OSError: the disk is full or gone.
        """
        if self._file is None:
            raise FileNotFoundError("nothing was written")
        os.fsync(self._file.fileno())
        self._file.close()
        stamp_day(self._path, self._clock)
        named = self._path.with_name(item.hex())
        self._path.rename(named)
        self._path = named
        _sync_folder(named.parent)
        stamp_day(named.parent, self._clock)

    def drop(self) -> None:
        """Throw the file away, if it is there."""
        if self._file is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)
            stamp_day(self._path.parent, self._clock)


class FileStore:
    """The folder of sealed files, by two hex digits, and its staging area on the same file system."""

    def __init__(self, files: Path, staging: Path, clock: Clock) -> None:
        self._files = files
        self._staging = staging
        self._clock = clock
        for folder in (files, staging):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def stage(self) -> StagedFile:
        """A new file to stream sealed bytes into."""
        return StagedFile(self._staging, self._clock)

    def keep(self, items: Iterable[ItemId]) -> None:
        """Move staged files to their place, after their items were committed.

        Their tip is stored by now, so a disk that refuses the move must not undo them: such a file stays in
        staging, opens from there, and the next sweep moves it.
        """
        for item in items:
            try:
                self._keep(item)
            except OSError as error:
                log.error("a stored file stays in staging", error=type(error).__name__)

    def open(self, item: ItemId) -> BinaryIO:
        """Open a sealed file for reading, wherever it is just now.

        Raises:
            NoSuchFile: there is none.
        """
        # The second look at its place is for a move between the first two.
        for path in (self._place(item), self._staging / item.hex(), self._place(item)):
            try:
                return path.open("rb")
            except FileNotFoundError:
                continue
        raise NoSuchFile(item.hex())

    def delete(self, item: ItemId) -> None:
        """Remove a sealed file; one that is not there is no error."""
        for path in (self._place(item), self._staging / item.hex()):
            path.unlink(missing_ok=True)
            if path.parent.exists():
                stamp_day(path.parent, self._clock)

    def sweep(self, is_stored: Callable[[ItemId], bool]) -> None:
        """Finish or throw away what a sudden end left in staging. Only while nobody uploads.

        Args:
            is_stored: whether the database holds this item.
        """
        for path in list(self._staging.iterdir()):
            item = _item_of(path)
            if item and is_stored(item):
                self.keep([item])
            else:
                path.unlink()
        stamp_day(self._staging, self._clock)

    def _keep(self, item: ItemId) -> None:
        staged, place = self._staging / item.hex(), self._place(item)
        if not staged.exists():
            return
        place.parent.mkdir(mode=0o700, exist_ok=True)
        staged.rename(place)
        for folder in (place.parent, self._files, self._staging):
            _sync_folder(folder)
            stamp_day(folder, self._clock)

    def _place(self, item: ItemId) -> Path:
        return self._files / item.hex()[:2] / item.hex()


def _item_of(path: Path) -> ItemId | None:
    if path.suffix == _UNFINISHED:
        return None
    try:
        return ItemId(bytes.fromhex(path.name))
    except ValueError:
        return None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
