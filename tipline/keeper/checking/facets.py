"""What auditors filter and count by, compared with the entries: in the order of the log, piece by piece."""

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, func, select, tuple_

from tipline.keeper import models
from tipline.keeper.checking.differing import Row, require_same
from tipline.keeper.checking.errors import NO_ENTRY, RowAdded
from tipline.keeper.checking.said import Said
from tipline.keeper.prepared import Prepared
from tipline.lookups.facets import HOUR, facets_of_body

_TABLE: Final = models.facets.c
_INDEX: Final = 1
_END: Final = (2**31 - 1, 2**62)
"""Behind every hour and index."""


def _between() -> "Select[*tuple[Any, ...]]":
    """Rows behind one place and up to another, in the order in which they lie."""
    place = tuple_(_TABLE.hour, _TABLE.index)
    behind = place > tuple_(bindparam("hour"), bindparam("index"))
    up_to = place <= tuple_(bindparam("to_hour"), bindparam("to_index"))
    return select(*_TABLE).where(behind, up_to).order_by(_TABLE.hour, _TABLE.index)


_ROWS: Final = Prepared(_between())
_NUMBER: Final = select(func.count()).select_from(models.facets)


class FacetsCheck:
    """One walk along the table, beside one along the log."""

    def __init__(self) -> None:
        self._given: list[Row] = []
        self._after = (-1, -1)
        self._seen = 0

    def hear(self, said: Said) -> None:
        """Take in the next entry."""
        self._given.append((said.at // HOUR, said.place, *_facts(said)))

    def compare(self, connection: Connection, *, to_end: bool = False) -> None:
        """Compare the stored rows up to the last entry that was heard, or all that are left.

        Raises:
            CheckFailed: with the first entry whose row is another one, missing, or nobody's.
        """
        last = _END if to_end else self._given[-1][:2] if self._given else self._after
        (hour, index), (to_hour, to_index) = self._after, last
        values = {"hour": hour, "index": index, "to_hour": to_hour, "to_index": to_index}
        stored = _ROWS.run(connection, values).fetchall()
        if stored != self._given:
            require_same(models.facets.name, self._given, stored, lambda row: row[_INDEX])
        self._given, self._after, self._seen = [], last, self._seen + len(stored)
        # SQLite keeps text in place of an hour, too, and puts it behind every number.
        if to_end and (connection.scalar(_NUMBER) or 0) > self._seen:
            raise RowAdded(NO_ENTRY, models.facets.name)


def _facts(said: Said) -> Row:
    body = said.body
    desk, purpose = body.get("desk"), body.get("purpose")
    is_plain = type(desk) is str or (desk is None and "desks" not in body and "members" not in body)
    if is_plain and (purpose is None or type(purpose) is str):
        return _plain(body["type"], tuple(body["by"]), desk, purpose, said.reason)
    return _made(body, said.reason)


@lru_cache(maxsize=4_096)
def _plain(kind: str, signers: tuple[str, ...], desk: str | None, purpose: str | None, reason: str) -> Row:
    """Most entries are like many others."""
    return _made({"type": kind, "by": signers, "desk": desk, "purpose": purpose}, reason)


def _made(body: Any, reason: str) -> Row:
    _, *facts = vars(facets_of_body(0, reason, body)).values()
    return tuple(facts)
