"""The statements by which two people set the calendar and the deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from tipline.deadlines import TERMS, Clocks
from tipline.deadlines.terms import MOST_DAYS
from tipline.roster import rules
from tipline.roster.bodies import BASE_FIELDS, listed, malformed, require_fields, text

if TYPE_CHECKING:
    from tipline.roster.replay import Roster

_YEARS: Final = range(2000, 2200)
MAX_DAYS: Final = 366


def set_calendar(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Set the days of one year that are otherwise than the week says: {"year","off","worked"}."""
    fields = require_fields(body, BASE_FIELDS | {"year", "off", "worked"})
    rules.require_registrar_and_another(roster, body)
    year = fields["year"]
    if type(year) is not int or year not in _YEARS:
        raise malformed("a year is a number")
    off, worked = _days(fields["off"], year), _days(fields["worked"], year)
    if set(off) & set(worked):
        raise malformed("a day is off or worked, not both")
    calendar = roster.clocks.calendar.with_year(year, off, worked)
    return replace(roster, clocks=replace(roster.clocks, calendar=calendar))


def set_deadlines(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Set how many days steps may take: {"days": {name: days}}; what is not named keeps its default."""
    fields = require_fields(body, BASE_FIELDS | {"days"})
    rules.require_registrar_and_another(roster, body)
    days = fields["days"]
    if not isinstance(days, Mapping) or not days.keys() <= TERMS.keys():
        raise malformed("a deadline has an unknown name")
    if not all(type(number) is int and 1 <= number <= MOST_DAYS for number in days.values()):
        raise malformed("a deadline is a number of days")
    return replace(roster, clocks=replace(roster.clocks, set_days=dict(days)))


def write_clocks(clocks: Clocks) -> dict[str, Any]:
    """What the directory says of them."""
    return {
        "off": sorted(day.isoformat() for day in clocks.calendar.off),
        "worked": sorted(day.isoformat() for day in clocks.calendar.worked),
        "days": dict(clocks.set_days),
    }


def _days(value: object, year: int) -> list[date]:
    found = [_day(each) for each in listed(value)]
    if len(found) > MAX_DAYS or found != sorted(set(found)) or any(day.year != year for day in found):
        raise malformed("the days of a year stand in order, each once")
    return found


def _day(value: object) -> date:
    try:
        day = date.fromisoformat(text(value))
    except ValueError as error:
        raise malformed("a day is not in the calendar") from error
    if day.isoformat() != value:
        raise malformed("a day is written year-month-day")
    return day
