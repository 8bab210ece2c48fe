"""Padding, so that a sealed length says little: ``data ‖ zeros ‖ length as u64 big-endian``.

The total is the Padmé size of the data with its trailer, and never below a
floor. The length stands at the end, so that a stream can be padded whose
length is not known at its start.

Source: Padmé, from "Reducing Metadata Leakage from Encrypted Files and
Communication with PURBs" (Nikitin et al., PoPETs 2019), section 4.
"""

from collections.abc import Iterable, Iterator

from crypto.errors import BadFormat, CannotOpen

TEXT_FLOOR = 16_384  # bytes; texts, messages, notes, identity records
CARD_FLOOR = 1_024
FILE_FLOOR = 4_096
TRAILER_LENGTH = 8
_PIECE = 65_536


def padded_length(length: int, floor: int) -> int:
    """How many bytes ``length`` bytes have when padded, trailer included."""
    total = length + TRAILER_LENGTH
    exponent = total.bit_length() - 1
    # Padmé keeps as many leading bits as the exponent needs bits; the rest become zero, rounded up.
    mask = (1 << exponent - exponent.bit_length()) - 1
    return max((total + mask) & ~mask, floor)


def _trailer(length: int) -> bytes:
    return length.to_bytes(TRAILER_LENGTH, "big")


def _zeros(count: int) -> Iterator[bytes]:
    piece = bytes(min(count, _PIECE))
    for start in range(0, count, _PIECE):
        yield piece[: count - start]


def pad(data: bytes, floor: int) -> bytes:
    """Pad ``data`` to its Padmé size, at least ``floor`` bytes."""
    zeros = padded_length(len(data), floor) - len(data) - TRAILER_LENGTH
    return b"".join((data, bytes(zeros), _trailer(len(data))))


def unpad(data: bytes) -> bytes:
    """The data that ``pad`` was given.

    Raises:
        BadFormat: the length in the trailer does not fit, or the padding is not zero.
    """
    length = int.from_bytes(data[-TRAILER_LENGTH:], "big")
    end = len(data) - TRAILER_LENGTH
    if end < length:
        raise BadFormat("the padding's length does not fit")
    if data.count(0, length, end) != end - length:
        raise BadFormat("the padding is not zero")
    return data[:length]


def tail(length: int, floor: int) -> Iterator[bytes]:
    """What to write after a stream of ``length`` bytes: zeros in pieces of up to 64 KiB, then the trailer."""
    yield from _zeros(padded_length(length, floor) - length - TRAILER_LENGTH)
    yield _trailer(length)


def unpad_stream(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Give out the data of a padded stream, without its padding, with constant memory.

    Zeros at the end of what came may be data or padding: they are counted, not
    held, and made again when something else follows.

    Raises:
        CannotOpen: at the end, when the trailer does not agree with what came.
    """
    given = zeros = 0
    trailer = b""
    for chunk in chunks:
        window = trailer + chunk
        trailer = window[-TRAILER_LENGTH:]
        window = window[:-TRAILER_LENGTH]
        solid = window.rstrip(b"\0")
        if solid:
            yield from _zeros(zeros)
            yield solid
            given += zeros + len(solid)
            zeros = 0
        zeros += len(window) - len(solid)
    length = int.from_bytes(trailer, "big")
    if len(trailer) < TRAILER_LENGTH or not given <= length <= given + zeros:
        raise CannotOpen("the padding's length does not fit")
    yield from _zeros(length - given)
