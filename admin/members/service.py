"""Who is shown whom, and making a change: signed alone where one may, else proposed to a second person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from admin.errors import NotFound
from admin.members.changes import SUSPEND
from admin.members.errors import NobodySigns, NotChosenWho, not_made
from admin.members.names import Names
from admin.proposals.sentences import Said, say
from admin.visit import Visit
from tipline.ids import MemberId
from tipline.members.errors import ChangeRefused
from tipline.members.types import DeskRow, MemberRow


@dataclass(frozen=True)
class Plan:
    """A change before anybody signs it. `others` may sign second (id, name); empty where one signs alone.

    `statements` is how many the change is made of: a passkey answers over each.
    """

    kind: str
    said: Said
    others: Sequence[tuple[str, str]]
    statements: int = 1


def sees_all(visit: Visit) -> bool:
    """Whether a member sees everybody: registrars, who answer for the list, and auditors, who check it."""
    return visit.member.is_registrar or visit.audits


def shown_members(visit: Visit) -> list[MemberRow]:
    """The members that a visit may know of, by name: everybody, or those at the same desks."""
    rows = sorted(visit.services.members.rows(), key=lambda row: row.name or row.id)
    if sees_all(visit):
        return rows
    return [row for row in rows if row.id == visit.member.id or (row.active and _meets(visit, row))]


def shown_member(visit: Visit, member: str) -> MemberRow:
    """One of them.

    Raises:
        NotFound: there is no such member, or none whom this visit may know of.
    """
    found = [row for row in shown_members(visit) if row.id == member]
    if not found:
        raise NotFound
    return found[0]


def shown_desks(visit: Visit) -> list[DeskRow]:
    """The desks that a visit may look into: all, or their own."""
    desks = visit.services.members.desks()
    return [desk for desk in desks if sees_all(visit) or desk.id in visit.member.desks]


def plan_change(visit: Visit, kind: str, fields: Mapping[str, Any]) -> Plan:
    """What a change would do, and who must sign.

    Raises:
        MembersError: the rules of the roster forbid it.
        NobodySigns: two must sign it, and there is no second.
    """
    said = say(kind, {"type": kind, **fields}, Names.of(visit))
    if kind == SUSPEND:
        member = visit.roster.members[fields["member"]]
        return Plan(kind, said, (), len(member.desks | member.awaiting))
    if not visit.services.members.needs_two(kind, fields, visit.session.member.id):
        try:
            visit.services.members.check(kind, fields, [visit.session.member.id])
        except ChangeRefused as refused:
            raise not_made(refused.reason) from refused
        return Plan(kind, said, ())
    others = seconds(visit, kind, fields)
    if not others:
        raise NobodySigns
    return Plan(kind, said, others)


def seconds(visit: Visit, kind: str, fields: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Who may sign second, each with their name, by name; nobody where one signs alone.

    The one whom it is about is not asked, even where the rules would let them sign.
    """
    members = visit.services.members
    if not members.needs_two(kind, fields, visit.session.member.id):
        return ()
    names, about = Names.of(visit), fields.get("member")
    others = members.seconds(kind, fields, visit.session.member.id)
    found = ((one, names.member(one)) for one in others if one != about)
    return sorted(found, key=lambda pair: pair[1])


def make_change(visit: Visit, kind: str, fields: Mapping[str, Any], other: str) -> str:
    """Sign a change, and carry it out or propose it to a second person; returns the code of the notice.

    Raises:
        MembersError: it was not made; the sentence says why.
        SecondLookNeeded: the member must confirm first.
        KeeperError: nothing was proved to be logged.
    """
    if kind == SUSPEND:
        return _suspend(visit, fields["member"])
    plan = plan_change(visit, kind, fields)
    if plan.others:
        if other not in dict(plan.others):
            raise NotChosenWho
        visit.services.proposals.propose(kind, fields, visit.session.member, MemberId(other))
        return "proposed"
    try:
        visit.services.members.carry_out(visit.sign(kind, fields), [visit.session.member])
    except ChangeRefused as refused:
        raise not_made(refused.reason) from refused
    return "changed"


def _suspend(visit: Visit, member: MemberId) -> str:
    try:
        visit.services.members.suspend(visit.session.member, member)
    except ChangeRefused as refused:
        raise not_made(refused.reason) from refused
    return "changed"


def _meets(visit: Visit, row: MemberRow) -> bool:
    return not visit.member.desks.isdisjoint(row.desks)
