"""What a site has seen of the log: its highest checkpoint and directory version, in a file of the site's own.

Several workers share the file; each looks whether another has written it before it relies on its own copy.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto import canonical
from crypto.errors import BadFormat
from crypto.notes import Checkpoint
from tipline.keeper_client.errors import KeeperLied, KeeperRolledBack

_OWNER_ONLY: Final = 0o600
NO_DIRECTORY: Final = -1


@dataclass(frozen=True)
class _Content:
    directory_version: int = NO_DIRECTORY
    checkpoint: bytes = b""


class SeenFile:
    """Remembers across restarts, and only ever goes up."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._content = _Content()
        self._stamp: tuple[int, int] | None = None

    @property
    def directory_version(self) -> int:
        """The highest version of a signed directory; -1 before the first."""
        return self._current().directory_version

    @property
    def checkpoint(self) -> bytes:
        """The signed checkpoint of the largest tree; empty before the first."""
        return self._current().checkpoint

    def advance_directory(self, version: int) -> None:
        """Remember a version.

        Raises:
            KeeperRolledBack: a higher one was seen.
        """
        if version == self.directory_version:
            return
        with self._guard, self._locked():
            content = self._read()
            if version < content.directory_version:
                raise KeeperRolledBack("the directory is older than one that was seen before")
            self._write(_Content(version, content.checkpoint))

    def advance_checkpoint(self, note: bytes, checked_against: bytes) -> bool:
        """Remember a checkpoint that continues the one it was checked against.

        False when another one was remembered meanwhile: then it must be checked against that one first.

        Raises:
            KeeperRolledBack: it is smaller than the one it was checked against.
        """
        with self._guard, self._locked():
            content = self._read()
            if content.checkpoint != checked_against:
                return False
            if content.checkpoint and size_of(note) < size_of(content.checkpoint):
                raise KeeperRolledBack("the checkpoint is older than one that was seen before")
            self._write(_Content(content.directory_version, note))
            return True

    def _current(self) -> _Content:
        with self._guard:
            return self._read()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = os.open(
            self._path.with_name(self._path.name + ".lock"),
            os.O_RDWR | os.O_CREAT | os.O_CLOEXEC,
            _OWNER_ONLY,
        )
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _read(self) -> _Content:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            if self._stamp is not None:
                raise KeeperRolledBack(f"{self._path} was removed while it was in use") from None
            return self._content
        # Each write makes a new file, so number and time of change together name one content.
        stamp = (status.st_ino, status.st_mtime_ns)
        if stamp != self._stamp:
            self._content = _decode(self._path.read_bytes())
            self._stamp = stamp
        return self._content

    def _write(self, content: _Content) -> None:
        data = canonical.encode(
            {
                "v": 1,
                "directory_version": content.directory_version,
                "checkpoint": content.checkpoint.decode("utf-8"),
            }
        )
        fresh = self._path.with_name(self._path.name + ".new")
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _OWNER_ONLY)
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(file)
            status = os.fstat(file)
        fresh.replace(self._path)
        self._content, self._stamp = content, (status.st_ino, status.st_mtime_ns)


def size_of(note: bytes) -> int:
    """The size in a checkpoint that was checked before it was remembered."""
    return Checkpoint.parse(note.decode("utf-8").partition("\n\n")[0] + "\n").size


def _decode(data: bytes) -> _Content:
    try:
        value = canonical.decode(data)
        version, checkpoint = value["directory_version"], value["checkpoint"]
        if type(version) is not int or not isinstance(checkpoint, str):
            raise BadFormat("a field has another form")
    except (BadFormat, KeyError) as error:
        # Starting anew would forget what was seen: that is for a person to decide.
        raise KeeperLied("the file of what was seen is damaged; restore or remove it") from error
    return _Content(version, checkpoint.encode("utf-8"))
