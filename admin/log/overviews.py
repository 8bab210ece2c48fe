"""/log/…, beside the list: a member's day, a tip's life, and what the log says as a whole."""

from datetime import date, timedelta
from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from admin.errors import NotFound
from admin.log import charts
from admin.log.choice import find_tip_id
from admin.log.duties import duties
from admin.log.listing import everybody, list_entries
from admin.log.looking import look_up
from admin.log.member_day import member_day
from admin.log.missed import missed
from admin.log.tip_life import tip_life
from admin.permissions import Permission, requires
from admin.visit import Visit, this_visit
from crypto.statements import DONE, REFUSED
from tipline.lookups.filters import Filter
from tipline.lookups.groups import EXPORTS, ROSTER
from tipline.lookups.views import By, View

pages = Blueprint("overviews", __name__)

WEEKDAYS: Final = (_l("Mon"), _l("Tue"), _l("Wed"), _l("Thu"), _l("Fri"), _l("Sat"), _l("Sun"))
CHARTED_DAYS: Final = 30
MOST_CHARTED: Final = 3660
"""Days of one chart."""
EARLIEST: Final = date(1980, 1, 1)
LATEST: Final = date(2199, 12, 31)


@pages.get("/log/members/<member>")
@requires(Permission.AUDIT)
def one_member(member: str) -> ResponseReturnValue:
    """A member's day."""
    visit = this_visit()
    if member not in visit.roster.members:
        raise NotFound
    day = _day("day", visit.services.clock.today())
    name = everybody(visit)[member]
    return render_template("log_member.html", found=member_day(visit, member, day), name=name)


@pages.get("/log/tips/<tip>")
@requires(Permission.AUDIT)
def one_tip(tip: str) -> ResponseReturnValue:
    """A tip's life, by its id or its handle."""
    visit = this_visit()
    found = tip_life(visit, find_tip_id(visit, tip))
    if not found.total:
        raise NotFound
    return render_template("log_tip.html", found=found, members=everybody(visit))


@pages.get("/log/refusals")
@requires(Permission.AUDIT)
def refusals() -> ResponseReturnValue:
    """What the keeper refused."""
    page = list_entries(this_visit(), View.REFUSALS, Filter(outcome=REFUSED), _before())
    return render_template("log_refusals.html", page=page, reasons=page.looked.count(By.OUTCOME))


@pages.get("/log/exports")
@requires(Permission.AUDIT)
def exports() -> ResponseReturnValue:
    """What left the service."""
    page = list_entries(this_visit(), View.EXPORTS, Filter(type=EXPORTS), _before())
    return render_template("log_exports.html", page=page)


@pages.get("/log/roster")
@requires(Permission.AUDIT)
def roster() -> ResponseReturnValue:
    """What changed the roster."""
    page = list_entries(this_visit(), View.ROSTER, Filter(type=ROSTER), _before())
    return render_template("log_roster.html", page=page)


@pages.get("/log/duties")
@requires(Permission.AUDIT)
def separation() -> ResponseReturnValue:
    """Separation of duties."""
    visit = this_visit()
    return render_template("log_duties.html", found=duties(visit), members=everybody(visit))


@pages.get("/log/missed")
@requires(Permission.AUDIT)
def deadlines() -> ResponseReturnValue:
    """Missed deadlines."""
    return render_template("log_missed.html", found=missed(this_visit(), _before()))


@pages.get("/log/charts")
@requires(Permission.AUDIT)
def drawn() -> ResponseReturnValue:
    """Readings per day and desk, and by weekday and hour."""
    visit = this_visit()
    asked = _charted(visit)
    looked = look_up(visit, View.CHARTS, asked, 1)
    since, until = date.fromisoformat(asked.since), date.fromisoformat(asked.until)
    return render_template(
        "log_charts.html",
        asked=asked,
        bars=charts.bars(looked.count(By.DAY_DESK), since, until),
        heat=charts.heat(looked.count(By.WEEKDAY_HOUR)),
        charts=charts,
        weekdays=WEEKDAYS,
        members=everybody(visit),
        desks=sorted(visit.roster.desks),
    )


def _charted(visit: Visit) -> Filter:
    """Done readings of the days that the address names, else of the last thirty."""
    given = Filter.chosen_from(request.args)
    until = _day("to", visit.services.clock.today())
    since = _day("from", until - timedelta(days=CHARTED_DAYS - 1))
    since = max(min(since, until), until - timedelta(days=MOST_CHARTED))
    return Filter(
        member=given.member,
        desk=given.desk,
        type="read",
        outcome=DONE,
        since=since.isoformat(),
        until=until.isoformat(),
    )


def _before() -> int | None:
    return request.args.get("before", None, int)


def _day(name: str, otherwise: date) -> date:
    """The day of a field; what is none stands for another."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return otherwise
    return day if EARLIEST <= day <= LATEST else otherwise
