"""Small tables that repeat what some entries say: made again in memory, then compared as a whole."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from tipline.keeper import models
from tipline.keeper.alerting.models import OPEN, alerts
from tipline.keeper.checking.differing import Row, require_same
from tipline.keeper.checking.errors import NO_ENTRY
from tipline.keeper.checking.said import Said
from tipline.keeper.inventory.models import inventories

Rows = dict[Any, Row]
"""By what finds them again: of most the index of their entry."""


class RepeatedCheck:
    """The rows that entries give, table by table."""

    def __init__(self) -> None:
        self._given: dict[Table, Rows] = {table: {} for table in _TABLES}

    def hear(self, said: Said) -> None:
        """Take in the next entry."""
        told = _TOLD.get(said.body["type"])
        if told is not None and said.done:
            table, take = told
            take(said, self._given[table])

    def compare(self, connection: Connection) -> None:
        """Compare all of it with what is stored.

        Raises:
            CheckFailed: with the first entry whose row is another one, missing, or nobody's.
        """
        for table, given in self._given.items():
            stored = [tuple(row) for row in connection.execute(select(table))]
            require_same(table.name, set(given.values()), stored, _TABLES[table])


def _alert(said: Said, rows: Rows) -> None:
    body = said.body
    rows[said.place] = (said.place, body["rule"], body["member"], body["day"], body["tip"], OPEN)


def _review(said: Said, rows: Rows) -> None:
    *alert, _ = rows[said.body["alert"]]
    rows[said.body["alert"]] = (*alert, said.place)


def _inventory(said: Said, rows: Rows) -> None:
    body = said.body
    figures = tuple(body[name] for name in ("missing", "changed", "unvouched"))
    rows[said.place] = (said.place, body["day"], body["count"], bytes.fromhex(body["root"]), *figures)


def _letter(said: Said, rows: Rows) -> None:
    """Transfers have numbers, "year-count", that each desk counts for itself."""
    number = said.body["detail"].get("number")
    if number:
        year, count = map(int, number.split("-"))
        desk = said.body["desk"]
        _, _, before = rows.get((year, desk), (year, desk, 0))
        rows[year, desk] = (year, desk, max(count, before))


_TOLD: Final[Mapping[str, tuple[Table, Callable[[Said, Rows], None]]]] = MappingProxyType(
    {
        "alert": (alerts, _alert),
        "alert-review": (alerts, _review),
        "inventory": (inventories, _inventory),
        "move": (models.letters, _letter),
    }
)
_TABLES: Final[Mapping[Table, Callable[[Row], object]]] = MappingProxyType(
    {
        alerts: lambda row: row[0],
        inventories: lambda row: row[0],
        models.letters: lambda _row: NO_ENTRY,
    }
)
"""Each of them, and the entry that a row is about."""
