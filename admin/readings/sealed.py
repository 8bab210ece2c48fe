"""Sealed items as a reading needs them: the bytes, and one desk's slip."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.errors import BadSignature, CryptoError
from crypto.keys import VerifyKey
from crypto.notes import NoteVerifier, open_json
from tipline.ids import ItemId, TipId
from tipline.mailbox.records import confirms_entry
from tipline.sealing.audience import claim_message
from tipline.tips.models import Item, Slip

PIECE = 1 << 20

REPORTED = frozenset({"text", "card", "file", "message"})
"""What a reporter sends: signed with their claim key."""

RECORDED = frozenset({"reply", "note", "tags"})
"""What staff write: vouched for by a record of the keeper."""


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
    rows = session.execute(
        select(Item, Slip.slip)
        .join(Slip, Slip.item_id == Item.id)
        .where(Item.tip_id == tip, Slip.desk == desk, Item.kind.in_(kinds), Item.sealed.is_not(None))
        .order_by(Item.position)
    ).all()
    return tuple(sealed_item(item, slip) for item, slip in rows)


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
        BadSignature: they did not.
    """
    message = claim_message(item.tip, item.id, item.digest, item.kind)
    claim.verify(item.claim_signature, message)


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
