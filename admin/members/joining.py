"""Links for new members and new keys, and the comparison that ends an enrolment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from admin.enrolment.service import Invited
from admin.enrolment.token import LinkToken
from admin.enrolment.views import enrolments
from admin.errors import NotFound
from admin.members.changes import Asked
from admin.members.errors import (
    ChangedMeanwhile,
    ChoiceGone,
    NameInUse,
    NameTooLong,
    NoName,
    NotCompared,
    NoUnit,
    WrongGroup,
)
from admin.members.service import make_change, seconds
from admin.visit import Visit
from tipline.ids import MemberId, UnitId, new_member_id
from tipline.members import wording
from tipline.members.errors import NameTaken
from tipline.members.types import Enrolled, MemberRow

MAX_NAME = 64  # characters


@dataclass(frozen=True)
class Person:
    """Who is to become a member."""

    name: str = ""
    unit: str = ""
    conflicts: Sequence[str] = ()

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> "Person":
        """What was typed."""
        return cls(form.get("person", "").strip(), form.get("unit", ""), tuple(form.getlist("conflicts")))


def invite_person(visit: Visit, person: Person) -> LinkToken:
    """Make the link of somebody who is to become a member.

    Raises:
        MembersError: a field cannot be taken.
    """
    units: Mapping[str, object] = visit.roster.units
    if not person.name:
        raise NoName
    if len(person.name) > MAX_NAME or not person.name.isprintable():
        raise NameTooLong
    if person.unit not in units:
        raise NoUnit
    if not set(person.conflicts) <= units.keys():
        raise ChoiceGone
    return _invite(visit, new_member_id(), person.name, person.unit, person.conflicts)


def invite_again(visit: Visit, invited: Invited) -> LinkToken:
    """Another link for somebody whose first was lost: that one, and keys made with it, are worth nothing.

    Raises:
        MembersError: the name was given to somebody else meanwhile.
    """
    return _invite(visit, invited.member, invited.name, invited.unit, invited.conflicts)


def invite_for_new_keys(visit: Visit, row: MemberRow) -> LinkToken:
    """The link of a member who lost their password or second factor.

    Raises:
        NotFound: they were removed, or no account fits what the log says.
    """
    if not row.active or not row.name:
        raise NotFound
    return _invite(visit, MemberId(row.id), row.name, row.unit, row.conflicts)


def compare(visit: Visit, invited: Invited, form: MultiDict[str, str]) -> str:
    """Sign for keys whose fingerprint a registrar compared face to face; returns the code of the notice.

    Raises:
        MembersError: it was not compared, does not fit, or the rules forbid it.
    """
    enrolled = invited.enrolled
    if enrolled is None or form.get("seen", "") != invited.digest:
        raise ChangedMeanwhile
    if "compared" not in form:
        raise NotCompared
    if "".join(form.get("group", "").split()) != enrolled.fingerprint.split()[-1]:
        raise WrongGroup
    return _sign(visit, enrolled, form.get("other", ""))


def seconds_for(visit: Visit, invited: Invited) -> Sequence[tuple[str, str]]:
    """Who may sign second for somebody's keys: nobody needs to for a new member's."""
    if invited.enrolled is None:
        return ()
    return seconds(visit, *_asked(visit, invited.enrolled))


def _invite(visit: Visit, member: MemberId, name: str, unit: str, conflicts: Sequence[str]) -> LinkToken:
    try:
        others = sorted(UnitId(one) for one in conflicts)
        return enrolments(visit.services).invite(member, name, UnitId(unit), others)
    except NameTaken as error:
        raise NameInUse from error


def _asked(visit: Visit, enrolled: Enrolled) -> Asked:
    if enrolled.member in visit.roster.members:
        return wording.new_keys(enrolled)
    return wording.admit(enrolled)


def _sign(visit: Visit, enrolled: Enrolled, other: str) -> str:
    kind, fields = _asked(visit, enrolled)
    try:
        visit.services.members.enrol(enrolled)  # before the statement: a seed that it names must not be lost
    except NameTaken as error:
        raise NameInUse from error
    done = make_change(visit, kind, fields, other)
    enrolments(visit.services).end(enrolled.member)
    return "admitted" if done == "changed" else done
