"""/members/new, links, and the comparison face to face."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.confirming.mark import sensitive
from admin.enrolment.service import Invited
from admin.enrolment.token import LinkToken
from admin.enrolment.views import enrolments
from admin.members.errors import MembersError
from admin.members.joining import (
    Person,
    compare,
    invite_again,
    invite_for_new_keys,
    invite_person,
    seconds_for,
)
from admin.members.names import Names
from admin.members.service import shown_member
from admin.permissions import Permission, requires
from admin.visit import this_visit

pages = Blueprint("joining", __name__)


@pages.get("/members/new")
@requires(Permission.REGISTER)
def ask() -> ResponseReturnValue:
    """Who is to become a member."""
    return _new_page(Person())


@pages.post("/members/new")
@requires(Permission.REGISTER)
def invite() -> ResponseReturnValue:
    """The link, which is shown this once."""
    person = Person.read(request.form)
    try:
        return _link_page(person.name, invite_person(this_visit(), person))
    except MembersError as error:
        return _new_page(person, error)


@pages.post("/members/<member>/keys")
@requires(Permission.REGISTER)
def new_keys(member: str) -> ResponseReturnValue:
    """The link with which a member makes new keys."""
    visit = this_visit()
    row = shown_member(visit, member)
    return _link_page(row.name, invite_for_new_keys(visit, row))


@pages.get("/members/joining/<invited>")
@requires(Permission.REGISTER)
def show(invited: str) -> ResponseReturnValue:
    """Somebody who is being enrolled: the link is out, or the keys wait to be compared."""
    return _compare_page(enrolments(this_visit().services).one(invited))


@pages.post("/members/joining/<invited>")
@requires(Permission.REGISTER)
@sensitive
def sign(invited: str) -> ResponseReturnValue:
    """Sign for the keys that were compared."""
    visit = this_visit()
    found = enrolments(visit.services).one(invited)
    try:
        done = compare(visit, found, request.form)
    except MembersError as error:
        return _compare_page(found, error)
    return redirect(f"/members/{found.member}?done={done}", 303)


@pages.post("/members/joining/<invited>/link")
@requires(Permission.REGISTER)
def another_link(invited: str) -> ResponseReturnValue:
    """Another link in place of one that was lost."""
    visit = this_visit()
    found = enrolments(visit.services).one(invited)
    return _link_page(found.name, invite_again(visit, found))


@pages.post("/members/joining/<invited>/end")
@requires(Permission.REGISTER)
def end(invited: str) -> ResponseReturnValue:
    """Forget an enrolment."""
    use = enrolments(this_visit().services)
    use.end(use.one(invited).member)
    return redirect("/members?done=enrolment-ended", 303)


def _new_page(person: Person, error: MembersError | None = None) -> ResponseReturnValue:
    visit = this_visit()
    page = render_template(
        "member_new.html",
        person=person,
        units=visit.roster.units.values(),
        names=Names.of(visit),
        error=error,
    )
    return page, error.status if error else 200


def _link_page(name: str, token: LinkToken) -> ResponseReturnValue:
    # The one place where a link leaves; the database knows its token by a hash alone.
    link = f"{request.url_root}enrol/{token.reveal()}"
    return render_template("link.html", name=name, link=link), 201


def _compare_page(invited: Invited, error: MembersError | None = None) -> ResponseReturnValue:
    visit = this_visit()
    page = render_template(
        "joining.html",
        invited=invited,
        renews=invited.member in visit.roster.members,
        others=seconds_for(visit, invited),
        names=Names.of(visit),
        error=error,
    )
    return page, error.status if error else 200
