"""One line a logged entry, as it stands in exports and packs: every byte follows from what it says.

    {"entry":{…},"index":0,"leaf":…,"salt":…}               an entry, canonical JSON
    {"forgotten":true,"index":0,"leaf":…}                   what is left of one that was forgotten

The entry is put in as its bytes and cut out again, not parsed and written anew: it may be nested as deeply as
canonical JSON allows, and inside a line it stands one level deeper.
"""

import re
from dataclasses import dataclass
from typing import Final

from crypto.merkle import leaf_hash
from crypto.statements import MAX_ENTRY, commitment
from tipline.evidence.errors import VerificationFailed

MAX_LINE: Final = MAX_ENTRY + 256
"""Bytes; what stands around the entry is short."""

_HEAD: Final = b'{"entry":'
_TAIL = re.compile(rb',"index":(0|[1-9][0-9]{0,18}),"leaf":"([0-9a-f]{64})","salt":"([0-9a-f]{64})"\}\n\Z')
_TAIL_LENGTH: Final = 200  # bytes; longer than any tail, so that the search looks at the end of a line only
_FORGOTTEN = re.compile(rb'\{"forgotten":true,"index":(0|[1-9][0-9]{0,18}),"leaf":"([0-9a-f]{64})"\}\n\Z')


@dataclass(frozen=True)
class ExportedEntry:
    """One entry: its index, salt (32 bytes), leaf hash (32 bytes) and encoding."""

    index: int
    salt: bytes
    leaf: bytes
    entry: bytes


@dataclass(frozen=True)
class ForgottenEntry:
    """The place of an entry whose time was over: its index and its leaf hash (32 bytes)."""

    index: int
    leaf: bytes


def write_entry(index: int, salt: bytes, entry: bytes) -> bytes:
    """The line of an encoded entry with its salt of 32 bytes."""
    leaf = leaf_hash(commitment(salt, entry)).hex()
    return b'%b%b,"index":%d,"leaf":"%b","salt":"%b"}\n' % (
        _HEAD,
        entry,
        index,
        leaf.encode("ascii"),
        salt.hex().encode("ascii"),
    )


def write_forgotten(index: int, leaf: bytes) -> bytes:
    """The line of an entry of which only its leaf hash (32 bytes) is left."""
    return b'{"forgotten":true,"index":%d,"leaf":"%b"}\n' % (index, leaf.hex().encode("ascii"))


def parse_line(line: bytes, expected: int | None) -> ExportedEntry | ForgottenEntry:
    """Read a line with its end. Whether leaf, salt and entry belong together is not asked here.

    Args:
        expected: the index that must stand in it, where one must.

    Raises:
        VerificationFailed: it is no such line, or another entry's.
    """
    start = max(len(line) - _TAIL_LENGTH, 0)
    tail = _TAIL.search(line[start:]) if line.startswith(_HEAD) else _FORGOTTEN.match(line)
    if tail is None:
        raise VerificationFailed(expected, "the line is not that of an entry")
    index, leaf = int(tail[1]), bytes.fromhex(tail[2].decode())
    if expected is not None and index != expected:
        raise VerificationFailed(expected, f"entry {index} stands where this entry should stand")
    if tail.re is _FORGOTTEN:
        return ForgottenEntry(index, leaf)
    return ExportedEntry(
        index, bytes.fromhex(tail[3].decode()), leaf, line[len(_HEAD) : start + tail.start()]
    )
