"""/rewards/lists: sealed lists for banks and post offices."""

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.errors import AdminError
from admin.pay_desk.desk import known_points
from admin.pay_desk.lists import banks, colleagues, fetch_list, known_lists, propose_list
from admin.permissions import Permission, requires
from admin.visit import this_visit

pages = Blueprint("pickup_lists", __name__)


@pages.get("/rewards/lists")
@requires(Permission.PAY)
def show() -> ResponseReturnValue:
    """The lists of these days, the form for a new one, and what a bank does with it."""
    return _page()


@pages.post("/rewards/lists")
@requires(Permission.PAY)
def make() -> ResponseReturnValue:
    """Seal a list, and sign it as the first of two."""
    try:
        propose_list(this_visit(), request.form.get("point", ""), request.form.get("other", ""))
    except AdminError as error:
        return _page(error)
    return redirect("/rewards/lists?done=proposed", 303)


@pages.post("/rewards/lists/file")
@requires(Permission.PAY)
def file() -> ResponseReturnValue:
    """The sealed file of a list that two clerks have stated."""
    try:
        data = fetch_list(this_visit(), request.form.get("point", ""), request.form.get("digest", ""))
    except AdminError as error:
        return _page(error)
    response = Response(data, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = 'attachment; filename="list.age"'
    return response


def _page(error: AdminError | None = None) -> ResponseReturnValue:
    visit = this_visit()
    page = render_template(
        "pay_desk/lists.html",
        points={point.id: point for point in known_points(visit)},
        banks=banks(visit),
        others=colleagues(visit),
        lists=known_lists(visit),
        typed=request.form,
        error=error,
    )
    return page, error.status if error else 200
