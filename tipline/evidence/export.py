"""The export file of a log: text lines, every byte of which is determined by what they say.

    {"format":"tipline-log/1","genesis":…,"log":…}          hex SHA-256 of entry 0; the log's name
    {"entry":{…},"index":0,"leaf":…,"salt":…}               one line an entry, canonical JSON
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
from crypto.merkle import leaf_hash
from crypto.notes import MAX_NOTE
from crypto.statements import MAX_ENTRY, commitment
from tipline.evidence.errors import ExportMisused, VerificationFailed

FORMAT: Final = "tipline-log/1"
SEPARATOR: Final = b"--\n"

_MAX_HEADER: Final = 4096  # bytes
_MAX_LINE: Final = MAX_ENTRY + 256  # bytes; the rest of the line is short
_HEX_32 = re.compile(r"[0-9a-f]{64}")
# The entry is put in as its bytes and cut out again, not parsed and written anew: it may be nested as deeply
# as canonical JSON allows, and inside a line it stands one level deeper.
_HEAD: Final = b'{"entry":'
_TAIL = re.compile(rb',"index":(0|[1-9][0-9]{0,18}),"leaf":"([0-9a-f]{64})","salt":"([0-9a-f]{64})"\}\n\Z')
_TAIL_LENGTH: Final = 200  # bytes; longer than any tail, so that the search looks at the end of a line only


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
class ExportedEntry:
    """One entry as it stands in the export: its index, salt (32 bytes), leaf hash (32 bytes) and encoding."""

    index: int
    salt: bytes
    leaf: bytes
    entry: bytes


@dataclass(frozen=True)
class Head:
    """What follows the entries: the signed checkpoint note."""

    note: bytes


class ExportWriter:
    """Writes an export, in this order: `header`, `entry` for each from 0 on, `finish`.

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
        if index != self._next:
            raise ExportMisused("entries are exported one by one from 0 on")
        leaf = leaf_hash(commitment(salt, entry)).hex()
        self._out.write(
            b'%b%b,"index":%d,"leaf":"%b","salt":"%b"}\n'
            % (_HEAD, entry, index, leaf.encode("ascii"), salt.hex().encode("ascii"))
        )
        self._next += 1

    def finish(self, checkpoint_note: bytes) -> None:
        """Write the signed checkpoint and end."""
        if self._next is None:
            raise ExportMisused("an export begins with its header")
        self._out.write(SEPARATOR + checkpoint_note)
        self._next = -1  # no entry has this index, and the header is behind us


def read_export(source: Source) -> Iterator[Header | ExportedEntry | Head]:
    """Read an export: its header, its entries in order, its head.

    Checked is the form alone: lines, indices without gaps, canonical header. What leaves, entries and
    checkpoint say is for `verify_export`.

    Raises:
        VerificationFailed: the file is not an export, or ends before its checkpoint.
    """
    yield _parse_header(source.readline(_MAX_HEADER))
    index = 0
    while (line := source.readline(_MAX_LINE)) != SEPARATOR:
        yield _parse_entry(line, index)
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


def _parse_entry(line: bytes, expected: int) -> ExportedEntry:
    if not line:
        raise VerificationFailed(expected, "the file ends where this entry should stand")
    start = max(len(line) - _TAIL_LENGTH, 0)
    tail = _TAIL.search(line[start:])
    if not line.startswith(_HEAD) or tail is None:
        raise VerificationFailed(expected, "the line is not that of an entry")
    index = int(tail[1])
    if index != expected:
        raise VerificationFailed(expected, f"entry {index} stands where this entry should stand")
    entry = line[len(_HEAD) : start + tail.start()]
    return ExportedEntry(index, bytes.fromhex(tail[3].decode()), bytes.fromhex(tail[2].decode()), entry)
