"""/ and the language links."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.enrolment.views import enrolments
from admin.errors import NotFound
from admin.language import COOKIE, COOKIE_SECONDS, LANGUAGES, safe_return
from admin.permissions import Permission, requires
from admin.visit import Visit, this_visit

pages = Blueprint("home", __name__)


@pages.get("/")
@requires(Permission.SIGNED_IN)
def show() -> ResponseReturnValue:
    """To the member's room, or to a page that says which rooms there are."""
    visit = this_visit()
    if address := _room(visit):
        return redirect(address, 303)
    compare = enrolments(visit.services).to_compare() if visit.member.is_registrar else 0
    return render_template("home.html", visit=visit, compare=compare)


def _room(visit: Visit) -> str:
    """Where a member's work is; "" for who has several rooms, or none."""
    rooms = (
        (visit.reads_tips, "/tips"),
        (visit.protects, "/protection"),
        (visit.audits, "/log"),
        (visit.keeps_names, "/disclosures"),
        (visit.may("STEP_REWARDS") or visit.may("PAY"), visit.rewards_room),
        (visit.leads, "/leaders"),
    )
    return next((address for works, address in rooms if works), "")


@pages.get("/language/<code>")
@requires(Permission.PUBLIC)
def language(code: str) -> ResponseReturnValue:
    """Choose a language and go back to where one was."""
    if code not in LANGUAGES:
        raise NotFound
    response = redirect(safe_return(request.args.get("to", "/")), 303)
    response.set_cookie(COOKIE, code, max_age=COOKIE_SECONDS, samesite="Strict", httponly=True)
    return response
