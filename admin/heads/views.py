"""/log/heads: works while the keeper is stopped, and only this does."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.confirming.mark import sensitive
from admin.heads.errors import HeadsError
from admin.heads.service import decision, propose, sign
from admin.permissions import Permission, requires
from admin.visit import this_visit

pages = Blueprint("heads", __name__)


@pages.get("/log/heads")
@requires(Permission.DECIDE_HEADS)
def show() -> ResponseReturnValue:
    """The two heads, and who has signed."""
    return _page()


@pages.post("/log/heads")
@requires(Permission.DECIDE_HEADS)
@sensitive
def first() -> ResponseReturnValue:
    """Sign first."""
    try:
        propose(this_visit(), request.form.get("other", ""), request.form.get("shown", ""))
    except HeadsError as error:
        return _page(error)
    return redirect("/log/heads?done=proposed", 303)


@pages.post("/log/heads/<proposal>/sign")
@requires(Permission.DECIDE_HEADS)
@sensitive
def second(proposal: str) -> ResponseReturnValue:
    """Sign as the second person."""
    try:
        sign(this_visit(), proposal)
    except HeadsError as error:
        return _page(error)
    return redirect("/log/heads?done=acknowledged", 303)


def _page(error: HeadsError | None = None) -> ResponseReturnValue:
    page = render_template("heads.html", decision=decision(this_visit()), error=error)
    return page, error.status if error else 200
