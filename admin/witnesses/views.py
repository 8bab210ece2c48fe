"""/log/witnesses and /log/checkpoint for auditors, /members/witnesses for registrars."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.confirming.mark import sensitive
from admin.errors import NotFound
from admin.members.errors import MembersError
from admin.members.service import make_change, seconds
from admin.permissions import Permission, requires
from admin.visit import this_visit
from admin.witnesses.errors import WitnessesError
from admin.witnesses.forms import ADD, CHANGE, FORMS, read_change
from admin.witnesses.service import let_go_on, look, on_paper
from tipline.roster.log_keys import log_vkeys

pages = Blueprint("witnesses", __name__)


@pages.get("/log/witnesses")
@requires(Permission.AUDIT)
def show() -> ResponseReturnValue:
    """Who countersigns the log, and when each did last."""
    return _page()


@pages.post("/log/witnesses")
@requires(Permission.AUDIT)
@sensitive
def go_on() -> ResponseReturnValue:
    """Sign first that reading goes on for three days."""
    try:
        let_go_on(this_visit(), request.form.get("other", ""))
    except WitnessesError as error:
        return _page(error)
    return redirect("/log/witnesses?done=proposed", 303)


@pages.get("/log/checkpoint")
@requires(Permission.AUDIT)
def paper() -> ResponseReturnValue:
    """The log's head, to print and to sign by hand."""
    return render_template("checkpoint.html", paper=on_paper(this_visit()))


@pages.get("/members/witnesses")
@requires(Permission.REGISTER)
def named() -> ResponseReturnValue:
    """The witnesses, and a form for one of them, a new one, or what is agreed."""
    return _named_page(request.args.get("do", ADD), request.args.get("witness", ""))


@pages.post("/members/witnesses")
@requires(Permission.REGISTER)
@sensitive
def name_them() -> ResponseReturnValue:
    """Sign the witnesses as the first of two."""
    visit = this_visit()
    try:
        asked = read_change(request.form, visit.roster.witnesses)
        done = make_change(visit, *asked, request.form.get("other", ""))
    except MembersError as error:
        do = request.form.get("do", ADD)
        return _named_page(do, "" if do == ADD else request.form.get("place", ""), error)
    return redirect(f"/members/witnesses?done={done}", 303)


def _named_page(do: str, name: str, error: MembersError | None = None) -> ResponseReturnValue:
    visit = this_visit()
    chosen = visit.roster.witnesses.find(name)
    if error is None and (do not in FORMS or (name and chosen is None)):
        raise NotFound
    page = render_template(
        "members_witnesses.html",
        policy=visit.roster.witnesses,
        log_keys=log_vkeys(visit.roster),
        do=CHANGE if chosen and do == ADD else do,
        chosen=chosen,
        typed=request.form,
        others=seconds(visit, "deadlines", {"days": {}}),
        error=error,
    )
    return page, error.status if error else 200


def _page(error: WitnessesError | None = None) -> ResponseReturnValue:
    page = render_template("witnesses.html", found=look(this_visit()), error=error)
    return page, error.status if error else 200
