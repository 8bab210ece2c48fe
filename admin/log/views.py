"""/log: the list with its filters, verifying, what leaves the service, and sealed reasons."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.attachments import spreadsheet_attachment
from admin.confirming.mark import sensitive
from admin.errors import NotFound
from admin.log import choice as choices
from admin.log.choice import Choice
from admin.log.entries import whole_log
from admin.log.listing import everybody, lines, list_entries
from admin.log.looking import export_fitting
from admin.log.reasons import read_reason
from admin.log.service import verify
from admin.log.spreadsheet import entries_table
from admin.members.names import Names
from admin.permissions import Permission, requires
from admin.queue.service import handle
from admin.visit import this_visit
from tipline.ids import NO_TIP
from tipline.lookups.views import View
from tipline.spreadsheets.service import FORMS, spreadsheet

pages = Blueprint("log", __name__)


@pages.get("/log")
@requires(Permission.AUDIT)
def show() -> ResponseReturnValue:
    """Entries that fit, the newest first. `before` is the index that the page ends below."""
    visit = this_visit()
    choice = Choice.read(visit, request.args)
    before = request.args.get("before", None, int)
    page = list_entries(visit, View.LIST, choice.asked, before) if choice.problem is None else None
    status = choice.problem.status if choice.problem else 200
    known = {"members": everybody(visit), "desks": sorted(visit.roster.desks)}
    return render_template("log.html", page=page, choice=choice, choices=choices, **known), status


@pages.post("/log/list.<form>")
@requires(Permission.AUDIT)
@sensitive
def file(form: str) -> ResponseReturnValue:
    """All that fits as a spreadsheet."""
    visit = this_visit()
    choice = Choice.read(visit, request.form)
    if form not in FORMS:
        raise NotFound
    if choice.problem:
        raise choice.problem
    found = export_fitting(visit, choice.asked)
    table = entries_table(lines(visit, found.entries), Names.of(visit))
    name = _("Log up to entry %(last)d", last=found.last)
    return spreadsheet_attachment(spreadsheet([table], name, form), f"log-{found.last}")


@pages.post("/log/verify")
@requires(Permission.AUDIT)
@sensitive
def check() -> ResponseReturnValue:
    """Verify everything, and compare the database with it."""
    visit = this_visit()
    remembered = visit.services.seen.checkpoint  # before the keeper can move it on
    return render_template("verified.html", verification=verify(whole_log(visit, "verify"), remembered))


@pages.post("/log/export")
@requires(Permission.AUDIT)
@sensitive
def export() -> ResponseReturnValue:
    """The export file, as an attachment."""
    log = whole_log(this_visit(), "export")
    response = Response(log.export(), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="tipline-log-{log.size}.txt"'
    return response


@pages.post("/log/reasons/<item>")
@requires(Permission.AUDIT)
def reason(item: str) -> ResponseReturnValue:
    """A reason in free text, or the words of a search."""
    tip, message = read_reason(this_visit(), item)
    about = "" if tip == NO_TIP.hex() else handle(tip)
    return render_template("reason.html", handle=about, message=message)
