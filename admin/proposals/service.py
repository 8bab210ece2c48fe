"""What waits for a member's signature, what they asked for, and which colleagues wait for a desk's key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from admin.members.errors import not_made
from admin.members.names import Names
from admin.proposals.errors import KeyNotPassed, ProposalGone
from admin.proposals.sentences import Said, say
from admin.visit import Visit
from tipline.ids import DeskId, MemberId
from tipline.members.errors import MemberError
from tipline.proposals.errors import ProposalError, ProposalRefused
from tipline.proposals.service import Proposal


@dataclass(frozen=True)
class Line:
    """A proposal in words."""

    id: str
    said: Said
    asked_by: str
    waits_for: str
    since: date
    lapsed: bool


@dataclass(frozen=True)
class Waiting:
    """A member's page: what they may sign, what they asked for, and keys to pass on (member, desk)."""

    to_sign: Sequence[Line]
    asked: Sequence[Line]
    keys_to_pass: Sequence[tuple[str, str]]


def what_waits(visit: Visit) -> Waiting:
    """Everything that waits for a member, or that they wait for."""
    names, member = Names.of(visit), visit.session.member
    proposals = visit.services.proposals
    return Waiting(
        [_line(one, names) for one in proposals.waiting_for(member)],
        [_line(one, names) for one in proposals.made_by(member)],
        visit.services.members.awaiting_keys(member.id),
    )


def sign(visit: Visit, proposal: str) -> None:
    """Sign as the second person, and carry it out.

    Raises:
        ProposalGone: it no longer waits for this member.
        MembersError: the keeper refused it.
        SecondLookNeeded: the member must confirm first.
        KeeperError: nothing was proved to be logged.
    """
    proposals = visit.services.proposals
    try:
        proposals.finish(proposal, proposals.sign(proposal, visit.session.member))
    except ProposalRefused as refused:
        raise not_made(refused.reason) from refused
    except ProposalError as error:
        raise ProposalGone from error


def refuse(visit: Visit, proposal: str) -> None:
    """Take it off the table, as the one who was asked.

    Raises:
        ProposalGone: it no longer waits for this member.
    """
    try:
        visit.services.proposals.refuse(proposal, visit.session.member)
    except ProposalError as error:
        raise ProposalGone from error


def withdraw(visit: Visit, proposal: str) -> None:
    """Take it back, as the one who asked.

    Raises:
        ProposalGone: it no longer waits.
    """
    try:
        visit.services.proposals.withdraw(proposal, visit.session.member)
    except ProposalError as error:
        raise ProposalGone from error


def pass_key_on(visit: Visit, member: str, desk: str) -> None:
    """Give a colleague with new keys the key of a desk that both hold.

    Raises:
        KeyNotPassed: one of them does not hold it, or it was passed on already.
        SecondLookNeeded: the member must confirm first.
        KeeperError: nothing was proved to be logged.
    """
    if (member, desk) not in visit.services.members.awaiting_keys(visit.member.id):
        raise KeyNotPassed
    try:
        visit.services.members.regrant(visit.session.member, MemberId(member), DeskId(desk))
    except MemberError as error:
        raise KeyNotPassed from error


def _line(one: Proposal, names: Names) -> Line:
    return Line(
        one.id,
        say(one.kind, one.statement.body, names),
        names.member(one.by),
        names.member(one.waiting_for),
        one.made_on,
        one.lapsed,
    )
