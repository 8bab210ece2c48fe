"""/disclosures."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.confirming.mark import sensitive
from admin.disclosures import deciding, requests
from admin.disclosures.errors import DisclosureError
from admin.disclosures.forms import read_decision
from admin.disclosures.requests import address_of, alias_of, find_mine, is_handed_over, moment, number_in
from admin.errors import AdminError, NotFound
from admin.members.names import Names
from admin.permissions import Permission, requires
from admin.queue.service import handle
from admin.visit import Visit, this_visit
from tipline.keeper_client.disclosures import AskedDisclosure, MyDisclosure
from tipline.tips.answers import Message

pages = Blueprint("disclosures", __name__)


@pages.get("/disclosures")
@requires(Permission.SEE_DISCLOSURES)
def show() -> ResponseReturnValue:
    """The member's own requests, or what waits for a custodian."""
    visit = this_visit()
    waiting = deciding.waiting(visit) if visit.keeps_names else ()
    return render_template(
        "disclosures.html",
        waiting=[one for one in waiting if not one.approved],
        allowed=[one for one in waiting if one.approved],
        mine=() if visit.keeps_names else requests.my_requests(visit),
        **_said(visit),
    )


@pages.get("/disclosures/<number>")
@requires(Permission.SEE_DISCLOSURES)
def one(number: str) -> ResponseReturnValue:
    """A request: how it stands for whoever asked, or what a custodian decides about."""
    visit = this_visit()
    if visit.keeps_names:
        return _request(visit, deciding.find_waiting(visit, number_in(number)))
    return _mine(visit, find_mine(visit, number_in(number)))


@pages.post("/disclosures/<number>")
@requires(Permission.READ_NAMES)
@sensitive
def look(number: str) -> ResponseReturnValue:
    """The name, for this one page."""
    visit = this_visit()
    mine = find_mine(visit, number_in(number))
    try:
        shown = requests.look(visit, mine)
    except NotFound:
        raise
    except AdminError as error:
        return _mine(visit, find_mine(visit, mine.request), error=error)
    return render_template("disclosure_name.html", one=mine, shown=shown, **_said(visit))


@pages.post("/disclosures/<number>/reason")
@requires(Permission.SEE_DISCLOSURES)
def reason(number: str) -> ResponseReturnValue:
    """What somebody wrote: to a custodian why it is asked, to whoever asked why it was decided so."""
    visit = this_visit()
    if visit.keeps_names:
        asked = deciding.find_waiting(visit, number_in(number))
        return _request(visit, asked, said=deciding.read_request(visit, asked))
    mine = find_mine(visit, number_in(number))
    return _mine(visit, mine, said=requests.read_answer(visit, mine))


@pages.post("/disclosures/<number>/decision")
@requires(Permission.DECIDE_DISCLOSURES)
@sensitive
def decide(number: str) -> ResponseReturnValue:
    """Sign a yes, and hand over; or a no."""
    visit = this_visit()
    asked = deciding.find_waiting(visit, number_in(number))
    try:
        decision = read_decision(request.form)
        done = deciding.decide(visit, asked, decision)
    except DisclosureError as error:
        return _request(visit, asked, error=error)
    if not decision.approved:
        return redirect("/disclosures?done=name-refused", 303)
    return redirect(f"/disclosures/{asked.request}{'?done=name-allowed' if done else ''}", 303)


@pages.post("/disclosures/<number>/unlock")
@requires(Permission.DECIDE_DISCLOSURES)
def hand_over(number: str) -> ResponseReturnValue:
    """Do the second half of a yes again."""
    visit = this_visit()
    asked = deciding.find_waiting(visit, number_in(number))
    try:
        deciding.hand_over(visit, asked)
    except DisclosureError as error:
        return _request(visit, asked, error=error)
    return redirect(f"/disclosures/{asked.request}?done=name-handed", 303)


def _said(visit: Visit) -> dict[str, object]:
    """What every page of this room calls."""
    return {
        "names": Names.of(visit),
        "alias_of": alias_of,
        "address_of": address_of,
        "moment": moment,
        "handle": handle,
        "members": visit.roster.members,
        "bodies": visit.roster.bodies,
    }


def _mine(
    visit: Visit, one: MyDisclosure, *, said: Message | None = None, error: AdminError | None = None
) -> ResponseReturnValue:
    html = render_template(
        "disclosure.html",
        one=one,
        answer=said,
        handed_over=is_handed_over(visit, one.request),
        error=error,
        **_said(visit),
    )
    return html, error.status if error else 200


def _request(
    visit: Visit, one: AskedDisclosure, *, said: Message | None = None, error: AdminError | None = None
) -> ResponseReturnValue:
    html = render_template(
        "disclosure_request.html",
        one=one,
        reason=said,
        payee=deciding.days_of_payee(visit, one),
        handed_over=is_handed_over(visit, one.request),
        typed=request.form,
        error=error,
        **_said(visit),
    )
    return html, error.status if error else 200
