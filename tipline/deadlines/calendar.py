"""Which days are worked: Monday to Friday, but for days off and for days that are made up (调休).

A calendar file has one day a line, `2027-02-08 off` or `2027-02-14 work`; what follows a # is a remark.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tipline.deadlines.errors import BadCalendar

OFF: Final = "off"
WORK: Final = "work"
_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """Days that are otherwise than the week says: `off` are weekdays off, `worked` weekends at work."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def is_worked(self, day: date) -> bool:
        """Whether a day is a working day."""
        return day in self.worked or (day.weekday() < _SATURDAY and day not in self.off)

    def after(self, day: date, working_days: int) -> date:
        """The day that is so many working days later."""
        while working_days:
            day += _DAY
            working_days -= self.is_worked(day)
        return day

    def between(self, first: date, last: date) -> int:
        """How many working days lie after `first`, up to and with `last`."""
        days = (first + _DAY * step for step in range(1, (last - first).days + 1))
        return sum(map(self.is_worked, days))

    def with_year(self, year: int, off: Iterable[date], worked: Iterable[date]) -> "Calendar":
        """The same calendar with one year replaced."""
        return Calendar(
            frozenset((*(day for day in self.off if day.year != year), *off)),
            frozenset((*(day for day in self.worked if day.year != year), *worked)),
        )


def read_calendar(text: str) -> Calendar:
    """Read a calendar file.

    Raises:
        BadCalendar: a line is no day with "off" or "work", or a day stands there twice.
    """
    found: dict[date, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        day = _day(number, words[0])
        if len(words) != 2 or words[1] not in (OFF, WORK):
            raise BadCalendar(number, 'write the day and then "off" or "work", like 2027-02-08 off')
        if day in found:
            raise BadCalendar(number, "this day stands in the calendar twice")
        found[day] = words[1]
    return Calendar(
        frozenset(day for day, kind in found.items() if kind == OFF),
        frozenset(day for day, kind in found.items() if kind == WORK),
    )


def _day(number: int, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadCalendar(number, "a day is written like 2027-02-08") from error
    if day.isoformat() != text:
        raise BadCalendar(number, "a day is written like 2027-02-08")
    return day
