"""Listed cards: boxed under the key of their group, bound to tip, group and version.

A search opens 100,000 of them, so that a context is put together by hand (the encoder of canonical JSON takes
8 µs for each) and a key is set up once for all its boxes.
"""

from collections.abc import Callable

from crypto import padding
from crypto.boxes import BoxOpener, seal_box
from crypto.keys import Identity, derive
from tipline.ids import GroupId, TipId

OpenCard = Callable[[bytes, bytes, int], bytes]
"""Opens a box, given tip and version, to the padded card."""


def box_key(group_key: Identity) -> bytes:
    """The key of a group's cards, 32 bytes."""
    return derive(group_key.seed, "tipline/card")


def seal_card(key: bytes, card: bytes, tip: TipId, group: GroupId, version: int) -> bytes:
    """Box a card's canonical JSON, padded."""
    return seal_box(key, padding.pad(card, padding.CARD_FLOOR), _context(_before(group), tip, version))


def opener(key: bytes, group: GroupId) -> OpenCard:
    """What opens a group's cards; it raises CannotOpen for another tip, group or version, and altered bytes.

    A padded card can be searched as it is: in canonical JSON a field's name and value stand between quotation
    marks that no text inside can hold without a backslash, and the padding holds none.
    """
    open_box, before = BoxOpener(key).open, _before(group)

    def open_card(box: bytes, tip: bytes, version: int) -> bytes:
        return open_box(box, _context(before, tip, version))

    return open_card


def content_of(card: bytes) -> bytes:
    """The canonical JSON of a padded card.

    Raises:
        BadFormat: the padding is none.
    """
    return padding.unpad(card)


def _before(group: bytes) -> str:
    return f'{{"group":"{group.hex()}","tip":"'


def _context(before: str, tip: bytes, version: int) -> bytes:
    return f'{before}{tip.hex()}","version":{version}}}'.encode()
