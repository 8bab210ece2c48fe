"""/tips/<id>: everything on a tip posts to its own address."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.errors import AdminError, NotFound
from admin.exclusions.service import exclude_unit
from admin.moves.service import move_tip
from admin.permissions import Permission, requires
from admin.replies.service import send_reply
from admin.tip.downloads import attachment, open_download
from admin.tip.errors import DoneButNotShown, NoPurpose
from admin.tip.page import PURPOSES, ReadPage, TipPage, read_page, show_tip
from admin.tip.state import ReadState
from admin.visit import Visit, this_visit
from tipline.keeper_client import KeeperError
from tipline.tips.purposes import Purpose

pages = Blueprint("tip", __name__)


@dataclass(frozen=True)
class Step:
    """What a posted form did: the notice to show, or the problem and what was typed."""

    purpose: Purpose
    done: str = ""
    problem: AdminError | None = None
    field: str = ""


@pages.get("/tips/<text>")
@requires(Permission.READ_TIPS)
def show(text: str) -> ResponseReturnValue:
    """The card, and the question what one reads for."""
    return _render(show_tip(this_visit(), text))


@pages.post("/tips/<text>")
@requires(Permission.READ_TIPS)
def act(text: str) -> ResponseReturnValue:
    """Take the step that was posted, then read again and show the whole page."""
    visit = this_visit()
    page = show_tip(visit, text)
    try:
        step = _take_step(visit, page)
    except NoPurpose as error:
        return _render(page, error=error)
    try:
        # An exclusion, done or tried, takes the card out of the list: it is listed anew for who may see it.
        page = show_tip(visit, text, list_new="exclude" in (step.done, step.field))
        return _render(page, read_page(visit, page, step.purpose), step)
    except NotFound:
        if step.done:
            return redirect(f"/tips?done={step.done}", 303)
        raise
    except AdminError as error:
        if step.problem or step.done:
            return _render(page, step=step, error=error)
        raise
    except KeeperError as error:
        if step.done:
            raise DoneButNotShown from error
        raise


@pages.post("/tips/<text>/files/<item>")
@requires(Permission.READ_TIPS)
def download(text: str, item: str) -> ResponseReturnValue:
    """One file, as an attachment, after its own logged reading."""
    visit = this_visit()
    page = show_tip(visit, text)
    state = ReadState.open(request.form.get("state", ""), visit.session, page.id)
    return attachment(open_download(visit, page, item, state.purpose))


def _take_step(visit: Visit, page: TipPage) -> Step:
    form = request.form
    field = next((name for name in ("message", "move", "exclude") if name in form), "")
    if not field:
        return Step(_purpose(form.get("purpose", "")))
    state = ReadState.open(form.get("state", ""), visit.session, page.id)
    reason = form.get("reason", "")
    try:
        if field == "message":
            send_reply(visit, page.id, form["message"], state)
        elif field == "move":
            move_tip(visit, page.id, form["move"], reason, state)
        else:
            exclude_unit(visit, page.id, form["exclude"], reason, state)
    except NotFound:
        raise
    except AdminError as error:
        return Step(state.purpose, problem=error, field=field)
    return Step(state.purpose, done=field)


def _purpose(text: str) -> Purpose:
    for purpose in PURPOSES:
        if purpose.value == text:
            return purpose
    raise NoPurpose


def _render(
    page: TipPage, read: ReadPage | None = None, step: Step | None = None, error: AdminError | None = None
) -> ResponseReturnValue:
    problem = step.problem if step else None
    worst = problem or error
    lost = worst is not None and not (step and step.done)
    typed = {name: request.form.get(name, "") for name in ("message", "reason")} if lost else {}
    html = render_template(
        "tip.html",
        page=page,
        read=read,
        purposes=PURPOSES,
        done=step.done if step else "",
        problem=problem,
        unread=error,
        field=step.field if step else "",
        typed=typed,
    )
    return html, worst.status if worst else 200
