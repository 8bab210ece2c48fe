"""/rewards: the board, each award's page, and the steps that are posted to it."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from admin.confirming.mark import sensitive
from admin.errors import AdminError, NotFound
from admin.members.names import Names
from admin.permissions import Permission, requires
from admin.queue.service import handle
from admin.rewards import steps
from admin.rewards.board import VIEWS, board_of
from admin.rewards.known import ShownAward, office_of
from admin.rewards.money import yuan
from admin.rewards.page import AwardPage, award_page
from admin.visit import Visit, this_visit
from tipline.rewards.scoring import Factor
from tipline.tips.moves import Outcome

pages = Blueprint("rewards", __name__)

Step = Callable[[Visit, ShownAward, MultiDict[str, str]], str]


@pages.get("/rewards")
@requires(Permission.REWARDS)
def show() -> ResponseReturnValue:
    """The board."""
    visit = this_visit()
    office = office_of(visit)
    board = board_of(visit, request.args.get("show", ""), request.args.get("beyond", None, int))
    return render_template("rewards/board.html", board=board, office=office, views=VIEWS, **said(visit))


@pages.get("/rewards/<number>")
@requires(Permission.REWARDS)
def one(number: str) -> ResponseReturnValue:
    """One award, with the steps that can be taken."""
    visit = this_visit()
    return _render(visit, award_page(visit, number))


@pages.post("/rewards/<number>/check")
@requires(Permission.STEP_REWARDS)
def check(number: str) -> ResponseReturnValue:
    """A verifier types what the liaison's paper says."""
    return _take(number, "check", steps.check)


@pages.post("/rewards/<number>/approval")
@requires(Permission.STEP_REWARDS)
@sensitive
def approve(number: str) -> ResponseReturnValue:
    """An approver picks the amount, or refuses."""
    return _take(number, "approval", steps.approve)


@pages.post("/rewards/<number>/extension")
@requires(Permission.STEP_REWARDS)
@sensitive
def extend(number: str) -> ResponseReturnValue:
    """An approver gives the reporter longer."""
    return _take(number, "extension", steps.extend)


@pages.post("/rewards/<number>/cancel")
@requires(Permission.STEP_REWARDS)
@sensitive
def cancel(number: str) -> ResponseReturnValue:
    """Sign first that an award is taken back."""
    return _take(number, "cancel", steps.cancel)


def _take(number: str, name: str, step: Step) -> ResponseReturnValue:
    visit = this_visit()
    page = award_page(visit, number)
    try:
        done = step(visit, page.one, request.form)
    except NotFound:
        raise
    except AdminError as error:
        return _render(visit, award_page(visit, number), name, error)
    return redirect(f"{page.address}?done={done}", 303)


def _render(
    visit: Visit, page: AwardPage, at: str = "", error: AdminError | None = None
) -> ResponseReturnValue:
    html = render_template(
        "rewards/award.html",
        page=page,
        at=at,
        error=error,
        typed=request.form,
        outcomes=list(Outcome),
        factors=list(Factor),
        **said(visit),
    )
    return html, error.status if error else 200


def said(visit: Visit) -> dict[str, object]:
    """What every page of this room calls."""
    return {"names": Names.of(visit), "handle": handle, "yuan": yuan}
