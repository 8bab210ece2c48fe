"""The last signed checkpoint in a file: two slots that are written in turn, with one sync each.

A write that is cut short spoils the older slot only. A slot is the note, zeros, the number of the write as 8
bytes, and SHA-256 of all that: 1,024 bytes. A file of any other length is a note alone, as earlier versions
wrote it.
"""

import os
from hashlib import sha256
from pathlib import Path
from typing import Final

from tipline.durably import replace_durably

SLOT: Final = 1024
_NUMBER: Final = 8
_HASH: Final = 32
_ROOM: Final = SLOT - _NUMBER - _HASH


class SignedFile:
    """One such file. Only the keeper's writer writes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._number = -1

    def read(self) -> bytes:
        """The note that was written last, of those that stand in it whole; empty when there is none."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return b""
        if len(data) != 2 * SLOT:
            return data
        return max((_read(data[:SLOT]), _read(data[SLOT:])))[1]

    def write(self, note: bytes) -> None:
        """Keep a note, durably. The first write of a process makes the file anew.

        Raises:
            OSError: it is not durable.
        """
        number = self._number + 1
        if not number or not self._is_whole():
            replace_durably(self.path, 2 * _slot(note, number))
        else:
            file = os.open(self.path, os.O_WRONLY | os.O_CLOEXEC)
            try:
                os.pwrite(file, _slot(note, number), number % 2 * SLOT)
                os.fdatasync(file)
            finally:
                os.close(file)
        self._number = number

    def _is_whole(self) -> bool:
        try:
            return self.path.stat().st_size == 2 * SLOT
        except FileNotFoundError:
            return False


def _slot(note: bytes, number: int) -> bytes:
    content = note.ljust(_ROOM, b"\0") + number.to_bytes(_NUMBER, "big")
    return content + sha256(content).digest()


def _read(slot: bytes) -> tuple[int, bytes]:
    """The number of a slot's write and its note; -1 and nothing for a spoilt one."""
    content = slot[:-_HASH]
    if sha256(content).digest() != slot[-_HASH:]:
        return -1, b""
    return int.from_bytes(content[-_NUMBER:], "big"), content[:_ROOM].rstrip(b"\0")
