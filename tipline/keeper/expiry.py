"""Which closed tips may go: their time is over, and nobody holds them."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, select

from tipline.deadlines import Clocks
from tipline.keeper import models
from tipline.tips.case_file import CaseFile
from tipline.tips.cases import kept_until
from tipline.tips.moves import TipState

LOOKED_AT: Final = 5_000
"""Closed tips that one question looks at."""


@dataclass(frozen=True)
class Expiring:
    """Tips that may go, each with the last day for which it was kept; `last` is where the next look begins.

    `last` is empty when all were looked at.
    """

    tips: tuple[tuple[bytes, date], ...]
    last: bytes


def expiring(connection: Connection, after: bytes, today: date, clocks: Clocks) -> Expiring:
    """Look at closed tips in the order of their ids, from after one on."""
    table = models.tips
    rows = connection.execute(
        select(table.c.tip, table.c.file)
        .where(table.c.state == TipState.CLOSED.value, table.c.tip > after)
        .order_by(table.c.tip)
        .limit(LOOKED_AT)
    ).all()
    days = ((tip, kept_until(CaseFile.decode(file), clocks)) for tip, file in rows)
    over = tuple((tip, until) for tip, until in days if until is not None and until < today)
    return Expiring(over, rows[-1].tip if len(rows) == LOOKED_AT else b"")
