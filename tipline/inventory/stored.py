"""Reading what is stored: each item's sealed bytes, from the database or the files folder, and their hash.

Only what came before today: by a list in the middle of a day an outsider could tell an hour.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import Final

from sqlalchemy import LargeBinary, cast, select

from tipline.database import Database
from tipline.files.errors import NoSuchFile
from tipline.files.store import FileStore
from tipline.ids import NO_TIP, ItemId
from tipline.interference.models import InterferenceItem
from tipline.interference.ways import INTERFERENCE
from tipline.keeper_client import SlipRequest, StoredItem
from tipline.tips.models import Item, Slip

AT_ONCE: Final = 200
"""Items whose sealed bytes are in memory together."""
PASSING: Final = "kept-route"
"""Items that wait for one member, and are sealed anew for the reporter when they come: in no list."""
_PIECE: Final = 1 << 20


def stored_items(database: Database, files: FileStore, today: date) -> Iterator[list[StoredItem]]:
    """All items that were there before today, in the order of their ids; a file that is gone is left out.

    The interference register's are among them: it is kept for good, so nothing of it may go unseen.
    """
    both = merge(_of_tips(database, files, today), _of_register(database, today), key=attrgetter("item"))
    while piece := list(islice(both, AT_ONCE)):
        yield piece


def _of_tips(database: Database, files: FileStore, today: date) -> Iterator[StoredItem]:
    after = b""
    while True:
        query = (
            select(Item.id, Item.tip_id, Item.kind, Item.sealed)
            .where(Item.id > after, Item.day < today, Item.kind != PASSING)
            .order_by(Item.id)
            .limit(AT_ONCE)
        )
        with database.reading() as session:
            rows = session.execute(query).all()
        found = [(row, _digest(files, row.id, row.sealed)) for row in rows]
        yield from (StoredItem(row.id, row.tip_id, digest, row.kind) for row, digest in found if digest)
        if len(rows) < AT_ONCE:
            return
        after = rows[-1].id


def _of_register(database: Database, today: date) -> Iterator[StoredItem]:
    after = b""
    table = InterferenceItem
    while True:
        sealed = cast(table.sealed, LargeBinary)  # SQLite takes text in place of bytes, too
        query = (
            select(table.item_id, sealed)
            .where(table.item_id > after, table.day < today)
            .order_by(table.item_id)
            .limit(AT_ONCE)
        )
        with database.reading() as session:
            rows = session.execute(query).all()
        for item, data in rows:
            yield StoredItem(item, NO_TIP, hashlib.sha256(data).digest(), INTERFERENCE)
        if len(rows) < AT_ONCE:
            return
        after = rows[-1][0]


def slips_of(database: Database, items: Sequence[bytes]) -> list[SlipRequest]:
    """All slips of some items: one that was written by hand hides none that is right."""
    query = (
        select(Slip.slip, Item.kind, Item.claim_signature)
        .join(Item, Item.id == Slip.item_id)
        .where(Item.id.in_(items))
        .order_by(Item.id, Slip.desk)
    )
    with database.reading() as session:
        return [SlipRequest(row.slip, row.kind, row.claim_signature) for row in session.execute(query)]


def _digest(files: FileStore, item: bytes, sealed: bytes | None) -> bytes:
    """SHA-256 of the sealed bytes; nothing when they are nowhere."""
    if sealed is not None:
        return hashlib.sha256(sealed).digest()
    found = hashlib.sha256()
    try:
        with files.open(ItemId(item)) as source:
            while piece := source.read(_PIECE):
                found.update(piece)
    except NoSuchFile:
        return b""
    return found.digest()
