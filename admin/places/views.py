"""/members/units, /members/bodies, /members/desks/new: what a registrar proposes of them."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.confirming.mark import sensitive
from admin.errors import NotFound
from admin.members.errors import MembersError
from admin.members.names import Names
from admin.members.service import make_change, seconds
from admin.permissions import Permission, requires
from admin.places.forms import read_body, read_desk, read_unit
from admin.visit import this_visit
from crypto.keys import Identity
from tipline.ids import UnitId, new_unit_id

pages = Blueprint("places", __name__)


@pages.get("/members/units")
@requires(Permission.REGISTER)
def units() -> ResponseReturnValue:
    """The units, and the form for one of them or a new one."""
    return _units_page(request.args.get("unit", ""))


@pages.post("/members/units")
@requires(Permission.REGISTER)
@sensitive
def propose_unit() -> ResponseReturnValue:
    """Sign a unit as the first of two."""
    visit = this_visit()
    try:
        done = make_change(visit, *read_unit(request.form, visit.roster), request.form.get("other", ""))
    except MembersError as error:
        return _units_page(request.form.get("place", ""), error)
    return redirect(f"/members/units?done={done}", 303)


@pages.get("/members/bodies")
@requires(Permission.REGISTER)
def bodies() -> ResponseReturnValue:
    """The competent bodies, and the form for one of them or a new one."""
    return _bodies_page(request.args.get("body", ""))


@pages.post("/members/bodies")
@requires(Permission.REGISTER)
@sensitive
def propose_body() -> ResponseReturnValue:
    """Sign a competent body as the first of two."""
    visit = this_visit()
    try:
        done = make_change(visit, *read_body(request.form, visit.roster), request.form.get("other", ""))
    except MembersError as error:
        changed = request.form.get("place", "") if request.form.get("changes") else ""
        return _bodies_page(changed, error)
    return redirect(f"/members/bodies?done={done}", 303)


@pages.get("/members/desks/new")
@requires(Permission.REGISTER)
def new_desk() -> ResponseReturnValue:
    """The form for a new desk."""
    return _desk_page()


@pages.post("/members/desks/new")
@requires(Permission.REGISTER)
@sensitive
def propose_desk() -> ResponseReturnValue:
    """Sign a new desk as the first of two."""
    visit = this_visit()
    try:
        done = make_change(visit, *read_desk(request.form, visit.roster), request.form.get("other", ""))
    except MembersError as error:
        return _desk_page(error)
    return redirect(f"/members/desks?done={done}", 303)


def _units_page(identifier: str, error: MembersError | None = None) -> ResponseReturnValue:
    roster = this_visit().roster
    chosen = roster.units.get(UnitId(identifier))
    if identifier and chosen is None and error is None:
        raise NotFound
    fresh = identifier if error else new_unit_id()
    return _page("units.html", error, units=roster.units, chosen=chosen, fresh=fresh)


def _bodies_page(identifier: str, error: MembersError | None = None) -> ResponseReturnValue:
    roster = this_visit().roster
    chosen = roster.bodies.get(identifier)
    if identifier and chosen is None and error is None:
        raise NotFound
    return _page("bodies.html", error, bodies=roster.bodies, chosen=chosen)


def _desk_page(error: MembersError | None = None) -> ResponseReturnValue:
    # The private half is dropped: nobody shall have the key of a desk that nobody holds.
    recipient = request.form.get("recipient") or Identity.generate().recipient.text
    return _page("desk_new.html", error, recipient=recipient)


def _page(template: str, error: MembersError | None, **more: Any) -> ResponseReturnValue:
    visit = this_visit()
    # Any change of the roster that a registrar signs with another asks the same people.
    others = seconds(visit, "deadlines", {"days": {}})
    page = render_template(
        template, names=Names.of(visit), typed=request.form, others=others, error=error, **more
    )
    return page, error.status if error else 200
