"""Frames on the keeper's sockets: a length of four bytes, big-endian, then canonical JSON.

Bytes travel as padded base64. Both ends use this module. There is one frame at a time in each direction: a
question, then its answer.
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
_FIRST: Final = 16 * 1024  # bytes to ask for when a frame begins: nearly every one comes whole
_STEP: Final = 256 * 1024
_TIME: Final = struct.Struct("@ll")  # struct timeval of socket(7), SO_RCVTIMEO: seconds and microseconds
_SHORTEST: Final = 0.001  # seconds; none at all would mean "do not wait"


class ConnectionEnded(Exception):
    """The other end closed the connection; `midway` when it did so inside a frame."""

    def __init__(self, *, midway: bool) -> None:
        super().__init__("the connection ended" + (" inside a frame" if midway else ""))
        self.midway = midway


class Incoming:
    """One frame of at most `limit` bytes, as it comes in piece by piece."""

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self._limit = limit
        self._data = bytearray()  # a frame may trickle in byte by byte

    @property
    def begun(self) -> bool:
        """Whether anything of it has come."""
        return bool(self._data)

    @property
    def wanted(self) -> int:
        """How many bytes to ask for next. What the frame announces takes no memory before it comes."""
        if len(self._data) < _LENGTH.size:
            return _FIRST
        return min(self._missing(), _STEP)

    def take(self, piece: bytes) -> dict[str, Any] | None:
        """Add what came; the object, once it is whole.

        Raises:
            BadFormat: too long, not canonical, or more came than one frame.
        """
        self._data += piece
        if len(self._data) < _LENGTH.size:
            return None
        missing = self._missing()
        if missing > 0:
            return None
        if missing:
            raise BadFormat("there is more than one frame")
        return canonical.decode(bytes(self._data[_LENGTH.size :]))

    def _missing(self) -> int:
        length: int = _LENGTH.unpack_from(self._data)[0]
        if length > self._limit:
            raise BadFormat("the frame is too long")
        return _LENGTH.size + length - len(self._data)


def encode(value: Mapping[str, Any]) -> bytes:
    """The frame of an object.

    Raises:
        BadFormat: it has no canonical form or is longer than a frame.
    """
    data = canonical.encode(dict(value))
    if len(data) > MAX_FRAME:
        raise BadFormat("the frame is too long")
    return _LENGTH.pack(len(data)) + data


def send(connection: socket.socket, value: Mapping[str, Any]) -> None:
    """Send one object.

    Raises:
        BadFormat: it has no canonical form or is longer than a frame.
        OSError: the connection broke.
    """
    connection.sendall(encode(value))


def receive(
    connection: socket.socket, *, limit: int = MAX_FRAME, deadline: float | None = None
) -> dict[str, Any]:
    """Receive one object of at most `limit` bytes.

    Its beginning is waited for as long as the connection waits by itself; for all that comes later there may
    be a deadline of the monotonic clock.

    Raises:
        BadFormat: too long, not canonical, or more came than one frame.
        ConnectionEnded: the other end is gone.
        OSError: the connection broke, or its timeout passed.
    """
    incoming, value = Incoming(limit), None
    while value is None:
        if incoming.begun and deadline is not None:
            connection.settimeout(max(deadline - time.monotonic(), _SHORTEST))
        piece = connection.recv(incoming.wanted)
        if not piece:
            raise ConnectionEnded(midway=incoming.begun)
        value = incoming.take(piece)
    return value


def wait_by_itself(connection: socket.socket, seconds: float) -> None:
    """Let the system end a wait after a while. With a timeout of its own, Python asks it twice each time."""
    connection.setblocking(True)
    whole, part = divmod(seconds, 1)
    for side in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        connection.setsockopt(socket.SOL_SOCKET, side, _TIME.pack(int(whole), int(part * 1e6)))


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
