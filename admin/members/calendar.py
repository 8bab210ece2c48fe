"""Working days and deadlines: read from a form, and proposed to a second person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from admin.members.changes import Asked
from admin.members.errors import ChoiceGone, NoDays, OneYear, WrongDays, WrongLine
from tipline.deadlines import TERMS, BadCalendar, Clocks
from tipline.deadlines.calendar import Calendar, read_calendar
from tipline.deadlines.terms import MOST_DAYS

MOST_DIGITS: Final = len(str(MOST_DAYS))


@dataclass(frozen=True)
class Year:
    """What the calendar says of a year, as ISO days."""

    year: int
    off: Sequence[str]
    worked: Sequence[str]


def years(calendar: Calendar) -> list[Year]:
    """The years of a calendar, the latest first."""
    known = {day.year for day in calendar.off | calendar.worked}
    return [_year(calendar, year) for year in sorted(known, reverse=True)]


def read_clocks(form: MultiDict[str, str], clocks: Clocks) -> Asked:
    """The statement that a form of the page asks for.

    Raises:
        MembersError: a day or a number cannot be taken.
    """
    if form.get("do") == "calendar":
        return "calendar", _read_year(form.get("days", ""))
    if form.get("do") == "deadlines":
        return "deadlines", {"days": _read_terms(form, clocks)}
    raise ChoiceGone


def _read_year(text: str) -> Mapping[str, Any]:
    try:
        calendar = read_calendar(text)
    except BadCalendar as error:
        raise WrongLine(error.line) from error
    found = years(calendar)
    if not found:
        raise NoDays
    if len(found) > 1:
        raise OneYear
    return {"year": found[0].year, "off": found[0].off, "worked": found[0].worked}


def _read_terms(form: MultiDict[str, str], clocks: Clocks) -> dict[str, int]:
    """Every term that is not as it is by default; one that the form leaves out stays as it is now."""
    days = {name: _number(form.get(name, str(clocks.term(name).days)), name) for name in TERMS}
    return {name: number for name, number in days.items() if number != TERMS[name].days}


def _number(text: str, term: str) -> int:
    """A number of days: one at least, or none where that is how it is by default (the same day)."""
    text, least = text.strip(), min(1, TERMS[term].days)
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise WrongDays
    if not least <= int(text) <= MOST_DAYS:
        raise WrongDays
    return int(text)


def _year(calendar: Calendar, year: int) -> Year:
    off = sorted(day.isoformat() for day in calendar.off if day.year == year)
    return Year(year, off, sorted(day.isoformat() for day in calendar.worked if day.year == year))
