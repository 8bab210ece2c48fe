"""Writing sealed items and their slips to the main database.

Core inserts of whole rows: an ORM unit of work costs more than sealing does.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, insert, select, union_all
from sqlalchemy.orm import Session

from tipline.disclosures.models import ToldDisclosure
from tipline.ids import ItemId, TipId
from tipline.sealing.items import NewItem, SealedFile
from tipline.tips.intake import Intake
from tipline.tips.models import Item, Slip

ITEMS = cast("Table", Item.__table__)
SLIPS = cast("Table", Slip.__table__)

# Built once: putting a statement together costs as much as its part of sealing.
_NEW_ITEMS = insert(ITEMS)
_NEW_SLIPS = insert(SLIPS)
_TOLD = cast("Table", ToldDisclosure.__table__)
_TAKEN = union_all(
    *(select(table.c.position).where(table.c.tip_id == bindparam("tip")) for table in (ITEMS, _TOLD))
).subquery()
_HIGHEST = select(func.coalesce(func.max(_TAKEN.c.position), -1))


def next_position(session: Session, tip: TipId) -> int:
    """The first free position among a tip's items, and what its reporter is told of disclosures."""
    [highest] = session.execute(_HIGHEST, {"tip": tip}).one()
    return int(highest) + 1


def held_files(session: Session, files: Sequence[SealedFile]) -> frozenset[ItemId]:
    """Which of these files a tip holds: a page that is sent twice brings the same ones again."""
    items = [file.item for file in files]
    return frozenset(
        ItemId(item) for item in session.execute(select(ITEMS.c.id).where(ITEMS.c.id.in_(items))).scalars()
    )


def settle_files(files: Sequence[SealedFile], use: Intake) -> None:
    """After a commit: move what a tip holds to its place, and throw away what came in vain."""
    if not files:
        return
    with use.database.reading() as session:
        held = held_files(session, files)
    use.files.keep(held)
    use.files.discard(file.item for file in files if file.item not in held)


def store_items(
    session: Session, items: Sequence[NewItem], *, first_position: int, day: date, record: bytes = b""
) -> None:
    """Insert items in their order, and their slips last; `record` is the keeper's, for what staff write."""
    connection = session.connection()
    connection.execute(
        _NEW_ITEMS,
        [_item_row(item, position, day, record) for position, item in enumerate(items, first_position)],
    )
    slips = [
        {"item_id": item.id, "desk": slip.desk, "epoch": slip.epoch, "slip": slip.slip}
        for item in items
        for slip in item.slips
    ]
    if slips:
        connection.execute(_NEW_SLIPS, slips)


def _item_row(item: NewItem, position: int, day: date, record: bytes) -> dict[str, Any]:
    return {
        "id": item.id,
        "tip_id": item.tip,
        "position": position,
        "kind": item.kind,
        "day": day,
        "digest": item.digest,
        "sealed": item.sealed,
        "claim_signature": item.claim_signature,
        "record": record,
    }
