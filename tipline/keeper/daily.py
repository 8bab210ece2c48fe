"""Looking at every tip's row once a day, whatever its columns say: what is due, and what is nobody's.

The clocks find what is overdue by a column, and a change of the roster finds by another what somebody has.
Whoever may write the database could empty both, and put them back later. So each row is looked at beside its
digest, some at a time, and what is found goes with the same look at the clocks.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from tipline.clock import Clock
from tipline.database import Database
from tipline.ids import MemberId
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import TIPS, Values
from tipline.keeper.pins import standing_of
from tipline.keeper.rules.case import may_have
from tipline.keeper.snapshots import look
from tipline.keeper.state import Draft
from tipline.keeper.writer import Writer

PAGE: Final = 2_000
PAGES_AT_ONCE: Final = 25
"""In one look at the clocks, a second or two; the next goes on."""

_DUE: Final = TIPS.columns.index("due")
_ASSIGNEE: Final = TIPS.columns.index("assignee")


@dataclass(frozen=True)
class _Walk:
    """How far a walk has come.

    Attributes:
        day: on which it began.
        least: how many rows there were then; none ever goes.
        after: the key of the last row that was looked at.
        seen: so many were.
        found: tips that are due or nobody's, of the last page.
    """

    day: date
    least: int
    after: Values | None = None
    seen: int = 0
    is_over: bool = False
    found: tuple[bytes, ...] = field(default=())


class TipsWalk:
    """The walk of today, in memory: a keeper that starts begins anew."""

    def __init__(self, writer: Writer, database: Database, clock: Clock) -> None:
        self._writer = writer
        self._database = database
        self._clock = clock
        self._turn = threading.Lock()
        self._walk: _Walk | None = None

    def go_on(self) -> tuple[bytes, ...]:
        """Look at some more rows; the tips among them that are due, or with somebody who may not have them.

        Raises:
            Unavailable: a row is not as it was written, or is gone; the keeper stops.
        """
        found: list[bytes] = []
        with self._turn:
            for _ in range(PAGES_AT_ONCE):
                walk, today = self._walk, self._clock.today()
                if walk is not None and walk.is_over and walk.day == today:
                    break
                self._walk = look(self._writer, self._database, self._next)
                found += self._walk.found
        return tuple(found)

    def _next(self, connection: Connection, rows: Rows) -> _Walk:
        draft = Draft(self._writer.memory, connection, self._clock.unix())
        walk = self._walk
        if walk is None or walk.is_over:
            walk = _Walk(draft.today, rows.count(TIPS.name))
        page = TIPS.page(connection, walk.after, PAGE)
        rows.check(TIPS, page)
        seen, is_over = walk.seen + len(page), len(page) < PAGE
        if is_over and seen < walk.least:
            raise RowsChanged(TIPS.name)
        found = tuple(row[0] for row in page if _is_due(row, draft) or _is_nobodys(row, draft))
        after = TIPS.key_of(page[-1]) if page else walk.after
        return replace(walk, after=after, seen=seen, is_over=is_over, found=found)


def _is_due(row: Sequence[Any], draft: Draft) -> bool:
    due: str = row[_DUE]
    return "" < due < draft.today.isoformat()


def _is_nobodys(row: Sequence[Any], draft: Draft) -> bool:
    if not row[_ASSIGNEE]:
        return False
    member = draft.roster.members[MemberId(row[_ASSIGNEE])]
    return not may_have(draft, member, standing_of(row).route)
