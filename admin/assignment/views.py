"""/tips/hand-over."""

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin.assignment.errors import AssignmentError
from admin.assignment.handing_over import HandedOver, HandOver, hand_over, open_hand_over
from admin.permissions import Permission, requires
from admin.visit import this_visit

pages = Blueprint("assignment", __name__)


@pages.get("/tips/hand-over")
@requires(Permission.READ_TIPS)
def show() -> ResponseReturnValue:
    """One's own open tips, or a colleague's, and to whom they may go. None is ticked unasked."""
    return _render(open_hand_over(this_visit(), request.args.get("of", "")))


@pages.post("/tips/hand-over")
@requires(Permission.READ_TIPS)
def act() -> ResponseReturnValue:
    """Give what is ticked."""
    visit, form = this_visit(), request.form
    page = open_hand_over(visit, form.get("of", ""))
    chosen = form.getlist("tips")
    try:
        done = hand_over(visit, page, chosen, form.get("to", ""))
    except AssignmentError as error:
        return _render(page, error=error, chosen=chosen), error.status
    return _render(open_hand_over(visit, page.whose), done=done)


def _render(
    page: HandOver,
    done: HandedOver | None = None,
    error: AssignmentError | None = None,
    chosen: Sequence[str] = (),
) -> str:
    return render_template(
        "hand_over.html",
        page=page,
        done=done,
        error=error,
        chosen=chosen,
        all=request.method == "GET" and request.args.get("tick") == "all",
        to=request.form.get("to", ""),
    )
