"""/account/questions, and /log/alerts/<alert>/ask."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.alerts.views import index_in, show_alert
from admin.errors import AdminError
from admin.explanations.errors import ExplanationError
from admin.explanations.service import answer, ask_member, questions
from admin.moves.errors import MoveError
from admin.permissions import Permission, requires
from admin.visit import this_visit

pages = Blueprint("explanations", __name__)


@pages.post("/log/alerts/<alert>/ask")
@requires(Permission.AUDIT)
def ask(alert: str) -> ResponseReturnValue:
    """Ask the member whom an alert is about."""
    index = index_in(alert)
    try:
        ask_member(this_visit(), index)
    except ExplanationError as error:
        return show_alert(index, error)
    return redirect(f"/log/alerts/{index}", 303)


@pages.get("/account/questions")
@requires(Permission.SIGNED_IN)
def show() -> ResponseReturnValue:
    """What auditors ask this member."""
    return _page(-1, None)


@pages.post("/account/questions/<alert>")
@requires(Permission.SIGNED_IN)
def explain(alert: str) -> ResponseReturnValue:
    """The member's answer."""
    index = index_in(alert)
    try:
        answer(this_visit(), index, request.form.get("reason", ""))
    except (ExplanationError, MoveError) as error:
        return _page(index, error)
    return redirect("/account/questions?done=explained", 303)


def _page(alert: int, error: AdminError | None) -> ResponseReturnValue:
    asked = questions(this_visit())
    page = render_template("questions.html", asked=asked, about=alert, typed=request.form, problem=error)
    return page, error.status if error else 200
