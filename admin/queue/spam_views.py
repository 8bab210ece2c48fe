"""/tips/spam: closing ticked tips that are none, after a page that names them."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.pace import keep_pace
from admin.permissions import Permission, requires
from admin.queue.errors import NoReason, QueueError
from admin.queue.spam import close_spam, ticked
from admin.visit import this_visit

pages = Blueprint("spam", __name__)
pages.after_request(keep_pace)


@pages.post("/tips/spam")
@requires(Permission.READ_TIPS)
def ask() -> ResponseReturnValue:
    """Name the ticked tips, and ask for the reason; nothing is closed yet."""
    rows = ticked(this_visit(), request.form.getlist("tip"))
    return render_template("spam.html", rows=rows, problem=None, reason="")


@pages.post("/tips/spam/close")
@requires(Permission.READ_TIPS)
def close() -> ResponseReturnValue:
    """Close them all, or none."""
    visit, reason = this_visit(), request.form.get("reason", "")
    rows = ticked(visit, request.form.getlist("tip"))
    try:
        close_spam(visit, rows, reason)
    except NoReason as error:
        return render_template("spam.html", rows=rows, problem=error, reason=reason), error.status
    return redirect("/tips?done=spam", 303)


@pages.errorhandler(QueueError)
def refuse(error: QueueError) -> ResponseReturnValue:
    """What the room refuses, with what was typed."""
    reason = request.form.get("reason", "")
    return render_template("spam.html", rows=(), problem=error, reason=reason), error.status
