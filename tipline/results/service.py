"""Counts the tips of a quarter once, a month after its end; what was published then stays as it is.

A figure that moved would say on which day a tip was decided.
"""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from tipline.clock import Clock
from tipline.database import Database
from tipline.ids import PROTECTION
from tipline.results.figures import Counts, Figures, Quarter, published
from tipline.results.frozen import FrozenFigures
from tipline.tips.models import Tip
from tipline.tips.moves import TipState

QUARTERS = 4
"""How many quarters are shown; always all of them, so that none tells when the first tip came."""

SETTLING_DAYS = 30
"""Days after its end before a quarter is counted: its last tips, too, can have been looked at by then."""


COLUMNS: Final[Mapping[TipState, str]] = {
    **dict.fromkeys(TipState, "in_work"),
    **dict.fromkeys((TipState.TRANSFERRED, TipState.VERIFYING, TipState.OUTCOME), "passed_on"),
    TipState.OUTSIDE_REMIT: "outside_remit",
    **dict.fromkeys((TipState.CLOSED, TipState.ERASED), "closed"),
}
"""Where a tip of each state is counted. What was found is no column: a quarter has too few of each."""

_OF_TIPS: Final = sorted(state.value for state in TipState)


class PublishedResults:
    """The figures of the last four quarters that are over for a month."""

    def __init__(self, database: Database, path: Path, clock: Clock) -> None:
        """Keep what was published in a file that all workers share."""
        self._database = database
        self._frozen = FrozenFigures(path, clock)
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[Quarter, Figures] = {}

    def latest(self) -> tuple[Figures, ...]:
        """The figures, the newest quarter first, as they were when they were first asked for.

        Raises:
            OSError: they cannot be read or kept. Then none are shown.
        """
        quarters = _settled(self._clock.today())
        with self._lock:
            if not all(quarter in self._known for quarter in quarters):
                self._known = self._published(quarters)
            return tuple(self._known[quarter] for quarter in quarters)

    def _published(self, quarters: Sequence[Quarter]) -> dict[Quarter, Figures]:
        with self._frozen.alone():
            known = self._frozen.read()
            missing = [quarter for quarter in quarters if quarter not in known]
            known |= {quarter: published(quarter, self._counts(quarter)) for quarter in missing}
            if missing:
                self._frozen.write(known)
        return known

    def _counts(self, quarter: Quarter) -> Counts:
        first, end = _days(quarter)
        query = (
            select(Tip.state, func.count())
            .where(Tip.arrived_on >= first, Tip.arrived_on < end)
            # No protection case, nor what is left of one.
            .where(Tip.state.in_(_OF_TIPS), Tip.desk != PROTECTION)
            .group_by(Tip.state)
        )
        by_column: Counter[str] = Counter()
        with self._database.reading() as session:
            for state, count in session.execute(query):
                by_column[COLUMNS[TipState(state)]] += count
        return Counts(**by_column)


def _settled(today: date) -> tuple[Quarter, ...]:
    """The quarters that are shown on a day, the newest first."""
    quarters = [_quarter_of(today - timedelta(days=SETTLING_DAYS)).previous]
    while len(quarters) < QUARTERS:
        quarters.append(quarters[-1].previous)
    return tuple(quarters)


def _quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month - 1) // 3 + 1)


def _days(quarter: Quarter) -> tuple[date, date]:
    """Its first day, and the first day after it."""
    month = quarter.number * 3 - 2
    end = date(quarter.year + 1, 1, 1) if quarter.number == 4 else date(quarter.year, month + 3, 1)
    return date(quarter.year, month, 1), end
