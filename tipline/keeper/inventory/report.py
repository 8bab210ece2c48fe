"""What auditors see of the lists: the nights, and what was accepted and is missing or changed."""

from typing import Any, Final

from sqlalchemy import Connection, Select, literal, select

from tipline.keeper.inventory.models import held, strangers
from tipline.keeper.inventory.remembered import latest

MISSING: Final = "missing"
CHANGED: Final = "changed"
UNVOUCHED: Final = "unvouched"
NIGHTS: Final = 31
LISTED: Final = 500
"""Lines of one answer; the statement of the night says how many there are."""


def report(connection: Connection) -> dict[str, list[Any]]:
    """The latest nights, newest first, and lines (what, tip, kind, day on which it was found).

    A stranger's day is empty: it is looked at anew each night.
    """
    nights = [one.to_fields() for one in latest(connection, NIGHTS)]
    found = [row for query in _lines() for row in connection.execute(query.limit(LISTED))]
    lines = [[what, tip.hex(), kind, day] for what, tip, kind, day in found[:LISTED]]
    return {"nights": nights, "lines": lines}


def _lines() -> tuple[Select[Any], ...]:
    harmed = (
        select(literal(what), held.c.tip, held.c.kind, day).where(day != "").order_by(day.desc(), held.c.item)
        for what, day in ((MISSING, held.c.lost), (CHANGED, held.c.changed))
    )
    table = strangers.c
    strange = select(literal(UNVOUCHED), table.tip, table.kind, literal("")).order_by(table.tip, table.item)
    return (*harmed, strange)
