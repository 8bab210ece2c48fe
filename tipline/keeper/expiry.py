"""Which closed tips and ended cases may go: their time is over, nobody holds them, no award keeps them."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, bindparam, or_, select

from tipline.deadlines import Clocks
from tipline.keeper import models
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import TIPS
from tipline.keeper.pins import standing_of
from tipline.keeper.prepared import Prepared
from tipline.keeper.rewards.awards import keeps, of_tips
from tipline.protection.states import ProtectionState
from tipline.tips.cases import kept_until
from tipline.tips.moves import TipState

LOOKED_AT: Final = 5_000
"""Closed tips that one question looks at."""

_ENDED: Final = or_(
    models.tips.c.state == TipState.CLOSED.value, models.tips.c.state == ProtectionState.ENDED.value
)
_CLOSED: Final = Prepared(
    select(*TIPS.all_columns)
    .where(_ENDED, models.tips.c.tip > bindparam("after"))
    .order_by(models.tips.c.tip)
    .limit(LOOKED_AT)
)


@dataclass(frozen=True)
class Expiring:
    """Tips that may go, each with the last day for which it was kept; `last` is where the next look begins.

    `last` is empty when all were looked at.
    """

    tips: tuple[tuple[bytes, date], ...]
    last: bytes


def expiring(connection: Connection, rows: Rows, after: bytes, today: date, clocks: Clocks) -> Expiring:
    """Look at closed tips in the order of their ids, from after one on.

    Raises:
        RowsChanged: one is not as it was written.
    """
    closed = _CLOSED.run(connection, {"after": after}).fetchall()
    rows.check(TIPS, closed)
    days = ((row[0], kept_until(standing_of(row).case, clocks)) for row in closed)
    past = [(tip, until) for tip, until in days if until is not None and until < today]
    known = of_tips(rows, (tip for tip, _ in past))
    over = tuple((tip, until) for tip, until in past if not keeps(known.get(tip), today))
    return Expiring(over, closed[-1][0] if len(closed) == LOOKED_AT else b"")
