"""Streams of a PDF that grow without end, found before anything else unpacks them."""

import re
import zlib
from collections.abc import Iterator

from tipline.confined.errors import Dangerous
from tipline.confined.types import Reason

MAX_STREAM_BYTES = 256 * 1024 * 1024
"""One stream, unpacked: more than the largest picture that may be cleaned."""

MAX_TOTAL_BYTES = 1024 * 1024 * 1024

MAX_DEPTH = 200
"""Arrays and dictionaries inside each other. Readers that recurse end at a few thousand."""

_STREAM = re.compile(rb"stream\r?\n(?=[\x08\x18\x28\x38\x48\x58\x68\x78])")  # RFC 1950, CMF
_ZLIB = re.compile(rb"[\x08\x18\x28\x38\x48\x58\x68\x78][\x01\x5e\x9c\xda]")
_PIECE = 65_536
_DEEP = re.compile(rb"(?:\[\s*){%d}|(?:<<\s*/[^\s<>\[\]/]+\s*){%d}" % (MAX_DEPTH, MAX_DEPTH))


def refuse_bombs(file: memoryview) -> None:
    """Unpack each stream in small pieces, forget the pieces and count.

    Raises:
        Dangerous: a stream, or all of them, grow beyond what a reader can hold.
    """
    if _DEEP.search(file):
        raise Dangerous(Reason.DAMAGED)
    total = 0
    for found in _STREAM.finditer(file):
        size = _unpacked_size(file[found.end() :])
        total += size
        if size > MAX_STREAM_BYTES or total > MAX_TOTAL_BYTES:
            raise Dangerous(Reason.TOO_LARGE)


def _unpacked_size(packed: memoryview) -> int:
    size = 0
    inner: zlib._Decompress | None = None
    for number, piece in enumerate(_unpacked(packed)):
        if not number and _ZLIB.match(piece):
            inner = zlib.decompressobj()  # packed twice: one small stream that holds a large one
        size += len(piece)
        if inner is not None:
            size += _size_within(inner, piece)
        if size > MAX_STREAM_BYTES:
            break
    return size


def _unpacked(packed: memoryview) -> Iterator[bytes]:
    opener = zlib.decompressobj()
    at = 0
    try:
        while not opener.eof and (opener.unconsumed_tail or at < len(packed)):
            data = opener.unconsumed_tail or packed[at : at + _PIECE]
            at += 0 if opener.unconsumed_tail else len(data)
            yield opener.decompress(data, _PIECE)
    except zlib.error:
        return  # not packed after all, or cut


def _size_within(opener: "zlib._Decompress", piece: bytes) -> int:
    size = 0
    try:
        while piece and not opener.eof and size <= MAX_STREAM_BYTES:
            size += len(opener.decompress(piece, _PIECE))
            piece = opener.unconsumed_tail
    except zlib.error:
        return size
    return size
