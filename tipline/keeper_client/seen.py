"""What a site has seen of the log: its highest checkpoint and directory version, in a file of the site's own.

Several workers share the file; each looks whether another has written it before it relies on its own copy. It
has two slots (`tipline.two_slots`), each a canonical object, so that a new checkpoint takes one sync. A file
that is such an object alone is one of an earlier version.
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
from tipline.two_slots import NOTHING, TRAILER, newest, place_of, slot

_OWNER_ONLY: Final = 0o600
_BLOCK: Final = 4_096
"""Slots are whole blocks of a disk: one that is cut short while it is written spoils no other slot."""
_ROOM: Final = 256  # bytes that a new file leaves in a slot: sizes in a checkpoint grow by digits
NO_DIRECTORY: Final = -1


@dataclass(frozen=True)
class _Content:
    directory_version: int = NO_DIRECTORY
    checkpoint: bytes = b""
    known: KnownSigners | None = None
    followed: int = 0

    def encode(self) -> bytes:
        """As it stands in the file."""
        return canonical.encode(
            {
                "v": 1,
                "directory_version": self.directory_version,
                "checkpoint": self.checkpoint.decode("utf-8"),
                "known": self.known.to_fields() if self.known else {},
                "followed": self.followed,
            }
        )


@dataclass(frozen=True)
class _Held:
    """What the file held when it was looked at last: its bytes, the number of their write, what they say."""

    data: bytes | None = None  # None before there is a file
    number: int = NOTHING
    content: _Content = _Content()


class SeenFile:
    """Remembers across restarts, and only ever goes up, but for a rollback that known people acknowledged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # Texts, made once: a path is put together anew for each of these that is asked for.
        self._name = str(path)
        self._lock = f"{path}.lock"
        self._fresh = f"{path}.new"
        self._guard = threading.Lock()
        # Replaced as one, so that whoever only looks does not wait for whoever makes something durable.
        self._known = _Held()

    @property
    def directory_version(self) -> int:
        """The highest version of a signed directory; -1 before the first."""
        return self._read().content.directory_version

    @property
    def checkpoint(self) -> bytes:
        """The signed checkpoint of the largest tree; empty before the first."""
        return self._read().content.checkpoint

    @property
    def known(self) -> KnownSigners | None:
        """Whose word counts when the log was set back; None before the first roster."""
        return self._read().content.known

    @property
    def followed(self) -> int:
        """How many rollbacks this site followed: what was built from the log before must be built anew."""
        return self._read().content.followed

    def remember(self, known: KnownSigners) -> None:
        """Remember who is known now."""
        if known == self.known:
            return
        with self._guard, self._locked():
            held = self._read()
            self._write(replace(held.content, known=known), held)

    def follow(self, note: bytes, known: KnownSigners, checked_against: bytes) -> None:
        """Go on from a checkpoint that does not continue the highest one, which known people acknowledged.

        When another worker did so meanwhile, nothing is written.
        """
        with self._guard, self._locked():
            held = self._read()
            content = held.content
            if content.checkpoint == checked_against:
                self._write(
                    replace(content, checkpoint=note, known=known, followed=content.followed + 1), held
                )

    def advance_directory(self, version: int) -> None:
        """Remember a version.

        Raises:
            KeeperRolledBack: a higher one was seen.
        """
        if version == self.directory_version:
            return
        with self._guard, self._locked():
            held = self._read()
            if version < held.content.directory_version:
                raise KeeperRolledBack("the directory is older than one that was seen before")
            self._write(replace(held.content, directory_version=version), held)

    def advance_checkpoint(self, note: bytes, checked_against: bytes) -> bool:
        """Remember a checkpoint that continues the one it was checked against.

        False when another one was remembered meanwhile: then it must be checked against that one first.

        Raises:
            KeeperRolledBack: it is smaller than the one it was checked against.
        """
        with self._guard, self._locked():
            held = self._read()
            before = held.content.checkpoint
            if before != checked_against:
                return False
            if before and size_of(note) < size_of(before):
                raise KeeperRolledBack("the checkpoint is older than one that was seen before")
            self._write(replace(held.content, checkpoint=note), held)
            return True

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _OWNER_ONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _read(self) -> _Held:
        held = self._known
        try:
            data = self._data()
        except FileNotFoundError:
            if held.data is not None:
                raise KeeperRolledBack(f"{self._path} was removed while it was in use") from None
            return held
        if data != held.data:
            number, written = newest(data)
            held = self._known = _Held(data, number, _decode(data if number == NOTHING else written))
        return held

    def _data(self) -> bytes:
        file = os.open(self._name, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return os.read(file, os.fstat(file).st_size)
        finally:
            os.close(file)

    def _write(self, content: _Content, held: _Held) -> None:
        """Put other content in the place of what is held, by the only one who writes.

        By what was read under the lock: `_known` may be set back by whoever read before it.
        """
        encoded, number = content.encode(), held.number + 1
        length = len(held.data or b"") // 2 if held.number != NOTHING else 0
        if len(encoded) + TRAILER > length:
            length = -(-(len(encoded) + TRAILER + _ROOM) // _BLOCK) * _BLOCK
            data = 2 * slot(encoded, number, length)
            self._replace(data)
        else:
            at, one = place_of(number, length), slot(encoded, number, length)
            self._overwrite(at, one)
            data = (held.data or b"")[:at] + one + (held.data or b"")[at + length :]
        self._known = _Held(data, number, content)

    def _replace(self, data: bytes) -> None:
        file = os.open(self._fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _OWNER_ONLY)
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(file)
        os.replace(self._fresh, self._name)
        sync_folder(self._path.parent)

    def _overwrite(self, at: int, one: bytes) -> None:
        file = os.open(self._name, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.pwrite(file, one, at)
            os.fdatasync(file)
        finally:
            os.close(file)


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
