"""What is sealed to a reporter alone, one thing of a kind for each tip: no desk has a slip to it."""

from crypto import age, padding
from crypto.keys import Identity, Recipient
from crypto.plaintext import Plaintext
from tipline.ids import ItemId, TipId
from tipline.sealing.items import ItemHeader
from tipline.sealing.opening import open_item


def seal_own(kind: str, tip: TipId, content: bytes, reporter: Recipient) -> bytes:
    """Seal something to the reporter of a tip, padded like a text: 16 KiB, and more only where it must be."""
    data = ItemHeader(kind, tip, _place(tip)).encode() + content
    return age.seal(padding.pad(data, padding.TEXT_FLOOR), [reporter])


def open_own(kind: str, tip: TipId, sealed: bytes, reporter: Identity) -> Plaintext:
    """Open it again.

    Raises:
        CannotOpen: another reporter's, another tip's or another kind of thing.
        BadFormat: it is nothing that `seal_own` made.
    """
    return open_item(sealed, reporter, kind=kind, tip=tip, item=_place(tip)).content


def _place(tip: TipId) -> ItemId:
    """There is one of a kind for a tip, so it needs no name of its own."""
    return ItemId(tip)
