"""What the leaders' page shows. Every count is rounded down to fives, so none points at one tip.

All of it is as of the last day of the week before: what has come or changed since changes nothing, so nobody
sees an arrival by sending a few tips first. The deadlines, outcomes and times come from the log; how old open
tips were, from the columns of their rows and from what the log says has changed since. Nothing is opened for
it, and no unit, desk or tip is in it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tipline.database import Database
from tipline.keeper_client import AdminKeeper
from tipline.keeper_client.figures import LoggedFigures, last_counted
from tipline.results.figures import Coarse, coarse
from tipline.tips.models import Tip
from tipline.tips.moves import ENDED, PROTECTION_STATES, Outcome, TipState

MONTHS: Final = 6
QUARTERS: Final = 4
BANDS: Final = (7, 30, 90)
"""Last day of each band but the last, which has none."""
STATES: Final = tuple(state for state in TipState if state not in ENDED)


@dataclass(frozen=True)
class Month:
    """A month, and for each state how often it was left in time and how often its deadline was missed."""

    name: str
    states: Mapping[TipState, Coarse]


@dataclass(frozen=True)
class QuarterOutcomes:
    """What was found in a quarter (1 to 4), in the order of `Outcome`."""

    year: int
    number: int
    outcomes: Coarse


@dataclass(frozen=True)
class LeadersFigures:
    """The page. `ages` and `times` have one count for each band; `day` is the last that counts."""

    day: date
    ages: Coarse
    times: Coarse
    months: Sequence[Month]
    quarters: Sequence[QuarterOutcomes]


@dataclass(frozen=True)
class Row:
    """A tip as its row has it now."""

    tip: str
    arrived_on: date
    is_open: bool


def leaders_figures(database: Database, keeper: AdminKeeper, today: date) -> LeadersFigures:
    """The figures as of the end of last week.

    Raises:
        KeeperError: the keeper does not answer.
    """
    day = last_counted(today)
    # The rows first: what changes in between is in the log's answer then, and not in the page.
    with database.reading() as session:
        rows = _rows(session, day)
    return figures_of(rows, keeper.figures(), day)


def figures_of(rows: Iterable[Row], logged: LoggedFigures, day: date) -> LeadersFigures:
    """Put the figures of a day together; `rows` are the tips that had come by then."""
    months = _months(day, MONTHS)
    quarters = list(dict.fromkeys(_quarter(month) for month in _months(day, 3 * QUARTERS)))[:QUARTERS]
    ages = Counter((day - row.arrived_on).days for row in rows if logged.open_then.get(row.tip, row.is_open))
    return LeadersFigures(
        day=day,
        ages=coarse(_bands(ages.items())),
        times=coarse(_bands(logged.days.items())),
        months=[Month(month, {state: _of(logged, month, state) for state in STATES}) for month in months],
        quarters=[_found(logged, quarter) for quarter in quarters],
    )


def _rows(session: Session, day: date) -> list[Row]:
    query = select(Tip.id, Tip.arrived_on, Tip.state).where(
        Tip.arrived_on <= day, Tip.state.not_in(sorted(PROTECTION_STATES))
    )
    return [Row(row.id.hex(), row.arrived_on, row.state not in ENDED) for row in session.execute(query)]


def _bands(counted: Iterable[tuple[int, int]]) -> list[int]:
    found = Counter[int]()
    for days, number in counted:
        found[sum(days > last for last in BANDS)] += number
    return [found[band] for band in range(len(BANDS) + 1)]


def _of(logged: LoggedFigures, month: str, state: TipState) -> Coarse:
    return coarse([logged.kept[month, state.value], logged.missed[month, state.value]])


def _found(logged: LoggedFigures, quarter: tuple[int, int]) -> QuarterOutcomes:
    year, number = quarter
    counts = [logged.outcomes[f"{year}-{number}", outcome.value] for outcome in Outcome]
    return QuarterOutcomes(year, number, coarse(counts))


def _months(day: date, number: int) -> list[str]:
    """The month of a day and those before it, the newest first."""
    first = day.year * 12 + day.month - 1
    return [f"{month // 12}-{month % 12 + 1:02}" for month in range(first, first - number, -1)]


def _quarter(month: str) -> tuple[int, int]:
    year, number = month.split("-")
    return int(year), (int(number) - 1) // 3 + 1
