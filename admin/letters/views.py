"""/protection/<id>/letter/<kind>."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin.errors import AdminError, NotFound
from admin.letters.kinds import MAX_LINE, MAX_TEXT, Kind, read_typed
from admin.letters.service import kind_named, make_letter, require_fits
from admin.permissions import Permission, requires
from admin.protection.page import show_case
from admin.visit import Visit, this_visit

pages = Blueprint("letters", __name__)


@pages.get("/protection/<text>/letter/<kind>")
@requires(Permission.PROTECT)
def show(text: str, kind: str) -> ResponseReturnValue:
    """What the letter is for, and what is typed into it. Nothing is read or logged."""
    return _form(this_visit(), text, kind_named(kind))


@pages.post("/protection/<text>/letter/<kind>")
@requires(Permission.PROTECT)
def make(text: str, kind: str) -> ResponseReturnValue:
    """The letter, for this one page."""
    visit, letter = this_visit(), kind_named(kind)
    page = show_case(visit, text)
    try:
        typed = read_typed(letter, request.form)
        made = make_letter(visit, page, letter, request.form.get("filled", ""), typed)
    except NotFound:
        raise
    except AdminError as error:
        return _form(visit, text, letter, error)
    return render_template("letter_print.html", page=page, made=made)


def _form(visit: Visit, text: str, kind: Kind, error: AdminError | None = None) -> ResponseReturnValue:
    page = show_case(visit, text)
    try:
        require_fits(kind, page)
    except AdminError as unfit:
        error = unfit
    html = render_template(
        "letter.html",
        page=page,
        kind=kind.value,
        fits=kind.group in (None, page.asking.group),
        lines=kind.lines,
        most=MAX_LINE,
        most_text=MAX_TEXT,
        filled=request.values.get("filled", ""),
        typed=request.form,
        error=error,
    )
    return html, error.status if error else 200
