"""What a site has seen of the log: its highest checkpoint and directory version, in a file of the site's own.

Several workers share the file; each looks whether another has written it before it relies on its own copy.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from crypto import canonical
from crypto.errors import BadFormat
from crypto.notes import Checkpoint
from tipline.durably import sync_folder
from tipline.keeper_client.errors import KeeperLied, KeeperRolledBack
from tipline.keeper_client.known import KnownSigners

_OWNER_ONLY: Final = 0o600
NO_DIRECTORY: Final = -1


@dataclass(frozen=True)
class _Content:
    directory_version: int = NO_DIRECTORY
    checkpoint: bytes = b""
    known: KnownSigners | None = None
    followed: int = 0


class SeenFile:
    """Remembers across restarts, and only ever goes up, but for a rollback that known people acknowledged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # Texts, made once: a path is put together anew for each of these that is asked for.
        self._name = str(path)
        self._lock = f"{path}.lock"
        self._fresh = f"{path}.new"
        self._guard = threading.Lock()
        # The file that was read last, and what stood in it. Replaced as one, so that whoever only looks does
        # not wait for whoever makes something durable.
        self._known: tuple[tuple[int, int] | None, _Content] = (None, _Content())

    @property
    def directory_version(self) -> int:
        """The highest version of a signed directory; -1 before the first."""
        return self._read().directory_version

    @property
    def checkpoint(self) -> bytes:
        """The signed checkpoint of the largest tree; empty before the first."""
        return self._read().checkpoint

    @property
    def known(self) -> KnownSigners | None:
        """Whose word counts when the log was set back; None before the first roster."""
        return self._read().known

    @property
    def followed(self) -> int:
        """How many rollbacks this site followed: what was built from the log before must be built anew."""
        return self._read().followed

    def remember(self, known: KnownSigners) -> None:
        """Remember who is known now."""
        if known == self.known:
            return
        with self._guard, self._locked():
            self._write(replace(self._read(), known=known))

    def follow(self, note: bytes, known: KnownSigners, checked_against: bytes) -> None:
        """Go on from a checkpoint that does not continue the highest one, which known people acknowledged.

        When another worker did so meanwhile, nothing is written.
        """
        with self._guard, self._locked():
            content = self._read()
            if content.checkpoint == checked_against:
                self._write(replace(content, checkpoint=note, known=known, followed=content.followed + 1))

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
            self._write(replace(content, directory_version=version))

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
            self._write(replace(content, checkpoint=note))
            return True

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _OWNER_ONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _read(self) -> _Content:
        before, content = self._known
        try:
            status = os.stat(self._name)
        except FileNotFoundError:
            if before is not None:
                raise KeeperRolledBack(f"{self._path} was removed while it was in use") from None
            return content
        # Each write makes a new file, so number and time of change together name one content.
        stamp = (status.st_ino, status.st_mtime_ns)
        if stamp != before:
            content = _decode(self._path.read_bytes())
            self._known = (stamp, content)
        return content

    def _write(self, content: _Content) -> None:
        data = canonical.encode(
            {
                "v": 1,
                "directory_version": content.directory_version,
                "checkpoint": content.checkpoint.decode("utf-8"),
                "known": content.known.to_fields() if content.known else {},
                "followed": content.followed,
            }
        )
        file = os.open(self._fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _OWNER_ONLY)
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(file)
            status = os.fstat(file)
        os.replace(self._fresh, self._name)
        sync_folder(self._path.parent)
        self._known = ((status.st_ino, status.st_mtime_ns), content)


def size_of(note: bytes) -> int:
    """The size in a checkpoint that was checked before it was remembered."""
    return Checkpoint.parse(note.decode("utf-8").partition("\n\n")[0] + "\n").size


def _decode(data: bytes) -> _Content:
    try:
        value = canonical.decode(data)
        version, checkpoint = value["directory_version"], value["checkpoint"]
        known, followed = value.get("known", {}), value.get("followed", 0)  # files from before have neither
        if type(version) is not int or not isinstance(checkpoint, str) or type(followed) is not int:
            raise BadFormat("a field has another form")
    except (BadFormat, KeyError) as error:
        # Starting anew would forget what was seen: that is for a person to decide.
        raise KeeperLied("the file of what was seen is damaged; restore or remove it") from error
    signers = KnownSigners.read(known) if known else None
    return _Content(version, checkpoint.encode("utf-8"), signers, followed)
