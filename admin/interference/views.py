"""/interference."""

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.attachments import disposition
from admin.errors import AdminError, NotFound
from admin.interference.forms import read_answer, read_chosen, read_filing
from admin.interference.reading import OpenEntry, read_entry
from admin.interference.register import Line, number_in, register_page
from admin.interference.reporting import make_report
from admin.interference.writing import answer, file
from admin.members.names import Names
from admin.permissions import Permission, requires
from admin.visit import this_visit
from tipline.interference.ways import MEASURES, WAYS

pages = Blueprint("interference", __name__)


@pages.get("/interference")
@requires(Permission.SETTLED)
def show() -> ResponseReturnValue:
    """What the member filed, and, at the two desks, the register."""
    visit = this_visit()
    return render_template("interference.html", page=register_page(visit), names=Names.of(visit))


@pages.get("/interference/new")
@requires(Permission.SETTLED)
def form() -> ResponseReturnValue:
    """The form of an entry."""
    return _form()


@pages.post("/interference/new")
@requires(Permission.SETTLED)
def send() -> ResponseReturnValue:
    """File an entry."""
    visit = this_visit()
    try:
        file(visit, read_filing(request.form, visit.roster))
    except AdminError as error:
        return _form(error)
    return redirect("/interference?done=interference-filed", 303)


@pages.get("/interference/<number>")
@requires(Permission.SETTLED)
def one(number: str) -> ResponseReturnValue:
    """Where an entry stands."""
    return _entry(register_page(this_visit()).find(number_in(number)))


@pages.post("/interference/<number>")
@requires(Permission.READ_INTERFERENCE)
def read(number: str) -> ResponseReturnValue:
    """What it says, and what was answered."""
    visit = this_visit()
    line = register_page(visit).find(number_in(number))
    return _entry(line, opened=read_entry(visit, line))


@pages.post("/interference/<number>/answer")
@requires(Permission.ANSWER_INTERFERENCE)
def respond(number: str) -> ResponseReturnValue:
    """Say what was done."""
    visit = this_visit()
    line = register_page(visit).find(number_in(number))
    try:
        answer(visit, line.filed.index, read_answer(request.form))
    except NotFound:
        raise
    except AdminError as error:
        return _entry(line, error=error)
    return redirect(f"/interference/{line.filed.index}?done=interference-answered", 303)


@pages.get("/interference/report")
@requires(Permission.ANSWER_INTERFERENCE)
def prepare() -> ResponseReturnValue:
    """What the next report holds."""
    return _report()


@pages.post("/interference/report")
@requires(Permission.ANSWER_INTERFERENCE)
def report() -> ResponseReturnValue:
    """Make it, sign it, and hand it out."""
    visit = this_visit()
    try:
        paper = make_report(visit, register_page(visit), read_chosen(request.form))
    except AdminError as error:
        return _report(error)
    response = Response(paper.content, mimetype="text/html")
    response.headers["Content-Disposition"] = disposition(paper.name, paper.name)
    return response


def _form(error: AdminError | None = None) -> ResponseReturnValue:
    units = this_visit().roster.units.values()
    page = render_template("interference_new.html", ways=WAYS, units=units, typed=request.form, error=error)
    return page, error.status if error else 200


def _entry(
    line: Line, *, opened: OpenEntry | None = None, error: AdminError | None = None
) -> ResponseReturnValue:
    visit = this_visit()
    html = render_template(
        "interference_entry.html",
        line=line,
        opened=opened,
        names=Names.of(visit),
        measures=MEASURES,
        typed=request.form,
        error=error,
    )
    return html, error.status if error else 200


def _report(error: AdminError | None = None) -> ResponseReturnValue:
    visit = this_visit()
    html = render_template(
        "interference_report.html",
        page=register_page(visit),
        names=Names.of(visit),
        chosen=request.form.getlist("chosen"),
        error=error,
    )
    return html, error.status if error else 200
