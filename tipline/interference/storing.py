"""Sealing what goes into the register, storing it, and telling whether it is stored as it was signed.

The statements are never forgotten, so the items stay, too; nothing here changes one.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Final

from sqlalchemy import LargeBinary, cast, delete, func, select
from sqlalchemy.orm import Session

from tipline.directory.types import Directory
from tipline.ids import AUDITORS, INTEGRITY, NO_TIP
from tipline.interference.models import InterferenceItem, InterferenceSlip
from tipline.interference.ways import INTERFERENCE
from tipline.routing import Route
from tipline.sealing.audience import Audience
from tipline.sealing.items import NewItem, seal_item

READERS: Final = (AUDITORS, INTEGRITY)
"""The desks that read the register, by name."""
NO_CLAIM: Final = bytes(32)
"""In place of a claim key: no reporter stands behind it."""
_AT_ONCE: Final = 100


def keep_item(session: Session, content: bytes, directory: Directory, day: date) -> NewItem:
    """Seal an entry or an answer for both desks, and store it; a statement names it next.

    Raises:
        BadDirectory: one of the desks is missing.
    """
    audience = Audience(directory.keeper, directory.desk_keys(*READERS), Route(READERS, ()), NO_CLAIM)
    item = seal_item(INTERFERENCE, NO_TIP, content, audience=audience)
    session.add(InterferenceItem(item_id=item.id, day=day, sealed=item.sealed))
    session.flush()
    session.add_all(InterferenceSlip(item_id=item.id, desk=slip.desk, slip=slip.slip) for slip in item.slips)
    return item


def drop_item(session: Session, item: bytes) -> None:
    """Remove an item whose statement was refused."""
    session.execute(delete(InterferenceSlip).where(InterferenceSlip.item_id == item))
    session.execute(delete(InterferenceItem).where(InterferenceItem.item_id == item))


def find_item(session: Session, item: bytes, desk: str) -> tuple[InterferenceItem, bytes] | None:
    """An item with one desk's slip; None when it is not stored, or not for this desk."""
    row, slip = session.get(InterferenceItem, item), session.get(InterferenceSlip, (item, desk))
    return None if row is None or slip is None else (row, slip.slip)


def altered(session: Session, signed: Mapping[str, str]) -> frozenset[str]:
    """Those items that are missing, lack a desk's slip, or are stored otherwise than they were signed.

    Args:
        signed: by item (hex) the SHA-256 (hex) that its statement in the log names.
    """
    stored: dict[str, str] = {}
    for some in _some(signed):
        item, slip = InterferenceItem, InterferenceSlip
        as_bytes = cast(item.sealed, LargeBinary).label("sealed")  # SQLite keeps text there, too
        desks = select(func.count()).where(slip.item_id == item.item_id, slip.desk.in_(READERS))
        rows = session.execute(
            select(item.item_id, as_bytes, desks.scalar_subquery().label("slips")).where(
                item.item_id.in_(some)
            )
        )
        whole = (row for row in rows if row.slips == len(READERS))
        stored.update((row.item_id.hex(), hashlib.sha256(row.sealed).hexdigest()) for row in whole)
    return frozenset(item for item, digest in signed.items() if stored.get(item) != digest)


def _some(items: Iterable[str]) -> Iterator[tuple[bytes, ...]]:
    remaining = map(bytes.fromhex, items)
    while some := tuple(islice(remaining, _AT_ONCE)):
        yield some
