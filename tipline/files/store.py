"""Sealed files in a folder, one for each item, and the staging area before it.

A file is sealed while it streams into staging. It is synced there before its
tip is committed and moved to its place afterwards. In staging it is somebody's
for one of three reasons: its request still runs (it is locked), its form waits
for another press (it is in the register), or its tip is stored (it moves). The
sweep throws everything else away, also while others upload: a tip never lacks
a file, and an upload that was cut leaves none.

All times are set to the UTC day, folders' too.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tipline.clock import Clock
from tipline.database import stamp_day
from tipline.files.errors import NoSuchFile
from tipline.files.register import WaitingFiles
from tipline.files.staging import UNFINISHED, StagedFile, check_reserve, is_locked, sync_folder
from tipline.ids import ItemId

SWEEP_SECONDS = 300

log = structlog.get_logger()


class FileStore:
    """The folder of sealed files, by two hex digits, and its staging area on the same file system."""

    def __init__(self, files: Path, staging: Path, register: Path, clock: Clock) -> None:
        """Use these folders; `register` lies in RAM."""
        self._files = files
        self._staging = staging
        self._waiting = WaitingFiles(register, clock)
        self._clock = clock
        self._next_sweep = 0
        for folder in (files, staging):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def stage(self) -> StagedFile:
        """A new file to stream sealed bytes into.

        Raises:
            DiskReserveReached: what is left of the disk is kept for texts.
        """
        check_reserve(self._staging)
        return StagedFile(self._staging, self._clock)

    def hold(self, items: Iterable[ItemId]) -> None:
        """Let staged files wait for their form, for eight hours from now.

        Raises:
            OSError: the register cannot be written.
        """
        self._waiting.add(items)

    def is_kept(self, item: ItemId) -> bool:
        """Whether a file is in its place, so a tip holds it."""
        return self._place(item).exists()

    def is_there(self, item: ItemId) -> bool:
        """Whether a file still waits, or a tip holds it already."""
        staged = self._staging / item.hex()
        # The second look at its place is for a move between the first two.
        return self.is_kept(item) or (staged.exists() and self._waiting.has(item)) or self.is_kept(item)

    def discard(self, items: Iterable[ItemId]) -> None:
        """Throw away staged files that no tip holds; what a tip holds is in its place and stays."""
        for item in items:
            (self._staging / item.hex()).unlink(missing_ok=True)
            self._waiting.remove([item])
            stamp_day(self._staging, self._clock)

    def keep(self, items: Iterable[ItemId]) -> None:
        """Move staged files to their place, after their items were committed.

        Their tip is stored by now, so a disk that refuses the move must not undo them: such a file stays in
        staging, opens from there, and the next sweep moves it.
        """
        for item in items:
            try:
                self._waiting.remove([item])
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
        """Finish or throw away what sudden ends and forgotten forms left in staging.

        Args:
            is_stored: whether the database holds this item.
        """
        self._waiting.forget_ended()
        for path in list(self._staging.iterdir()):
            try:
                self._sweep_one(path, is_stored)
            except FileNotFoundError:
                continue  # its request ended in between
        stamp_day(self._staging, self._clock)

    def sweep_due(self, is_stored: Callable[[ItemId], bool]) -> None:
        """Sweep, unless this process did so within the last five minutes.

        A disk or a database that is away stops no request here: the next sweep comes.
        """
        now = self._clock.unix()
        if now < self._next_sweep:
            return
        self._next_sweep = now + SWEEP_SECONDS
        try:
            self.sweep(is_stored)
        except (OSError, SQLAlchemyError) as error:
            log.error("staging could not be swept", error=type(error).__name__)

    def _sweep_one(self, path: Path, is_stored: Callable[[ItemId], bool]) -> None:
        item = _item_of(path)
        # The lock first: a request registers or stores its file before it lets go of it.
        if is_locked(path) or (item and self._waiting.has(item)):
            return
        if item and is_stored(item):
            self.keep([item])
        else:
            path.unlink()

    def _keep(self, item: ItemId) -> None:
        staged, place = self._staging / item.hex(), self._place(item)
        if not staged.exists():
            return
        place.parent.mkdir(mode=0o700, exist_ok=True)
        staged.rename(place)
        for folder in (place.parent, self._files, self._staging):
            sync_folder(folder)
            stamp_day(folder, self._clock)

    def _place(self, item: ItemId) -> Path:
        return self._files / item.hex()[:2] / item.hex()


def _item_of(path: Path) -> ItemId | None:
    if path.suffix == UNFINISHED:
        return None
    try:
        return ItemId(bytes.fromhex(path.name))
    except ValueError:
        return None
