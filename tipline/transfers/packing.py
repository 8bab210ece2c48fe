"""The sealed packet: one age file to the body's key, in it a POSIX tar. The public `age` and `tar` open it.

Nothing in it tells an hour, an account or a machine: every file has the same owner and the day of the letter.
"""

import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import BinaryIO, Final, Self, cast

from crypto import age
from crypto.age_x25519 import X25519Recipient
from crypto.keys import Recipient

MODE: Final = 0o600
MAX_NAME_BYTES: Final = 120
"""Of a file's name in a packet, as UTF-8: with its number and folder below every system's limit."""

_FORBIDDEN: Final = frozenset('/\\:*?"<>|')


@dataclass(frozen=True)
class Enclosure:
    """One file of a packet: its path in the tar, length in bytes, SHA-256 (hex), and its bytes.

    `name` is what its sender called it, "" for what we made.
    """

    path: str
    size: int
    digest: str
    pieces: Callable[[], Iterator[bytes]] = field(repr=False)
    name: str = field(default="", repr=False)

    @classmethod
    def of(cls, path: str, data: bytes) -> Self:
        """A file that is at hand whole."""
        return cls(path, len(data), sha256(data).hexdigest(), lambda: iter((data,)))


def seal_packet(
    sink: age.Sink, to: Recipient | X25519Recipient, enclosures: Iterable[Enclosure], day: date
) -> None:
    """Seal a packet as a stream, in constant memory.

    Raises:
        CryptoError: a file is not what was sealed; what `sink` holds then is cut, and nobody opens its end.
        OSError: a file is shorter than it was, or the sink is full.
    """
    writer = age.SealingWriter(sink, cast("age.Recipients", [to]))
    moment = int(datetime.combine(day, time(), UTC).timestamp())
    target = cast("BinaryIO", _Target(writer))
    with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for enclosure in enclosures:
            entry = tarfile.TarInfo(enclosure.path)
            entry.size, entry.mtime, entry.mode = enclosure.size, moment, MODE
            archive.addfile(entry, cast("BinaryIO", _Pieces(enclosure.pieces())))
    writer.finish()


def path_for(name: str, number: int) -> str:
    """The path of a sender's file: numbered, so that no two meet, without what another system would obey."""
    kept = "".join(char if char.isprintable() and char not in _FORBIDDEN else "_" for char in name)
    short = kept.encode("utf-8", "ignore")
    if len(short) > MAX_NAME_BYTES:  # the end stays: it tells the kind
        short = short[-MAX_NAME_BYTES:]
    plain = short.decode("utf-8", "ignore").strip(" .")
    return f"files/{number:03}-{plain}" if plain else f"files/{number:03}"


class _Target:
    """What tarfile writes to."""

    def __init__(self, writer: age.SealingWriter) -> None:
        self._writer = writer

    def write(self, data: bytes) -> int:
        self._writer.write(data)
        return len(data)


class _Pieces:
    """What tarfile reads from: pieces of any length as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._waiting = b""

    def read(self, length: int) -> bytes:
        while len(self._waiting) < length:
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._waiting += piece
        given, self._waiting = self._waiting[:length], self._waiting[length:]
        return given
