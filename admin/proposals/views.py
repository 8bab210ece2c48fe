"""/proposals: what two people sign."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.confirming.mark import sensitive
from admin.errors import AdminError
from admin.members.errors import MembersError
from admin.members.names import Names
from admin.permissions import Permission, requires
from admin.proposals.errors import ProposalsError
from admin.proposals.service import pass_key_on, refuse, sign, what_waits, withdraw
from admin.visit import this_visit

pages = Blueprint("proposals", __name__)


@pages.get("/proposals")
@requires(Permission.SIGNED_IN)
def show() -> ResponseReturnValue:
    """What waits for this member, and what they asked for."""
    return _page()


@pages.post("/proposals/<proposal>/sign")
@requires(Permission.SIGNED_IN)
@sensitive
def second(proposal: str) -> ResponseReturnValue:
    """Sign as the second person."""
    try:
        sign(this_visit(), proposal)
    except (ProposalsError, MembersError) as error:
        return _page(error)
    return redirect("/proposals?done=signed", 303)


@pages.post("/proposals/<proposal>/refuse")
@requires(Permission.SIGNED_IN)
def decline(proposal: str) -> ResponseReturnValue:
    """Refuse it: whoever asked sees that it is gone."""
    try:
        refuse(this_visit(), proposal)
    except (ProposalsError, MembersError) as error:
        return _page(error)
    return redirect("/proposals?done=refused", 303)


@pages.post("/proposals/<proposal>/withdraw")
@requires(Permission.SIGNED_IN)
def take_back(proposal: str) -> ResponseReturnValue:
    """Withdraw what one asked for."""
    try:
        withdraw(this_visit(), proposal)
    except (ProposalsError, MembersError) as error:
        return _page(error)
    return redirect("/proposals?done=withdrawn", 303)


@pages.post("/proposals/keys")
@requires(Permission.SIGNED_IN)
@sensitive
def pass_on() -> ResponseReturnValue:
    """Give a colleague with new keys a desk's key again."""
    try:
        pass_key_on(this_visit(), request.form.get("member", ""), request.form.get("desk", ""))
    except (ProposalsError, MembersError) as error:
        return _page(error)
    return redirect("/proposals?done=key-passed", 303)


def _page(error: AdminError | None = None) -> ResponseReturnValue:
    visit = this_visit()
    waiting = what_waits(visit)
    page = render_template("proposals.html", waiting=waiting, names=Names.of(visit), error=error)
    return page, error.status if error else 200
