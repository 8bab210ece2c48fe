"""/log/evidence."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from admin.confirming.mark import sensitive
from admin.errors import AdminError
from admin.evidence.choosing import Chosen, choose
from admin.evidence.errors import EvidenceNotMade
from admin.evidence.making import make_pack
from admin.log import choice as choices
from admin.log.choice import Choice
from admin.log.errors import NoSuchHandle
from admin.log.listing import everybody, lines
from admin.permissions import Permission, requires
from admin.visit import this_visit

pages = Blueprint("evidence", __name__)

NAMES = "names"


@pages.get("/log/evidence")
@requires(Permission.AUDIT)
def show() -> ResponseReturnValue:
    """Choose entries, and see what will be in the pack."""
    try:
        chosen = choose(this_visit(), request.args) if request.args else None
    except (EvidenceNotMade, NoSuchHandle) as problem:
        return _page(None, problem)
    return _page(chosen, None)


@pages.post("/log/evidence")
@requires(Permission.AUDIT)
@sensitive
def take() -> ResponseReturnValue:
    """The pack, as an attachment."""
    visit = this_visit()
    try:
        chosen = choose(visit, request.form)
        made = make_pack(visit, chosen, names=request.form.get(NAMES) == "yes")
    except (EvidenceNotMade, NoSuchHandle) as problem:
        return _page(None, problem)
    response = Response(made.data, mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="evidence-{made.index}.zip"'
    return response


def _page(chosen: Chosen | None, problem: AdminError | None) -> ResponseReturnValue:
    visit = this_visit()
    page = render_template(
        "evidence.html",
        chosen=chosen,
        rows=lines(visit, chosen.entries) if chosen else [],
        problem=problem,
        choice=chosen.choice if chosen else Choice.read(visit, request.values),
        given=request.values,
        choices=choices,
        members=everybody(visit),
        desks=sorted(visit.roster.desks),
        vkey=visit.services.log_key.vkey,
    )
    return page, problem.status if problem else 200
