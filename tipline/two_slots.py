"""A file's content in two slots that are written in turn: a change is whole or not there, and takes one sync.

A slot is the content, zeros, the number of the write as 8 bytes, and SHA-256 of all that. Both have the same
length. A write that is cut short spoils the older slot only.
"""

from hashlib import sha256
from typing import Final

_NUMBER: Final = 8
_HASH: Final = 32
TRAILER: Final = _NUMBER + _HASH
"""Bytes of a slot that are no content."""
NOTHING: Final = -1
"""The number of a write that there was not."""


def slot(content: bytes, number: int, length: int) -> bytes:
    """The slot of a write, `length` bytes; the content must fit, and not end in a zero."""
    filled = content.ljust(length - TRAILER, b"\0") + number.to_bytes(_NUMBER, "big")
    return filled + sha256(filled).digest()


def place_of(number: int, length: int) -> int:
    """Where a write's slot begins in the file."""
    return number % 2 * length


def newest(data: bytes) -> tuple[int, bytes]:
    """The number and the content of the last write, of those that stand in two slots whole.

    `NOTHING` and nothing when none does.
    """
    half = len(data) // 2
    if len(data) % 2 or half < TRAILER:
        return NOTHING, b""
    return max(_read(data[:half]), _read(data[half:]))


def _read(one: bytes) -> tuple[int, bytes]:
    filled = one[:-_HASH]
    if sha256(filled).digest() != one[-_HASH:]:
        return NOTHING, b""
    return int.from_bytes(filled[-_NUMBER:], "big"), filled[:-_NUMBER].rstrip(b"\0")
