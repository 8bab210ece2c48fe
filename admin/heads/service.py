"""What stands against what, who has signed, and who may sign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from admin.heads.errors import NoSecondPerson, NothingToDecide, NotWaiting, OtherHeads, refused
from admin.heads.found import FoundLog
from admin.members.names import Names
from admin.visit import Visit
from crypto import canonical
from tipline.ids import AUDITORS, MemberId
from tipline.keeper_client import Refused
from tipline.keeper_client.heads import Heads
from tipline.proposals.errors import ProposalError, ProposalRefused
from tipline.proposals.service import Proposal, Proposals
from tipline.roster.acknowledging import ACKNOWLEDGE
from tipline.roster.rules import is_settled


@dataclass(frozen=True)
class Waiting:
    """Somebody's half of an acknowledgement."""

    id: str
    asked_by: str
    waits_for: str


@dataclass(frozen=True)
class Decision:
    """The page. `heads` is None while the log goes on; `shown` comes back with the form."""

    heads: Heads | None
    missing: int
    shown: str
    to_sign: Sequence[Waiting]
    asked: Sequence[Waiting]
    others: Sequence[tuple[str, str]]


def decision(visit: Visit) -> Decision:
    """Everything that a member needs to decide, or to see that there is nothing to decide.

    Raises:
        KeeperError: the keeper does not answer.
    """
    heads = visit.services.keeper.heads()
    if heads is None or not heads.what:
        return Decision(heads, 0, "", [], [], [])
    names, proposals, member = Names.of(visit), _proposals(visit), visit.session.member
    return Decision(
        heads,
        max(0, _size(heads.lost) - _size(heads.found)),
        _shown(heads),
        [_line(one, names) for one in proposals.waiting_for(member) if _is_about(one, heads)],
        [_line(one, names) for one in proposals.made_by(member) if _is_about(one, heads)],
        sorted(((one, names.member(one)) for one in _others(visit)), key=lambda pair: pair[1]),
    )


def propose(visit: Visit, other: str, shown: str) -> None:
    """Sign first, and leave the other half to another.

    Raises:
        HeadsError: nothing to decide, not by these two, or about other heads than were shown.
        SecondLookNeeded: the member must confirm first.
        KeeperError: the keeper does not answer.
    """
    heads = _present(visit)
    if shown != _shown(heads):
        raise OtherHeads
    if other not in _others(visit):
        raise NoSecondPerson
    try:
        _proposals(visit).propose(ACKNOWLEDGE, _fields(heads), visit.session.member, MemberId(other))
    except ProposalError as error:
        raise NoSecondPerson from error


def sign(visit: Visit, identifier: str) -> None:
    """Sign as the second person, and have it logged.

    Raises:
        HeadsError: it does not wait for this member, is about other heads, or the keeper refused it.
        SecondLookNeeded: the member must confirm first.
        KeeperError: nothing was proved to be logged.
    """
    heads, proposals = _present(visit), _proposals(visit)
    try:
        if not _is_about(proposals.find(identifier, visit.session.member), heads):
            raise OtherHeads
        proposals.finish(identifier, proposals.sign(identifier, visit.session.member))
    except ProposalRefused as error:
        raise refused(error.reason) from error
    except ProposalError as error:
        raise NotWaiting from error
    except Refused as error:
        raise refused(error.reason) from error


def _present(visit: Visit) -> Heads:
    heads = visit.services.keeper.heads()
    if heads is None or not heads.what:
        raise NothingToDecide
    return heads


def _proposals(visit: Visit) -> Proposals:
    return replace(visit.services.proposals, keeper=FoundLog(visit.services.keeper))


def _others(visit: Visit) -> list[MemberId]:
    """Who could sign with this member: an auditor must be among the two."""
    mine = visit.member.holds(AUDITORS)
    others = (one for one in visit.roster.members.values() if one.id != visit.member.id and is_settled(one))
    return [one.id for one in others if mine or one.holds(AUDITORS)]


def _fields(heads: Heads) -> Mapping[str, Any]:
    return {"what": heads.what, "lost": dict(heads.lost), "found": dict(heads.found), "reason": {}}


def _shown(heads: Heads) -> str:
    return canonical.encode(dict(_fields(heads))).decode("utf-8")


def _is_about(one: Proposal, heads: Heads) -> bool:
    body = one.statement.body
    return (
        one.kind == ACKNOWLEDGE
        and not one.lapsed
        and all(body[name] == value for name, value in _fields(heads).items())
    )


def _line(one: Proposal, names: Names) -> Waiting:
    return Waiting(one.id, names.member(one.by), names.member(one.waiting_for))


def _size(head: Mapping[str, Any]) -> int:
    return int(head["size"]) if head else 0
