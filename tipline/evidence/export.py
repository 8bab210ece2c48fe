"""The export file of a log: text lines, every byte of which is determined by what they say.

    {"format":"tipline-log/1","genesis":…,"log":…}          hex SHA-256 of entry 0; the log's name
    {"entry":{…},"index":0,"leaf":…,"salt":…}               one line an entry; see `tipline.evidence.lines`
    {"forgotten":true,"index":1,"leaf":…}                   or what is left of it
    …
    --
    (the signed checkpoint note, as it is, to the end of the file)

Writing and reading need the memory of one line, whatever the size of the log.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from crypto import canonical
from crypto.errors import BadFormat
from crypto.notes import MAX_NOTE
from tipline.evidence.errors import ExportMisused, VerificationFailed
from tipline.evidence.lines import (
    MAX_LINE,
    ExportedEntry,
    ForgottenEntry,
    parse_line,
    write_entry,
    write_forgotten,
)

FORMAT: Final = "tipline-log/1"
SEPARATOR: Final = b"--\n"

_MAX_HEADER: Final = 4096  # bytes
_HEX_32 = re.compile(r"[0-9a-f]{64}")


class Sink(Protocol):
    """What an export is written to."""

    def write(self, data: bytes, /) -> object:
        """Take some bytes."""


class Source(Protocol):
    """What an export is read from: a binary file."""

    def readline(self, limit: int, /) -> bytes:
        """Return a line with its end, at most `limit` bytes of it."""

    def read(self, limit: int, /) -> bytes:
        """Return at most `limit` bytes."""


@dataclass(frozen=True)
class Header:
    """The first line: the log's name, and the hex SHA-256 of entry 0."""

    origin: str
    genesis: str


@dataclass(frozen=True)
class Head:
    """What follows the entries: the signed checkpoint note."""

    note: bytes


class ExportWriter:
    """Writes an export, in this order: `header`, `entry` or `forgotten` for each from 0 on, `finish`.

    Raises:
        ExportMisused: another order, or an entry left out.
    """

    def __init__(self, out: Sink) -> None:
        self._out = out
        self._next: int | None = None

    def header(self, origin: str, genesis: str) -> None:
        """Write the first line; `genesis` is the hex SHA-256 of entry 0."""
        if self._next is not None:
            raise ExportMisused("an export has one header")
        self._out.write(_header_line(Header(origin, genesis)))
        self._next = 0

    def entry(self, index: int, salt: bytes, entry: bytes) -> None:
        """Write one encoded entry with its salt of 32 bytes."""
        self._put(index, write_entry(index, salt, entry))

    def forgotten(self, index: int, leaf: bytes) -> None:
        """Write what is left of an entry that was forgotten: its leaf hash of 32 bytes."""
        self._put(index, write_forgotten(index, leaf))

    def finish(self, checkpoint_note: bytes) -> None:
        """Write the signed checkpoint and end."""
        if self._next is None:
            raise ExportMisused("an export begins with its header")
        self._out.write(SEPARATOR + checkpoint_note)
        self._next = -1  # no entry has this index, and the header is behind us

    def _put(self, index: int, line: bytes) -> None:
        if index != self._next:
            raise ExportMisused("entries are exported one by one from 0 on")
        self._out.write(line)
        self._next += 1


def read_export(source: Source) -> Iterator[Header | ExportedEntry | ForgottenEntry | Head]:
    """Read an export: its header, its entries in order, its head.

    Checked is the form alone: lines, indices without gaps, canonical header. What leaves, entries and
    checkpoint say is for `verify_export`.

    Raises:
        VerificationFailed: the file is not an export, or ends before its checkpoint.
    """
    yield _parse_header(source.readline(_MAX_HEADER))
    index = 0
    while (line := source.readline(MAX_LINE)) != SEPARATOR:
        if not line:
            raise VerificationFailed(index, "the file ends where this entry should stand")
        yield parse_line(line, index)
        index += 1
    note = source.read(MAX_NOTE + 1)
    if not note:
        raise VerificationFailed(None, "the file ends before its checkpoint")
    yield Head(note)


def _header_line(header: Header) -> bytes:
    return canonical.encode({"format": FORMAT, "log": header.origin, "genesis": header.genesis}) + b"\n"


def _parse_header(line: bytes) -> Header:
    try:
        value = canonical.decode(line.removesuffix(b"\n"))
    except BadFormat as error:
        raise VerificationFailed(None, "the first line is not that of an exported log") from error
    origin, genesis = value.get("log"), value.get("genesis")
    if not isinstance(origin, str) or not isinstance(genesis, str) or not _HEX_32.fullmatch(genesis):
        raise VerificationFailed(None, "the first line is not that of an exported log")
    header = Header(origin, genesis)
    if _header_line(header) != line:
        raise VerificationFailed(None, "the first line is not that of an exported log")
    return header
