"""When the register must next be reported upward, and what no report has covered yet: pure functions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from tipline.deadlines import Clocks
from tipline.interference.ways import TERM


class Dated(Protocol):
    """An entry of the register, or a report: where it stands in the log, and its UTC day."""

    @property
    def index(self) -> int:
        """Its index."""

    @property
    def day(self) -> date:
        """Its day."""


Covers = Callable[[int, int], bool]
"""Whether whoever made the report at the first index may read the entry at the second."""


@dataclass(frozen=True)
class Schedule:
    """Where the reports stand.

    Attributes:
        last: the day of the last report; None before the first.
        due: the day by which the next must be made; None while nothing was ever filed.
        uncovered: the indices of entries that are in no report, in their order.
    """

    last: date | None
    due: date | None
    uncovered: tuple[int, ...]

    def is_missed(self, today: date) -> bool:
        """Whether a report is late."""
        return self.due is not None and self.due < today

    def days_late(self, today: date) -> int:
        """By how many days; 0 when it is not."""
        return max((today - self.due) // timedelta(days=1), 0) if self.due is not None else 0


def schedule(entries: Sequence[Dated], reports: Sequence[Dated], clocks: Clocks, covers: Covers) -> Schedule:
    """Where the reports stand, by what somebody may know of the register; all in the order of the log.

    It begins with the first entry. A report covers what stood before it and what its maker may read: whoever
    is kept from an entry cannot settle that it was reported.
    """
    uncovered = tuple(
        one.index
        for one in entries
        if not any(report.index > one.index and covers(report.index, one.index) for report in reports)
    )
    last = reports[-1].day if reports else None
    skipped = [
        one.day for one in entries if one.index in uncovered and reports and one.index < reports[-1].index
    ]
    first = [one.day for one in entries[:1]]
    since = min([*skipped, *([last] if last is not None else first)], default=None)
    return Schedule(last, None if since is None else clocks.due(TERM, since), uncovered)
