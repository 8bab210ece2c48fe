"""Sealed items as a reading needs them: the bytes, and one desk's slip."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import BinaryIO, Final, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from crypto.errors import BadSignature, CryptoError
from crypto.keys import VerifyKey
from crypto.notes import NoteVerifier, open_json
from tipline.ids import ItemId, TipId
from tipline.mailbox.records import confirms_entry
from tipline.sealing.audience import verify_claim
from tipline.tips.models import Item, Slip

PIECE = 1 << 20

REPORTED = frozenset({"text", "card", "file", "message"})
"""What a reporter sends: signed with their claim key."""

RECORDED = frozenset({"reply", "note", "tags", "accused"})
"""What staff write: vouched for by a record of the keeper."""

# Built once: putting a statement together takes longer than carrying it out.
_FOR_DESK: Final = (
    select(Item, Slip.slip)
    .join(Slip, Slip.item_id == Item.id)
    .where(
        Item.tip_id == bindparam("tip"),
        Slip.desk == bindparam("desk"),
        Item.kind.in_(bindparam("kinds", expanding=True)),
        Item.sealed.is_not(None),
    )
    .order_by(Item.position)
)
_OUTLINE: Final = select(Item.id, Item.kind, Item.position, Item.digest).where(
    Item.tip_id == bindparam("tip")
)


class Outline(NamedTuple):
    """What stands in clear of an item that is stored for a tip."""

    id: bytes
    kind: str
    position: int
    digest: bytes


@dataclass(frozen=True, repr=False)
class SealedItem:
    """A stored item with the slip of one desk."""

    id: ItemId
    tip: TipId
    kind: str
    position: int
    day: date
    sealed: bytes
    claim_signature: bytes
    record: bytes
    slip: bytes

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 of the bytes that are there, not what a column says of them."""
        return hashlib.sha256(self.sealed).digest()

    @property
    def named(self) -> dict[str, str]:
        """How a statement names it."""
        return {"item": self.id.hex(), "hash": self.digest.hex()}


def load_items(session: Session, tip: TipId, desk: str, kinds: Collection[str]) -> tuple[SealedItem, ...]:
    """The items of a tip that are for a desk, in the order of their positions."""
    rows = session.execute(_FOR_DESK, {"tip": tip, "desk": desk, "kinds": sorted(kinds)}).all()
    return tuple(sealed_item(item, slip) for item, slip in rows)


def load_outline(session: Session, tip: TipId) -> list[Outline]:
    """Every item of a tip, of whatever kind, without its bytes."""
    return [Outline(*row) for row in session.execute(_OUTLINE, {"tip": tip})]


def digest_of(source: BinaryIO) -> str:
    """Hex SHA-256 of a file's bytes, read piece by piece."""
    digest = hashlib.sha256()
    while piece := source.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()


def sealed_item(item: Item, slip: bytes) -> SealedItem:
    """A row and a slip as one."""
    return SealedItem(
        ItemId(item.id),
        TipId(item.tip_id),
        item.kind,
        item.position,
        item.day,
        item.sealed or b"",
        item.claim_signature,
        item.record,
        slip,
    )


def check_claim(item: SealedItem, claim: VerifyKey) -> None:
    """Check that the reporter sent this item.

    Raises:
        BadSignature: they did not, or sent a message on another day.
    """
    verify_claim(claim, item.claim_signature, item.tip, item.id, item.digest, item.kind, item.day)


def check_sent(item: SealedItem, claim: VerifyKey, log_key: NoteVerifier) -> None:
    """Check that the reporter sent this item, or that a member entered it for them.

    Raises:
        BadSignature: neither.
    """
    if not confirms_entry(item.record, log_key, item.tip, item.id, item.digest, claim.raw):
        check_claim(item, claim)


def check_record(item: SealedItem, log_key: NoteVerifier) -> None:
    """Check that the keeper logged this item before it was stored.

    Raises:
        BadSignature: there is no record of it.
    """
    expected = {
        "v": 1,
        "type": "record",
        "log": log_key.name,
        "kind": item.kind,
        "tip": item.tip.hex(),
        **item.named,
    }
    try:
        record = open_json(item.record, log_key)
    except CryptoError as error:
        raise BadSignature("the record is not the keeper's") from error
    if {name: record.get(name) for name in expected} != expected:
        raise BadSignature("the record is of something else")


def recorded(items: Sequence[SealedItem], log_key: NoteVerifier) -> tuple[SealedItem, ...]:
    """The items without those that need a record and have none."""
    kept = []
    for item in items:
        if item.kind in RECORDED:
            try:
                check_record(item, log_key)
            except BadSignature:
                continue
        kept.append(item)
    return tuple(kept)
