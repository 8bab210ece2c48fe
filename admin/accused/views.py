"""/tips/<id>/accused: the names that are hidden elsewhere, after a reading of their own, and corrections."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.accused.errors import AccusedError
from admin.accused.forms import BASE, CORRECTION, NAMES, PERSON, POSITION
from admin.accused.marking import correct, open_names
from admin.accused.page import NamesPage, find_purpose, is_anybody_marked
from admin.errors import AdminError
from admin.permissions import Permission, requires
from admin.tip.errors import NoPurpose
from admin.tip.page import PURPOSES, TipPage, show_tip
from admin.visit import Visit, this_visit
from tipline.accused.clearing import is_cleared

pages = Blueprint("accused", __name__)


@pages.get("/tips/<text>/accused")
@requires(Permission.READ_TIPS)
def show(text: str) -> ResponseReturnValue:
    """The question what one reads the names for; no name."""
    return _render(this_visit(), show_tip(this_visit(), text))


@pages.post("/tips/<text>/accused")
@requires(Permission.READ_TIPS)
def read(text: str) -> ResponseReturnValue:
    """The names, for this one page."""
    visit = this_visit()
    page = show_tip(visit, text)
    try:
        purpose = find_purpose(request.form.get("purpose", ""))
    except NoPurpose as error:
        return _render(visit, page, error=error)
    return _render(visit, page, NamesPage.of(visit, open_names(visit, page, purpose), purpose))


@pages.post("/tips/<text>/accused/correction")
@requires(Permission.READ_TIPS)
def change(text: str) -> ResponseReturnValue:
    """Correct one name; the page after it shows none."""
    visit = this_visit()
    page = show_tip(visit, text)
    purpose = find_purpose(request.form.get("purpose", ""))
    before = open_names(visit, page, purpose)
    try:
        correct(visit, page, before, request.form)
    except AccusedError as error:
        return _render(visit, page, NamesPage.of(visit, before, purpose), error)
    return redirect(f"/tips/{page.id.hex()}/accused?done=accused-corrected", 303)


def _render(
    visit: Visit, page: TipPage, names: NamesPage | None = None, error: AdminError | None = None
) -> ResponseReturnValue:
    html = render_template(
        "accused_names.html" if names else "accused.html",
        page=page,
        cleared=is_cleared(page.case),
        shown=names,
        anybody=is_anybody_marked(visit, page),
        purposes=PURPOSES,
        fields={
            "names": NAMES,
            "position": POSITION,
            "correction": CORRECTION,
            "person": PERSON,
            "base": BASE,
        },
        typed=request.form if error else {},
        error=error,
    )
    return html, error.status if error else 200
