"""/tips/<id>/identity and /protection/<id>/identity: asking for a name, and writing one down."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.confirming.mark import sensitive
from admin.disclosures.asking import ask, ask_page
from admin.disclosures.forms import read_order
from admin.disclosures.place import Find, case_place, tip_place
from admin.disclosures.writing import write_down
from admin.errors import AdminError, NotFound
from admin.permissions import Permission, requires
from admin.visit import this_visit
from tipline.disclosures.grounds import GROUNDS
from tipline.disclosures.telling import TELLS
from tipline.disclosures.terms import EMERGENCY_HOURS, LEAST_HOURS, MOST_HOURS

pages = Blueprint("identities", __name__)


@pages.get("/tips/<text>/identity")
@requires(Permission.READ_TIPS)
def of_tip(text: str) -> ResponseReturnValue:
    """The form that asks for a name, or where the member's request stands."""
    return _form(tip_place, text)


@pages.post("/tips/<text>/identity")
@requires(Permission.READ_TIPS)
@sensitive
def ask_of_tip(text: str) -> ResponseReturnValue:
    """Sign a request."""
    return _ask(tip_place, text)


@pages.post("/tips/<text>/identity/write")
@requires(Permission.READ_TIPS)
def write_of_tip(text: str) -> ResponseReturnValue:
    """Keep a name that was given in person."""
    return _write(tip_place, text)


@pages.get("/protection/<text>/identity")
@requires(Permission.PROTECT)
def of_case(text: str) -> ResponseReturnValue:
    """The same for a protection case."""
    return _form(case_place, text)


@pages.post("/protection/<text>/identity")
@requires(Permission.PROTECT)
@sensitive
def ask_of_case(text: str) -> ResponseReturnValue:
    """Sign a request."""
    return _ask(case_place, text)


@pages.post("/protection/<text>/identity/write")
@requires(Permission.PROTECT)
def write_of_case(text: str) -> ResponseReturnValue:
    """Keep a name that was given in person."""
    return _write(case_place, text)


def _ask(find: Find, text: str) -> ResponseReturnValue:
    visit = this_visit()
    place = find(visit, text)
    try:
        number = ask(visit, place, read_order(request.form, visit.roster, visit.services.clock.today()))
    except NotFound:
        raise
    except AdminError as error:
        return _form(find, text, error)
    return redirect(f"/disclosures/{number}?done=name-asked", 303)


def _write(find: Find, text: str) -> ResponseReturnValue:
    visit = this_visit()
    place = find(visit, text)
    try:
        write_down(visit, place, request.form)
    except NotFound:
        raise
    except AdminError as error:
        return _form(find, text, error)
    return redirect(f"{place.address}/identity?done=name-written", 303)


def _form(find: Find, text: str, error: AdminError | None = None) -> ResponseReturnValue:
    visit = this_visit()
    html = render_template(
        "identity.html",
        page=ask_page(visit, find(visit, text)),
        grounds=GROUNDS,
        tells=TELLS,
        least=LEAST_HOURS,
        most=MOST_HOURS,
        emergency_hours=EMERGENCY_HOURS,
        typed=request.form,
        error=error,
    )
    return html, error.status if error else 200
