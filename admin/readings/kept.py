"""What is kept for one member until their next reading, under their own key; it is no content of a tip."""

from crypto.errors import CryptoError
from tipline.accounts.types import UnlockedMember
from tipline.ids import ItemId, TipId
from tipline.sealing.opening import open_item


def open_kept(sealed: bytes, member: UnlockedMember, kind: str, tip: TipId, item: bytes) -> bytes | None:
    """What was kept for a member; None for what was kept for another, or is not what was sealed."""
    try:
        opened = open_item(sealed, member.seed.identity, kind=kind, tip=tip, item=ItemId(item))
    except CryptoError:
        return None
    return opened.content.reveal()
