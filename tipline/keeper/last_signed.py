"""The last signed checkpoint in a file: two slots of 1,024 bytes (`tipline.two_slots`), with one sync each.

A file of any other length is a note alone, as earlier versions wrote it.
"""

import os
from pathlib import Path
from typing import Final

from tipline.durably import replace_durably
from tipline.two_slots import NOTHING, newest, place_of, slot

SLOT: Final = 1024


class SignedFile:
    """One such file. Only the keeper's writer writes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._name = str(path)  # made once: a path is put together anew for each of these that is asked for
        self._number = NOTHING

    def read(self) -> bytes:
        """The note that was written last, of those that stand in it whole; empty when there is none."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return b""
        if len(data) != 2 * SLOT:
            return data
        return newest(data)[1]

    def write(self, note: bytes) -> None:
        """Keep a note, durably. The first write of a process makes the file anew.

        Raises:
            OSError: it is not durable.
        """
        number = self._number + 1
        one = slot(note, number, SLOT)
        if not number or not self._overwritten(one, place_of(number, SLOT)):
            replace_durably(self.path, 2 * one)
        self._number = number

    def _overwritten(self, one: bytes, at: int) -> bool:
        """Write a slot in its place; False where there is no such file any more, and nothing was written."""
        try:
            file = os.open(self._name, os.O_WRONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            if os.fstat(file).st_size != 2 * SLOT:
                return False
            os.pwrite(file, one, at)
            os.fdatasync(file)
        finally:
            os.close(file)
        return True
