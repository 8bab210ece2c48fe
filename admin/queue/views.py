"""/tips."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin.pace import keep_pace
from admin.permissions import Permission, requires
from admin.queue.service import current_keys, queue_page, without_excluded
from admin.visit import this_visit
from tipline.tips.moves import TipState

pages = Blueprint("queue", __name__)
pages.after_request(keep_pace)

FILTERS = ("open", *(state.value for state in TipState), "all")


@pages.get("/tips")
@requires(Permission.READ_TIPS)
def show() -> ResponseReturnValue:
    """The list, after what is new was listed."""
    visit = this_visit()
    wanted = request.args.get("state", "open")
    state = wanted if wanted in FILTERS else "open"
    keys = current_keys(visit, list_new=True)
    with visit.services.database.reading() as session:
        page = queue_page(session, keys, state, request.args.get("page", 1, int), visit.services.clock.now())
    return render_template("tips.html", queue=without_excluded(visit, page), state=state, filters=FILTERS)
