"""What was done in the register, as frozen values and as rows with digests: added, and never changed."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import INTERFERENCE
from tipline.keeper.prepared import Prepared

FILED: Final = "filed"
ANSWERED: Final = "answered"
REPORTED: Final = "reported"
NONE: Final = -1
"""In place of an index."""
_NUMBER: Final = select(func.count()).select_from(INTERFERENCE.table)
_WITH_ITEM: Final = Prepared(
    select(*INTERFERENCE.all_columns).where(INTERFERENCE.table.c.item == bindparam("item"))
)


@dataclass(frozen=True)
class Act:
    """One statement about the register; the columns of its row, in their order."""

    index: int
    act: str
    of: int
    item: bytes
    member: str
    excluded: str = ""

    @property
    def kept_out(self) -> frozenset[str]:
        """The units that must not read it."""
        return frozenset(self.excluded.split())


def add(rows: Rows, act: Act) -> None:
    """Write a new one.

    Raises:
        RowsChanged: a row beside it is not as it was written.
    """
    rows.put(INTERFERENCE, [asdict(act)])
    rows.count_one_more(INTERFERENCE.name)


def filed_at(rows: Rows, index: int) -> Act | None:
    """The entry of the register that was filed at an index; None when that is none.

    Raises:
        RowsChanged: its row is not as it was written, or is gone.
    """
    row = rows.one(INTERFERENCE, index)
    found = None if row is None else Act(*row)
    return found if found is not None and found.act == FILED else None


def entry_of(connection: Connection, rows: Rows, item: bytes) -> Act | None:
    """The entry that an item holds, or that the answer in it is about; None when it is of no entry.

    Raises:
        RowsChanged: a row is not as it was written.
    """
    found = _WITH_ITEM.run(connection, {"item": item}).fetchall()
    rows.check(INTERFERENCE, found)
    for act in (Act(*row) for row in found):
        return act if act.act == FILED else filed_at(rows, act.of)
    return None


def page(connection: Connection, rows: Rows, after: int, count: int) -> list[Act]:
    """So many in the order of the log, from behind an index.

    Raises:
        RowsChanged: one is not as it was written, or some are gone.
    """
    if connection.scalar(_NUMBER) != rows.count(INTERFERENCE.name):
        raise RowsChanged(INTERFERENCE.name)
    found = INTERFERENCE.page(connection, (after,), count)
    rows.check(INTERFERENCE, found)
    return [Act(*row) for row in found]


def entries_of(rows: Rows, acts: Iterable[Act]) -> dict[int, Act]:
    """The entries that these acts are, or answer, by index.

    Raises:
        RowsChanged: as `filed_at`.
    """
    wanted = [(act.index if act.act == FILED else act.of,) for act in acts if act.act != REPORTED]
    return {row[0]: Act(*row) for row in rows.find({INTERFERENCE: wanted})[INTERFERENCE].values()}
