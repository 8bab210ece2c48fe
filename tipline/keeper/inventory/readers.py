"""Who read which tip on which day, taken from the log's readings: entries are looked at once."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import Connection, func, select, text

from crypto.statements import DONE, Entry
from tipline.ids import AUDITORS
from tipline.keeper import models
from tipline.keeper.inventory.models import readers

_PAGE: Final = 2_000
_NEW: Final = text(
    "insert into readers (tip, day, desk, member) values (:tip, :day, :desk, :member) on conflict do nothing"
)
"""Both databases know these words, SQLAlchemy only for each apart."""
_TYPE: Final = "read"


def count_readings(connection: Connection, before: date, after: int) -> tuple[int, bool]:
    """Take up some of the readings behind an entry that were logged before a day (UTC).

    The last that was taken up, and whether there may be more; what is taken up twice counts once.

    Auditors open what staff wrote about a tip, never what its reporter sent: they are not counted.
    """
    midnight = int(datetime.combine(before, datetime.min.time(), UTC).timestamp())
    table = models.entries.c
    rows = connection.execute(
        select(table.index, table.at, table.tip, table.entry)
        .where(table.type == _TYPE, table.index > after)
        .where(table.outcome == DONE, table.at < midnight)
        .order_by(table.index)
        .limit(_PAGE)
    ).all()
    found = [
        {"tip": tip, "day": _day(at), "desk": desk, "member": member}
        for _, at, tip, data in rows
        for desk, member in _reader(data)
    ]
    if found:
        connection.execute(_NEW, found)
    return rows[-1][0] if rows else after, len(rows) == _PAGE


def reading_days(
    connection: Connection, tips: Sequence[bytes], before: str
) -> dict[bytes, list[tuple[str, str, int]]]:
    """Of each tip how many people of which desk read it on which day before one: (day, desk, people)."""
    table = readers.c
    rows = connection.execute(
        select(table.tip, table.day, table.desk, func.count())
        .where(table.tip.in_(tips), table.day < before)
        .group_by(table.tip, table.day, table.desk)
        .order_by(table.tip, table.day, table.desk)
    )
    found: dict[bytes, list[tuple[str, str, int]]] = {tip: [] for tip in tips}
    for tip, day, desk, number in rows:
        found[tip].append((day, desk, number))
    return found


def _reader(data: bytes) -> Iterator[tuple[str, str]]:
    body = Entry.decode(data).statement.body
    if body["desk"] != AUDITORS:
        yield body["desk"], body["by"][0]


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
