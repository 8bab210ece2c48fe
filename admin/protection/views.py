"""/protection: the cases, opening one, and each case's page, to which everything about it posts."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from admin.assignment.service import give, holders
from admin.entry.forms import EntryForm
from admin.entry.spare import field_and_id, sealed
from admin.errors import AdminError, KeeperAway, KeeperNotTrusted, NotFound
from admin.letters.papers import harms_of, papers_of
from admin.members.names import Names
from admin.permissions import Permission, requires
from admin.protection import choice as choices
from admin.protection import form_shown
from admin.protection.board import board_of
from admin.protection.cases import show_cases
from admin.protection.choice import Choice
from admin.protection.errors import KeptNotMoved, NoPurpose
from admin.protection.forms import CaseForm
from admin.protection.opening import known_cases, open_case
from admin.protection.page import PURPOSES, CasePage, show_case
from admin.protection.reading import ReadCase, read_case
from admin.protection.steps import Step, take_step
from admin.protection.told import told_cases
from admin.protection.words import alias_of
from admin.tip.downloads import attachment, open_download
from admin.tip.errors import DoneButNotShown
from admin.tip.state import ReadState
from admin.visit import Visit, this_visit
from tipline.ids import PROTECTION, new_tip_id
from tipline.keeper_client import KeeperError, KeeperLied
from tipline.protection.asking import Group, Harm
from tipline.tips.categories import Channel

pages = Blueprint("protection", __name__)

ASSIGN = "assign"
"""The field of whoever gets the case; empty for nobody."""
_REROUTES = ("exclude",)
"""Steps that take the card out of the list: it is listed anew for who may see it."""


@pages.get("/protection")
@requires(Permission.PROTECT)
def show() -> ResponseReturnValue:
    """The list, after what is new was listed, and what is due."""
    visit = this_visit()
    cases = show_cases(visit, Choice.read(request.args))
    board = board_of(visit, cases) if cases.choice == Choice() else None
    told = told_cases(visit)
    return render_template("protection.html", cases=cases, board=board, choices=choices, told=told)


@pages.get("/protection/new")
@requires(Permission.OPEN_CASES)
def begin() -> ResponseReturnValue:
    """The empty form."""
    visit = this_visit()
    today = visit.services.clock.today().isoformat()
    return _opening(visit, CaseForm(EntryForm(came_on=today)), sealed(visit, new_tip_id()))


@pages.post("/protection/new")
@requires(Permission.OPEN_CASES)
def enter() -> ResponseReturnValue:
    """Open the case, or give everything typed back."""
    visit, form = this_visit(), CaseForm.read(request.form)
    field, spare = field_and_id(visit, request.form.get("form", ""))
    known = [one.row.id.hex() for one in known_cases(visit)]
    today, units = visit.services.clock.today(), visit.directory.units.keys()
    if problems := form.problems(today, units, known):
        return _opening(visit, form, field, *problems)
    try:
        handed = open_case(visit, form, str(get_locale()).replace("_", "-"), spare, known)
    except AdminError as error:
        return _opening(visit, form, field, error)
    except KeeperError as error:
        return _opening(
            visit, form, field, KeeperNotTrusted() if isinstance(error, KeeperLied) else KeeperAway()
        )
    alias = alias_of(Group(form.group), handed.tip)
    html = render_template("protection_opened.html", handed=handed, alias=alias, sheet=form.entry.sheet)
    return html, 201


@pages.get("/protection/<text>")
@requires(Permission.PROTECT)
def one(text: str) -> ResponseReturnValue:
    """Alias, state, clock, and the question what one reads for."""
    visit = this_visit()
    return _render(visit, show_case(visit, text))


@pages.post("/protection/<text>")
@requires(Permission.PROTECT)
def act(text: str) -> ResponseReturnValue:
    """Take the step that was posted, then read again and show the whole page."""
    visit = this_visit()
    page = show_case(visit, text)
    if ASSIGN in request.form:
        return _assign(visit, page)
    try:
        step = take_step(visit, page, request.form)
    except NoPurpose as error:
        return _render(visit, page, error=error)
    return _after(visit, page, step)


@pages.post("/protection/<text>/files/<item>")
@requires(Permission.PROTECT)
def download(text: str, item: str) -> ResponseReturnValue:
    """One file, as an attachment, after its own logged reading."""
    visit = this_visit()
    page = show_case(visit, text)
    state = ReadState.open(request.form.get("state", ""), visit.session, page.id)
    return attachment(open_download(visit, page.tip, item, state.purpose))


def _assign(visit: Visit, page: CasePage) -> ResponseReturnValue:
    """Take a case, give it, or give it back; nothing of it is read for that."""
    try:
        give(visit, page.tip.tip.desk, [page.id], request.form[ASSIGN])
    except AdminError as error:
        return _render(visit, show_case(visit, page.id.hex()), error=error)
    return redirect(f"{page.address}?done=case-assign", 303)


def _after(visit: Visit, page: CasePage, step: Step) -> ResponseReturnValue:
    """The whole page, read anew after a step."""
    try:
        if step.name:
            page = show_case(visit, page.id.hex(), list_new=step.name in _REROUTES)
        return _render(visit, page, read_case(visit, page, step.purpose, _language()), step)
    except NotFound:
        if step.done:
            return redirect(f"/protection?done={step.notice}", 303)
        raise
    except AdminError as error:
        if step.problem or step.done:
            return _render(visit, page, step=step, error=error)
        raise
    except KeeperError as error:
        if step.done:
            raise DoneButNotShown from error
        if isinstance(step.problem, KeptNotMoved):
            raise step.problem from error
        raise


def _language() -> str:
    return "zh" if str(get_locale()).startswith("zh") else "en"


def _render(
    visit: Visit,
    page: CasePage,
    read: ReadCase | None = None,
    step: Step | None = None,
    error: AdminError | None = None,
) -> ResponseReturnValue:
    page, problem = read.page if read else page, step.problem if step else None
    worst = problem or error
    lost = worst is not None and worst.keeps_typed and not (step and step.done)
    html = render_template(
        "protection_case.html",
        page=page,
        read=read,
        step=step,
        purposes=PURPOSES,
        colleagues=holders(visit, page.tip.tip.desk, page.tip.view.excluded) if page.tip.view else [],
        names=read.read.names if read else Names.of(visit).members,
        shown=form_shown,
        # Letters are made by the desk that protects.
        papers=papers_of(read.forms) if read and not page.is_told else [],
        harms=harms_of(page.opened, read.forms if read else ()),
        problem=problem,
        wrong={one.field: one.wrong for one in getattr(problem, "problems", ())},
        unread=error,
        typed=request.form.to_dict(flat=False) if lost else {},
    )
    return html, worst.status if worst else 200


def _opening(visit: Visit, form: CaseForm, field: str, *problems: AdminError) -> ResponseReturnValue:
    html = render_template(
        "protection_new.html",
        form=form,
        field=field,
        problems=problems,
        wrong={getattr(one, "field", "") for one in problems},
        units=visit.directory.units_in_order,
        channels=list(Channel),
        groups=list(Group),
        harms=list(Harm),
        known=known_cases(visit),
        protects=PROTECTION in visit.member.desks,
    )
    return html, problems[0].status if problems else 200
