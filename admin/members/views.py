"""/members: the list, also as a file, the desks, one member, and a change of theirs."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.attachments import spreadsheet_attachment
from admin.confirming.mark import sensitive, sensitive_unsigned
from admin.enrolment.views import enrolments
from admin.members.changes import CHANGES, read_change
from admin.members.errors import ChoiceGone, MembersError
from admin.members.names import Names
from admin.members.service import (
    make_change,
    plan_change,
    sees_all,
    shown_desks,
    shown_member,
    shown_members,
)
from admin.members.spreadsheet import members_table
from admin.permissions import Permission, requires
from admin.visit import this_visit
from tipline.members.types import MemberRow
from tipline.roster.types import REWARD_ROLES, ROLES
from tipline.spreadsheets.errors import UnknownForm
from tipline.spreadsheets.service import spreadsheet

pages = Blueprint("members", __name__)


@pages.get("/members")
@requires(Permission.SIGNED_IN)
def everybody() -> ResponseReturnValue:
    """The members whom this visit may know of."""
    visit = this_visit()
    rows = shown_members(visit)
    invited = enrolments(visit.services).invited() if visit.member.is_registrar else []
    return render_template(
        "members.html", rows=rows, whole=sees_all(visit), invited=invited, names=Names.of(visit)
    )


@pages.post("/members/spreadsheet")
@requires(Permission.REGISTER)
@sensitive_unsigned
def file() -> ResponseReturnValue:
    """The list as a spreadsheet."""
    visit = this_visit()
    day = visit.services.clock.today().isoformat()
    tables = [members_table(shown_members(visit), Names.of(visit))]
    try:
        made = spreadsheet(tables, _("Members on %(day)s", day=day), request.form.get("form", ""))
    except UnknownForm as error:
        raise ChoiceGone from error
    return spreadsheet_attachment(made, f"members-{day}")


@pages.get("/members/desks")
@requires(Permission.SIGNED_IN)
def desks() -> ResponseReturnValue:
    """Who sits where, who leads, and which desk waits for its next key."""
    visit = this_visit()
    return render_template("desks.html", desks=shown_desks(visit), names=Names.of(visit))


@pages.get("/members/<member>")
@requires(Permission.SIGNED_IN)
def one(member: str) -> ResponseReturnValue:
    """A member, and for a registrar what can be changed."""
    visit = this_visit()
    return _member_page(shown_member(visit, member))


@pages.get("/members/<member>/change")
@requires(Permission.REGISTER)
def check(member: str) -> ResponseReturnValue:
    """What a change would do, and who signs it, before anybody does."""
    visit = this_visit()
    row = shown_member(visit, member)
    if request.args.get("do", "") not in CHANGES:
        return redirect(f"/members/{row.id}", 303)
    try:
        plan = plan_change(visit, *read_change(visit, row, request.args))
    except MembersError as error:
        return _member_page(row, error)
    return render_template("change.html", row=row, plan=plan, chosen=request.args, error=None)


@pages.post("/members/<member>/change")
@requires(Permission.REGISTER)
@sensitive
def change(member: str) -> ResponseReturnValue:
    """Sign it, alone or as the first of two."""
    visit = this_visit()
    row = shown_member(visit, member)
    try:
        done = make_change(visit, *read_change(visit, row, request.form), request.form.get("other", ""))
    except MembersError as error:
        return _member_page(row, error)
    return redirect(f"/members/{row.id}?done={done}", 303)


def _member_page(row: MemberRow, error: MembersError | None = None) -> ResponseReturnValue:
    visit = this_visit()
    page = render_template(
        "member.html",
        row=row,
        whole=sees_all(visit),
        roster=visit.roster,
        roles=sorted(ROLES),
        reward_roles=REWARD_ROLES,
        names=Names.of(visit),
        chosen=request.values,
        today=visit.services.clock.today().isoformat(),
        error=error,
    )
    return page, error.status if error else 200
