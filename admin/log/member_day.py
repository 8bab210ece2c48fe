"""One member's day: what they signed hour by hour, and on which other days they signed something."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from admin.log.listing import lines
from admin.log.looking import look_up
from admin.log.rows import LogRow
from admin.visit import Visit
from tipline.lookups.filters import HOURS, Filter
from tipline.lookups.views import By, View

LISTED: Final = 200
"""Entries of one day that the page lists; the hours count all of them."""
OFFICE_HOURS: Final = range(10)
"""Hours, UTC, that the timeline marks: in China from eight in the morning to six in the evening."""
DAYS_BACK: Final = 30


@dataclass(frozen=True)
class Hour:
    """One hour (UTC), how many entries are in it, and whether somebody is usually at work then."""

    hour: int
    count: int
    office: bool


@dataclass(frozen=True)
class MemberDay:
    """What one member signed on one day (UTC), and on how many of the days before.

    Attributes:
        rows: the entries, oldest first, at most the newest `LISTED`.
        days: days with entries, the newest first, each with how many.
        off: whether the calendar has this as a day on which nobody works.
    """

    member: str
    day: date
    hours: Sequence[Hour]
    rows: Sequence[LogRow]
    total: int
    days: Sequence[tuple[date, int]]
    off: bool

    @property
    def outside(self) -> int:
        """How many entries lie outside office hours, or on a day on which nobody works."""
        return sum(one.count for one in self.hours if self.off or not one.office)

    @property
    def before(self) -> date:
        """The day before."""
        return self.day - timedelta(days=1)

    @property
    def after(self) -> date:
        """The day after."""
        return self.day + timedelta(days=1)


def member_day(visit: Visit, member: str, day: date) -> MemberDay:
    """One member's day; asking is two entries.

    Raises:
        AuditRefused: this member may not see it.
        KeeperError: the keeper does not answer.
    """
    since = (day - timedelta(days=DAYS_BACK)).isoformat()
    around = look_up(visit, View.MEMBER, Filter(member=member, since=since), 1)
    looked = look_up(
        visit, View.MEMBER, Filter(member=member, since=day.isoformat(), until=day.isoformat()), LISTED
    )
    counts: Counter[int] = Counter()
    for _, hour, count in looked.count(By.WEEKDAY_HOUR):
        counts[hour] += count
    days: Counter[date] = Counter()
    for text, _, count in around.count(By.DAY_DESK):
        days[date.fromisoformat(text)] += count
    return MemberDay(
        member=member,
        day=day,
        hours=[Hour(hour, counts[hour], hour in OFFICE_HOURS) for hour in range(HOURS)],
        rows=lines(visit, looked.entries[::-1]),
        total=looked.total,
        days=sorted(days.items(), reverse=True),
        off=not visit.roster.clocks.calendar.is_worked(day),
    )
