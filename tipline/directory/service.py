"""The directory in force: the highest version that the keeper signed, on the latest day.

A site keeps the highest one it has seen in a file of its own, so that neither
an older row nor a row that somebody else wrote can change whom it seals to.
"""

import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.log_keys import LogVerifier
from tipline.database import Database
from tipline.directory.errors import BadDirectory
from tipline.directory.models import DirectoryNote
from tipline.directory.types import Directory, open_directory
from tipline.settings import Settings

REFRESH_SECONDS = 5.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Pin:
    """The log that a site trusts: its name, its key, and its first entry's hash (hex)."""

    origin: str
    genesis: str
    log_key: LogVerifier

    @classmethod
    def of(cls, settings: Settings) -> "Pin":
        """The log that an instance's settings name."""
        return cls(settings.origin, settings.genesis, LogVerifier.parse(settings.log_key))


class DirectoryBook:
    """Gives a site the directory in force; looks for a newer one every few seconds."""

    def __init__(self, path: Path, pin: Pin, database: Database) -> None:
        """Use `path` as this site's own memory of the highest directory seen."""
        self._path = path
        self._pin = pin
        self._database = database
        self._current: Directory | None = None
        self._note = b""  # that of the current one, which is not checked again every few seconds
        self._looked_at = float("-inf")
        self._turn = threading.Lock()

    def current(self) -> Directory:
        """The directory in force.

        Raises:
            BadDirectory: there is none that the keeper signed.
        """
        # One thread looks; the others go on with the directory they have, and wait only for a first one.
        if self._is_due() and self._turn.acquire(blocking=self._current is None):
            try:
                self._look()
            finally:
                self._turn.release()
        if self._current is None:
            raise BadDirectory("no directory signed by our keeper is at hand")
        return self._current

    @property
    def log_key(self) -> LogVerifier:
        """The log's keys as far as the directory in force tells of them; without one the pinned key."""
        with suppress(BadDirectory):
            self.current()
        return self._pin.log_key

    def _is_due(self) -> bool:
        return self._current is None or time.monotonic() - self._looked_at >= REFRESH_SECONDS

    def _look(self) -> None:
        if not self._is_due():
            return  # another thread looked while this one waited
        if self._current is None and self._path.exists():
            self._note = self._path.read_bytes()
            self._current = self._open(self._note)
        self._looked_at = time.monotonic()
        self._look_for_newer()

    def _look_for_newer(self) -> None:
        version, day = self._current.age if self._current else (-1, "")
        with self._database.reading() as session:
            notes = session.scalars(
                select(DirectoryNote.note)
                .where(DirectoryNote.version >= version)
                .order_by(DirectoryNote.version.desc())
            ).all()
        for note in notes:
            if note == self._note:
                continue
            try:
                newer = self._open(note)
            except BadDirectory:
                log.warning("directory refused")
                continue
            if newer.age > (version, day):
                self._remember(note)
                self._current, self._note = newer, note
                return

    def _open(self, note: bytes) -> Directory:
        return open_directory(note, self._pin.log_key, self._pin.origin, self._pin.genesis)

    def _remember(self, note: bytes) -> None:
        fresh = self._path.with_suffix(f".{os.getpid()}")
        with fresh.open("wb") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)


def publish_directory(session: Session, version: int, note: bytes) -> None:
    """Store a directory for the public site to find; a stored version is replaced."""
    session.merge(DirectoryNote(version=version, note=note))


def newest_note(session: Session) -> bytes:
    """The note of the highest version, as it is stored; empty when there is none."""
    newest = select(DirectoryNote.note).order_by(DirectoryNote.version.desc()).limit(1)
    return session.scalar(newest) or b""
