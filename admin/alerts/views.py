"""/log/alerts."""

from typing import Final

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.alerts.asking import find_alert, find_alerts
from admin.alerts.errors import AlertsError
from admin.alerts.planting import find_decoys, plant
from admin.alerts.reviewing import review
from admin.alerts.rules import field_of, read_rules
from admin.confirming.mark import sensitive
from admin.errors import AdminError, NotFound
from admin.log.listing import everybody
from admin.members.errors import MembersError
from admin.members.service import make_change, seconds
from admin.moves.errors import MoveError
from admin.permissions import Permission, requires
from admin.visit import this_visit
from tipline.alerts.findings import FINDINGS
from tipline.alerts.rules import RULES, Rule
from tipline.tips.categories import Category

pages = Blueprint("alerts", __name__)

MOST_DIGITS: Final = 15
"""Of an entry's index: a statement may name one of 2^53 at most."""


@pages.get("/log/alerts")
@requires(Permission.AUDIT)
def show() -> ResponseReturnValue:
    """Alerts, the newest first: open ones, or those that were reviewed."""
    visit, is_open = this_visit(), request.args.get("show") != "reviewed"
    page = find_alerts(visit, is_open=is_open, before=request.args.get("before", None, int))
    return render_template("alerts.html", page=page, is_open=is_open, members=everybody(visit))


@pages.get("/log/alerts/<alert>")
@requires(Permission.AUDIT)
def one(alert: str) -> ResponseReturnValue:
    """An alert, the entries behind it, and the form of its review."""
    return show_alert(index_in(alert))


@pages.post("/log/alerts/<alert>")
@requires(Permission.AUDIT)
def judge(alert: str) -> ResponseReturnValue:
    """State what was found."""
    visit, index = this_visit(), index_in(alert)
    finding, reason = request.form.get("finding", ""), request.form.get("reason", "")
    try:
        review(visit, find_alert(visit, index), finding, reason)
    except (AlertsError, MoveError) as error:
        return show_alert(index, error)
    return redirect("/log/alerts?done=reviewed", 303)


@pages.get("/log/alerts/rules")
@requires(Permission.AUDIT)
def rules() -> ResponseReturnValue:
    """The rules as they stand, and the form to change them."""
    return _rules()


@pages.post("/log/alerts/rules")
@requires(Permission.AUDIT)
@sensitive
def set_rules() -> ResponseReturnValue:
    """Sign other rules, as the first of two."""
    try:
        fields = {"rules": read_rules(request.form)}
        done = make_change(this_visit(), "alert-rules", fields, request.form.get("other", ""))
    except (AlertsError, MembersError) as error:
        return _rules(error)
    return redirect(f"/log/alerts/rules?done={done}", 303)


@pages.get("/log/alerts/decoys")
@requires(Permission.AUDIT)
def decoys() -> ResponseReturnValue:
    """What was planted, and the form for another."""
    return _decoys()


@pages.post("/log/alerts/decoys")
@requires(Permission.AUDIT)
def plantshow_alert() -> ResponseReturnValue:
    """Plant a decoy."""
    try:
        plant(this_visit(), request.form)
    except AlertsError as error:
        return _decoys(error)
    return redirect("/log/alerts/decoys?done=planted", 303)


def index_in(text: str) -> int:
    """The index in an address.

    Raises:
        NotFound: it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise NotFound
    return int(text)


def show_alert(index: int, error: AdminError | None = None) -> ResponseReturnValue:
    """The page of an alert, with what was typed where something was wrong."""
    visit = this_visit()
    behind = find_alert(visit, index)
    page = render_template(
        "alert.html",
        behind=behind,
        alert=behind.alert,
        findings=FINDINGS,
        members=everybody(visit),
        typed=request.form,
        error=error,
    )
    return page, error.status if error else 200


def _rules(error: AdminError | None = None) -> ResponseReturnValue:
    visit = this_visit()
    page = render_template(
        "alert_rules.html",
        rules=RULES,
        book=visit.roster.alert_rules,
        field_of=field_of,
        others=seconds(visit, "alert-rules", {"rules": {}}),
        typed=request.form,
        error=error,
    )
    return page, error.status if error else 200


def _decoys(error: AdminError | None = None) -> ResponseReturnValue:
    visit = this_visit()
    page = render_template(
        "alert_decoys.html",
        decoys=find_decoys(visit),
        is_on=visit.roster.alert_rules.is_on(Rule.DECOY),
        categories=list(Category),
        typed=request.form,
        error=error,
    )
    return page, error.status if error else 200
