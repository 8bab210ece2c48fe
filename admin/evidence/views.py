"""/log/evidence."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.confirming.mark import sensitive
from admin.errors import AdminError
from admin.evidence.choosing import Chosen, choose
from admin.evidence.errors import EvidenceNotMade, HeadNotTaken
from admin.evidence.kept import kept_head
from admin.evidence.making import make_pack
from admin.handouts.service import hand_out, keep
from admin.log import choice as choices
from admin.log.choice import Choice
from admin.log.errors import NoSuchHandle
from admin.log.listing import everybody, lines
from admin.permissions import Permission, requires
from admin.visit import this_visit

pages = Blueprint("evidence", __name__)

NAMES = "names"
KEPT = "checkpoint"
PACKS = "/log/evidence/packs"


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
    """Make the pack, and say where it waits."""
    visit, chosen = this_visit(), None
    try:
        chosen = choose(visit, request.form)
        kept = kept_head(visit, request.form.get(KEPT, ""))
        made = make_pack(visit, chosen, names=request.form.get(NAMES) == "yes", kept=kept)
    except (EvidenceNotMade, NoSuchHandle) as problem:
        return _page(chosen, problem)
    name = f"evidence-{made.index}.zip"
    address = keep(visit, PACKS, name, [made.data])
    ready, back = _("The evidence pack is ready"), _("Back to the evidence page")
    return render_template(
        "handout.html", address=address, name=name, ready=ready, back="/log/evidence", back_words=back
    )


@pages.get("/log/evidence/packs/<handout>")
@requires(Permission.AUDIT)
def download(handout: str) -> ResponseReturnValue:
    """The pack that was made, as an attachment."""
    return hand_out(this_visit(), f"{PACKS}/{handout}")


def _page(chosen: Chosen | None, problem: AdminError | None) -> ResponseReturnValue:
    visit = this_visit()
    page = render_template(
        "evidence.html",
        chosen=chosen,
        rows=lines(visit, chosen.entries) if chosen else [],
        problem=problem,
        kept_wrong=isinstance(problem, HeadNotTaken),
        names=request.method != "POST" or request.form.get(NAMES) == "yes",
        choice=chosen.choice if chosen else Choice.read(visit, request.values),
        given=request.values,
        choices=choices,
        members=everybody(visit),
        desks=sorted(visit.roster.desks),
        vkey=visit.services.log_key.vkey,
    )
    return page, problem.status if problem else 200
