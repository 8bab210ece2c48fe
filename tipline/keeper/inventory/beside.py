"""What a list leaves beside its root: what it expects, misses or found changed, and who had read what.

The root of a list covers what is there as it was accepted. A digest of all else is written with the list, in
a row that counts only with its own digest: what somebody changed until the next list, or until the receipts
are written, is found.
"""

from hashlib import sha256
from typing import Final, NamedTuple

from sqlalchemy import Connection, or_, select

from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import REMEMBERED, Guarded, digest_of
from tipline.keeper.inventory.models import held, readers
from tipline.keeper.prepared import Prepared

NONE: Final = -1
"""In place of an entry's index, before the first reading."""

_ID: Final = 1
_PAGE: Final = 5_000
_DAY: Final = list(readers.c.keys()).index("day")
_READERS: Final = Guarded(readers)  # for its pages; its rows have no digests
_HARMED: Final = Prepared(
    select(held).where(or_(held.c.since == "", held.c.lost != "", held.c.changed != "")).order_by(held.c.item)
)


class Left(NamedTuple):
    """The row of the last list."""

    id: int
    day: str
    readings: int
    harmed: bytes
    readers: bytes


def left(rows: Rows) -> Left | None:
    """What the last list left; None before the first.

    Raises:
        RowsChanged: the row is not as it was written, or is gone.
    """
    row = rows.one(REMEMBERED, _ID)
    return None if row is None else Left(*row)


def leave(connection: Connection, rows: Rows, day: str, readings: int) -> None:
    """Note what the list of a day leaves, and up to which entry readings are counted."""
    row = Left(_ID, day, readings, _harmed(connection), _readers(connection, day))
    rows.put(REMEMBERED, [row._asdict()])


def is_as_left(connection: Connection, rows: Rows) -> bool:
    """Whether all of it is as the last list left it.

    Raises:
        RowsChanged: as `left`.
    """
    last = left(rows)
    return last is None or (_harmed(connection), _readers(connection, last.day)) == last[-2:]


def require_as_left(connection: Connection, rows: Rows, *, with_readers: bool) -> None:
    """Refuse to sign anything for reporters from rows that are others by now.

    Raises:
        RowsChanged: some are.
    """
    last = left(rows)
    if last is None:
        return
    if _harmed(connection) != last.harmed:
        raise RowsChanged(held.name)
    if with_readers and _readers(connection, last.day) != last.readers:
        raise RowsChanged(readers.name)


def _harmed(connection: Connection) -> bytes:
    found = sha256()
    for row in _HARMED.run(connection, {}).fetchall():
        found.update(digest_of(row))
    return found.digest()


def _readers(connection: Connection, before: str) -> bytes:
    """Who read what before a day: a run that was cut off may have counted what came later."""
    found, after = sha256(), None
    while page := _READERS.page(connection, after, _PAGE):
        after = _READERS.key_of(page[-1])
        for row in page:
            if str(row[_DAY]) < before:
                found.update(digest_of(row))
    return found.digest()
