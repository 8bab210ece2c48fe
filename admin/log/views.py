"""/log."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from admin.confirming.mark import sensitive_unsigned
from admin.log.entries import log_size, some_entries, whole_log
from admin.log.people import people
from admin.log.reasons import read_reason
from admin.log.rows import log_row, stored_files
from admin.log.service import verify
from admin.permissions import Permission, requires
from admin.queue.service import handle
from admin.visit import this_visit

pages = Blueprint("log", __name__)

PAGE = 50


@pages.get("/log")
@requires(Permission.AUDIT)
def show() -> ResponseReturnValue:
    """Entries, the newest first. `before` is the index that the page ends below."""
    visit = this_visit()
    size = log_size(visit)
    before = min(max(request.args.get("before", size, int), 1), size)
    first = max(before - PAGE, 0)
    entries = some_entries(visit, first, before - first)
    with visit.services.database.reading() as session:
        known, files = people(session, visit.roster), stored_files(session, entries)
    rows = [log_row(entry, known, files) for entry in reversed(entries)]
    return render_template("log.html", rows=rows, size=size, first=first, before=before, page=PAGE)


@pages.post("/log/verify")
@requires(Permission.AUDIT)
def check() -> ResponseReturnValue:
    """Verify everything, and compare the database with it."""
    visit = this_visit()
    remembered = visit.services.seen.checkpoint  # before the keeper can move it on
    return render_template("verified.html", verification=verify(whole_log(visit), remembered))


@pages.post("/log/export")
@requires(Permission.AUDIT)
@sensitive_unsigned
def export() -> ResponseReturnValue:
    """The export file, as an attachment."""
    log = whole_log(this_visit())
    response = Response(log.export(), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="tipline-log-{log.size}.txt"'
    return response


@pages.post("/log/reasons/<item>")
@requires(Permission.AUDIT)
def reason(item: str) -> ResponseReturnValue:
    """A reason in free text."""
    tip, message = read_reason(this_visit(), item)
    return render_template("reason.html", handle=handle(tip), message=message)
