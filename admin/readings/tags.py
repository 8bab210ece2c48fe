"""Which sealed tags of a tip stand now, by the keeper's records alone.

Each record names the item that its tags replace. Of two that replace the same, the first in the log counts:
of two members who change tags at once, one is told that the other was there before.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.readings.sealed import SealedItem, check_record, sealed_item
from crypto.errors import BadSignature
from crypto.notes import NoteVerifier, open_json
from tipline.ids import TipId
from tipline.tips.models import Item, Slip

TAGS = "tags"
NONE_YET = ""


def standing_tags(
    session: Session, tips: Sequence[TipId], desk: str, log_key: NoteVerifier
) -> Mapping[TipId, SealedItem]:
    """The tags item of each tip that has one for this desk; rows without a valid record are not there."""
    rows = session.execute(
        select(Item, Slip.slip)
        .join(Slip, Slip.item_id == Item.id)
        .where(Item.tip_id.in_(tips), Item.kind == TAGS, Slip.desk == desk, Item.sealed.is_not(None))
    ).all()
    found: dict[TipId, list[SealedItem]] = {}
    for item, slip in rows:
        found.setdefault(TipId(item.tip_id), []).append(sealed_item(item, slip))
    standing = ((tip, chain_of(items, log_key)) for tip, items in found.items())
    return {tip: chain[-1] for tip, chain in standing if chain}


def chain_of(items: Iterable[SealedItem], log_key: NoteVerifier) -> tuple[SealedItem, ...]:
    """Of items that each take the place of another, those that once stood, the one that stands now last."""
    recorded = {}
    for item in items:
        try:
            check_record(item, log_key)
        except BadSignature:
            continue
        recorded[item.id.hex()] = (open_json(item.record, log_key), item)
    chain = []
    last = end_of_chain(record for record, _ in recorded.values())
    while last:
        record, item = recorded[last]
        chain.append(item)
        last = record["after"]
    return tuple(reversed(chain))


def end_of_chain(records: Iterable[Mapping[str, Any]]) -> str:
    """The item (hex) that no other replaces, from the first on; `NONE_YET` when there is none."""
    following: dict[str, str] = {}
    for record in sorted(records, key=lambda one: int(one["index"])):
        following.setdefault(record["after"], record["item"])
    last = NONE_YET
    while last in following:
        last = following.pop(last)
    return last
