"""/members/calendar: the days off and the deadlines, which two people set."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.confirming.mark import sensitive
from admin.members.calendar import read_clocks, years
from admin.members.errors import MembersError
from admin.members.service import make_change, seconds
from admin.permissions import Permission, requires
from admin.visit import this_visit
from tipline.deadlines import TERMS

pages = Blueprint("calendar", __name__)


@pages.get("/members/calendar")
@requires(Permission.REGISTER)
def show() -> ResponseReturnValue:
    """What the calendar and the deadlines say now, and the forms to change them."""
    return _page()


@pages.post("/members/calendar")
@requires(Permission.REGISTER)
@sensitive
def propose() -> ResponseReturnValue:
    """Sign a new calendar of a year, or other deadlines, as the first of two."""
    visit = this_visit()
    try:
        kind, fields = read_clocks(request.form, visit.roster.clocks)
        done = make_change(visit, kind, fields, request.form.get("other", ""))
    except MembersError as error:
        return _page(error)
    return redirect(f"/members/calendar?done={done}", 303)


def _page(error: MembersError | None = None) -> ResponseReturnValue:
    visit = this_visit()
    page = render_template(
        "calendar.html",
        years=years(visit.roster.clocks.calendar),
        terms={name: visit.roster.clocks.term(name) for name in TERMS},
        others=seconds(visit, "deadlines", {"days": {}}),
        typed=request.form,
        error=error,
    )
    return page, error.status if error else 200
