"""An iterator of bytes as a file that can be read line by line, with the memory of one piece."""

import io
from collections.abc import Iterator
from typing import Any


class PieceReader(io.RawIOBase):
    """The raw side; `as_file` puts the buffer over it."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        """It is read, never written."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with the next bytes; 0 at the end."""
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


def as_file(pieces: Iterator[bytes]) -> io.BufferedReader:
    """A buffered file over an iterator."""
    return io.BufferedReader(PieceReader(pieces))
