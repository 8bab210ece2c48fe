"""/tips/<id>: everything on a tip posts to its own address."""

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.accused.hiding import hiding
from admin.assignment.service import give, holders
from admin.errors import AdminError, NotFound
from admin.members.names import Names
from admin.permissions import Permission, requires
from admin.queue.tags import FIELDS, lines_of
from admin.replies.templates import TEMPLATES
from admin.tip.downloads import attachment, open_download
from admin.tip.errors import DoneButNotShown, NoPurpose
from admin.tip.page import PURPOSES, TipPage, show_tip
from admin.tip.previews import show_file
from admin.tip.reading import ReadPage, read_page
from admin.tip.state import ReadState
from admin.tip.steps import SIMILAR, Step, take_step
from admin.visit import Visit, this_visit
from tipline.accused.clearing import is_cleared
from tipline.keeper_client import KeeperError
from tipline.tips.moves import Outcome

pages = Blueprint("tip", __name__)

ASSIGN = "assign"
"""The field of whoever gets the tip; empty for nobody."""
_REROUTES = ("exclude", "integrity")
"""Steps that take the card out of the list: it is listed anew for who may see it."""


@pages.get("/tips/<text>")
@requires(Permission.READ_TIPS)
def show(text: str) -> ResponseReturnValue:
    """The card, and the question what one reads for."""
    return _render(this_visit(), show_tip(this_visit(), text))


@pages.post("/tips/<text>")
@requires(Permission.READ_TIPS)
def act(text: str) -> ResponseReturnValue:
    """Take the step that was posted, then read again and show the whole page."""
    visit = this_visit()
    page = show_tip(visit, text)
    if ASSIGN in request.form:
        return _assign(visit, page)
    try:
        step = take_step(visit, page, request.form)
    except NoPurpose as error:
        return _render(visit, page, error=error)
    return _after(visit, page, step)


def _assign(visit: Visit, page: TipPage) -> ResponseReturnValue:
    """Take a tip, give it, or give it back; nothing of it is read for that."""
    try:
        give(visit, page.tip.desk, [page.id], request.form[ASSIGN])
    except AdminError as error:
        return _render(visit, show_tip(visit, page.id.hex()), error=error)
    return redirect(f"/tips/{page.id.hex()}?done={ASSIGN}", 303)


def _after(visit: Visit, page: TipPage, step: Step) -> ResponseReturnValue:
    """The whole page, read anew after a step."""
    try:
        if step.name:
            page = show_tip(visit, page.id.hex(), list_new=step.name in _REROUTES)
        read = read_page(visit, page, step.purpose, with_similar=step.name == SIMILAR)
        return _render(visit, page, read, step)
    except NotFound:
        if step.done:
            return redirect(f"/tips?done={step.name}", 303)
        raise
    except AdminError as error:
        if step.problem or step.done:
            return _render(visit, page, step=step, error=error)
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
    opened = open_download(visit, page, item, state.purpose)
    return attachment(replace(opened, name=hiding(state.accused)(opened.name)))


@pages.post("/tips/<text>/files/<item>/preview")
@requires(Permission.READ_TIPS)
def preview(text: str, item: str) -> ResponseReturnValue:
    """Pictures of one file, after the same logged reading as for a download."""
    visit = this_visit()
    page = show_tip(visit, text)
    sealed = request.form.get("state", "")
    state = ReadState.open(sealed, visit.session, page.id)
    shown = show_file(visit, page, item, state.purpose)
    shown = replace(shown, name=hiding(state.accused)(shown.name))
    return render_template("preview.html", page=page, shown=shown, item=item, state=sealed), shown.status


def _render(
    visit: Visit,
    page: TipPage,
    read: ReadPage | None = None,
    step: Step | None = None,
    error: AdminError | None = None,
) -> ResponseReturnValue:
    problem = step.problem if step else None
    worst = problem or error
    tags = read.tags if read else page.card.tags
    lost = worst is not None and not (step and step.done)
    typed = {**(request.form if lost else {}), **(step.typed if step else {})}
    html = render_template(
        "tip.html",
        page=page,
        read=read,
        step=step,
        purposes=PURPOSES,
        templates=TEMPLATES,
        outcomes=list(Outcome),
        colleagues=holders(visit, page.tip.desk, page.view.excluded) if page.view else [],
        names=read.names if read else Names.of(visit).members,
        tag_fields={kind.value: (name, lines_of(tags, kind)) for kind, name in FIELDS.items()},
        tags=tags,
        cleared=is_cleared(page.case),
        problem=problem,
        unread=error,
        typed=typed,
    )
    return html, worst.status if worst else 200
