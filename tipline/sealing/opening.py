"""Opening an item with a key that somebody already holds.

Three rooms may import this: the admin site's readings, after the keeper has
logged them, the reporter's mailbox, with the reporter's own key, and the public
site's uploads, for a file that no tip holds yet, to take its hidden data out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from crypto import age, padding
from crypto.canonical import decode
from crypto.errors import BadFormat, CannotOpen
from crypto.keys import Identity
from crypto.plaintext import Plaintext
from tipline.ids import ItemId, TipId
from tipline.sealing.items import FORMAT, ItemHeader

MAX_HEADER = 4096


@dataclass(frozen=True)
class Opened:
    """An item's header, checked against what was asked for, and its content."""

    header: ItemHeader
    content: Plaintext


def open_item(sealed: bytes, key: Identity, *, kind: str, tip: TipId, item: ItemId) -> Opened:
    """Open an item.

    Raises:
        CannotOpen: the key does not fit, or the sealed header names another tip, item or kind.
        BadFormat: what was sealed is not an item.
    """
    data = padding.unpad(age.unseal(sealed, [key]))
    line, _, content = data.partition(b"\n")
    return Opened(_checked(line, kind, tip, item), Plaintext(content))


def open_file(
    source: BinaryIO, key: Identity, *, tip: TipId, item: ItemId
) -> tuple[ItemHeader, Iterator[bytes]]:
    """Open a file as a stream: its header, then its bytes piece by piece.

    Raises:
        CannotOpen: at once, or while iterating when the sealed file was cut or altered.
    """
    pieces = padding.unpad_stream(age.unseal_stream(source, [key]))
    start = b""
    for piece in pieces:
        start += piece
        if b"\n" in start or len(start) > MAX_HEADER:
            break
    line, found, rest = start.partition(b"\n")
    if not found:
        raise BadFormat("a sealed file has no header")
    return _checked(line, "file", tip, item), _continued(rest, pieces)


def _continued(rest: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    if rest:
        yield rest
    yield from pieces


def _checked(line: bytes, kind: str, tip: TipId, item: ItemId) -> ItemHeader:
    fields = decode(line)
    expected = {"v": FORMAT, "kind": kind, "tip": tip.hex(), "item": item.hex()}
    if {key: fields.get(key) for key in expected} != expected:
        raise CannotOpen("the sealed header names another tip, item or kind")
    return ItemHeader(kind, tip, item, str(fields.get("name", "")), str(fields.get("type", "")))
