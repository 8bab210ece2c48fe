"""Frames on the keeper's sockets: a length of four bytes, big-endian, then canonical JSON.

Bytes travel as padded base64. Both ends use this module.
"""

import base64
import binascii
import socket
import struct
import time
from collections.abc import Mapping
from typing import Any, Final

from crypto import canonical
from crypto.errors import BadFormat

MAX_FRAME: Final = 8 * 1024 * 1024  # bytes: 400 slips of a list statement take 3 MiB
_LENGTH: Final = struct.Struct(">I")
_STEP: Final = 256 * 1024
_SHORTEST: Final = 0.001  # seconds; none at all would mean "do not wait"


class ConnectionEnded(Exception):
    """The other end closed the connection; `midway` when it did so inside a frame."""

    def __init__(self, *, midway: bool) -> None:
        super().__init__("the connection ended" + (" inside a frame" if midway else ""))
        self.midway = midway


def send(connection: socket.socket, value: Mapping[str, Any]) -> None:
    """Send one object.

    Raises:
        BadFormat: it has no canonical form or is longer than a frame.
        OSError: the connection broke.
    """
    data = canonical.encode(dict(value))
    if len(data) > MAX_FRAME:
        raise BadFormat("the frame is too long")
    connection.sendall(_LENGTH.pack(len(data)) + data)


def receive(
    connection: socket.socket, *, limit: int = MAX_FRAME, deadline: float | None = None
) -> dict[str, Any]:
    """Receive one object of at most `limit` bytes, until a deadline of the monotonic clock if there is one.

    Raises:
        BadFormat: too long, or not canonical.
        ConnectionEnded: the other end is gone.
        OSError: the connection broke, or its timeout passed.
    """
    length = _LENGTH.unpack(_exactly(connection, _LENGTH.size, deadline, started=False))[0]
    if length > limit:
        raise BadFormat("the frame is too long")
    return canonical.decode(_exactly(connection, length, deadline, started=True))


def _exactly(connection: socket.socket, length: int, deadline: float | None, *, started: bool) -> bytes:
    data = bytearray()  # grows with what comes: an announced length alone takes no memory
    while len(data) < length:
        if deadline is not None:
            connection.settimeout(max(deadline - time.monotonic(), _SHORTEST))
        piece = connection.recv(min(length - len(data), _STEP))
        if not piece:
            raise ConnectionEnded(midway=started or bool(data))
        data += piece
    return bytes(data)


def to_text(data: bytes) -> str:
    """Bytes as they stand in a frame."""
    return base64.b64encode(data).decode("ascii")


def to_bytes(text: object) -> bytes:
    """Read bytes from a frame.

    Raises:
        BadFormat: not base64.
    """
    if not isinstance(text, str):
        raise BadFormat("a field is not base64")
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise BadFormat("a field is not base64") from error
