"""/tips: the list, searching it, its saved views, and the member's day.

What is searched for is posted and stands in no address: addresses lie in histories and in servers' logs.
"""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.headers import allow_script
from admin.pace import keep_pace
from admin.permissions import Permission, requires
from admin.queue import choice as choices
from admin.queue.choice import Choice
from admin.queue.day import my_day
from admin.queue.errors import QueueError
from admin.queue.saved import drop_view, save_view, saved_views
from admin.queue.searching import log_search
from admin.queue.service import show_queue
from admin.visit import this_visit

pages = Blueprint("queue", __name__)
pages.after_request(keep_pace)


@pages.get("/tips")
@requires(Permission.READ_TIPS)
def show() -> ResponseReturnValue:
    """The list, after what is new was listed."""
    return _render(Choice.read(request.args))


@pages.post("/tips")
@requires(Permission.READ_TIPS)
def search() -> ResponseReturnValue:
    """Tips whose tags or handles hold the words, within the filters at hand, once the log has the search."""
    choice = Choice.read(request.form, typed=request.form.get("words", ""))
    log_search(this_visit(), choice)
    return _render(choice)


@pages.post("/tips/views")
@requires(Permission.READ_TIPS)
def keep() -> ResponseReturnValue:
    """Keep a view under a name, or keep it no longer."""
    visit, name = this_visit(), request.form.get("view_name", "")
    chosen = Choice.read(request.form)
    try:
        if "drop" in request.form:
            drop_view(visit.services.database, visit.session.member, request.form["drop"])
        else:
            save_view(visit.services.database, visit.session.member, name, chosen)
    except QueueError as error:
        return _render(chosen, problem=error, view_name=name)
    return redirect("/tips" + chosen.query(), 303)


@pages.get("/tips/day")
@requires(Permission.READ_TIPS)
def day() -> ResponseReturnValue:
    """What to do first, and what else is one's own; it prints handles alone."""
    return render_template("day.html", day=my_day(this_visit()))


def _render(choice: Choice, *, problem: QueueError | None = None, view_name: str = "") -> ResponseReturnValue:
    visit = this_visit()
    queue = show_queue(visit, choice)
    with visit.services.database.reading() as session:
        views = saved_views(session, visit.session.member)
    allow_script()
    html = render_template(
        "tips.html", queue=queue, views=views, choices=choices, problem=problem, view_name=view_name
    )
    return html, problem.status if problem else 200
