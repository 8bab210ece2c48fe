"""Who must sign what.

Two signatures always mean two different people; which two, the functions here say. Who may hold what at all
stands in `combinations`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from tipline.ids import AUDITORS, CUSTODIANS, INTEGRITY, PAYMENTS, DeskId
from tipline.interference.ways import INTERFERENCE
from tipline.roster.bodies import malformed
from tipline.roster.errors import RosterRefused
from tipline.roster.types import APPROVER, LEADER, PAY_CLERK, PROPOSER, VERIFIER, Member

if TYPE_CHECKING:
    from tipline.roster.replay import Roster

KEEPER: Final = "keeper"
"""The reserved signer whose key is the log's."""

Duty = Callable[["Roster", Mapping[str, Any]], None]


def require_registrar(roster: Roster, body: Mapping[str, Any]) -> None:
    """One signer: a registrar."""
    if not any(member.is_registrar for member in roster.signers(body)):
        raise not_allowed("a registrar must sign this")


def require_registrar_and_another(roster: Roster, body: Mapping[str, Any]) -> None:
    """Two signers: a registrar and another active member who holds a desk or a role.

    Somebody whom a registrar has just brought in, alone, holds neither, and is no second person.
    """
    _require_pair(roster, body, lambda member: member.is_registrar, is_settled)


def require_registrar_to_part(
    roster: Roster, body: Mapping[str, Any], member: Member, desks: Collection[str]
) -> None:
    """One signer, a registrar, takes desks from a member; two where a desk is emptied.

    Whoever could empty a desk alone would silence it, and have a say in who fills it. Logs from before there
    were profiles hold what one registrar did.
    """
    emptied = any(roster.holders(desk) == [member] for desk in desks)
    if roster.profile is not None and emptied:
        require_registrar_and_another(roster, body)
    else:
        require_registrar(roster, body)


def require_registrar_and_holder(roster: Roster, body: Mapping[str, Any], desk: str) -> None:
    """Two signers: a registrar, and another who holds the desk.

    A desk that nobody holds (it is new, or its last holder left) has no holder to ask: then another member
    who holds something signs. Without this no first member could ever join a new desk.
    """
    if not roster.holders(desk):
        require_registrar_and_another(roster, body)
        return
    _require_pair(roster, body, lambda member: member.is_registrar, lambda member: member.holds(desk))


def require_outside_registrar_and_holder(roster: Roster, body: Mapping[str, Any], desk: str) -> None:
    """As `require_registrar_and_holder`, and the registrar does not hold the desk: one signer is outside."""
    if any(member.is_registrar and not member.holds(desk) for member in roster.signers(body)):
        require_registrar_and_holder(roster, body, desk)
    else:
        raise not_allowed("a registrar from outside the desk must sign this")


def require_auditor_and_another(roster: Roster, body: Mapping[str, Any]) -> None:
    """Two signers: an auditor, and another active member who holds a desk or a role."""
    _require_pair(roster, body, lambda member: member.holds(AUDITORS), is_settled)


def require_registrar_and_approver(roster: Roster, body: Mapping[str, Any]) -> None:
    """Two signers, and no third: a registrar, and an approver of rewards."""
    _require_pair(roster, body, lambda member: member.is_registrar, _is(APPROVER))
    _require_no_third(body)


def require_only(roster: Roster, body: Mapping[str, Any], member: Member) -> None:
    """One signer: the member whom the statement is about."""
    if [signer.id for signer in roster.signers(body)] != [member.id]:
        raise not_allowed("the member states this alone")


def require_member_and_registrar(roster: Roster, body: Mapping[str, Any], member: Member) -> None:
    """Two signers: the member whom the statement is about, and another, a registrar."""
    _require_pair(roster, body, lambda one: one.id == member.id, lambda other: other.is_registrar)


def not_allowed(sentence: str) -> RosterRefused:
    """Return the error for what this signer, or nobody, may do."""
    return RosterRefused("not-allowed", sentence)


def require_keeper(roster: Roster, body: Mapping[str, Any]) -> None:
    """The keeper alone."""
    if list(body["by"]) != [KEEPER]:
        raise not_allowed("the keeper alone states this")


def require_holders(roster: Roster, body: Mapping[str, Any]) -> None:
    """All signers hold the desk that the body names, and it is one that reads tips."""
    desk = _desk(body)
    if not all(member.holds(desk) for member in roster.signers(body)):
        raise RosterRefused("desk-not-held", "a signer does not hold this desk")
    _require_reads(roster, body["type"], desk)


def require_a_holder(roster: Roster, body: Mapping[str, Any]) -> None:
    """One of the signers holds the desk that the body names; the other may be from outside it."""
    desk = _desk(body)
    if not any(member.holds(desk) for member in roster.signers(body)):
        raise RosterRefused("desk-not-held", "no signer holds this desk")
    _require_reads(roster, body["type"], desk)


def require_a_holder_and_another(roster: Roster, body: Mapping[str, Any]) -> None:
    """Two signers: one holds the desk that the body names, the other holds another desk or a role."""
    require_a_holder(roster, body)
    desk = _desk(body)
    _require_pair(
        roster, body, lambda one: one.holds(desk), lambda other: is_settled(other) and not other.holds(desk)
    )


def require_auditors(roster: Roster, body: Mapping[str, Any]) -> None:
    """All signers are auditors."""
    if not all(member.holds(AUDITORS) for member in roster.signers(body)):
        raise RosterRefused("desk-not-held", "a signer is not an auditor")


def require_member(roster: Roster, body: Mapping[str, Any]) -> None:
    """One member alone, whatever they hold."""
    if len(roster.signers(body)) != 1:
        raise not_allowed("one member alone states this")


def require_settled_member(roster: Roster, body: Mapping[str, Any]) -> None:
    """One member alone, who holds a desk or a role."""
    require_member(roster, body)
    if not all(map(is_settled, roster.signers(body))):
        raise not_allowed("whoever states this holds a desk or a role")


def require_integrity(roster: Roster, body: Mapping[str, Any]) -> None:
    """One signer, who holds the integrity desk."""
    signers = roster.signers(body)
    if len(signers) != 1 or not signers[0].holds(INTEGRITY):
        raise RosterRefused("desk-not-held", "one holder of the integrity desk states this alone")


def require_reporter(roster: Roster, body: Mapping[str, Any]) -> None:
    """Auditors; of a report on interference the integrity desk."""
    if body.get("kind") == INTERFERENCE:
        require_integrity(roster, body)
    else:
        require_auditors(roster, body)


def require_custodian(roster: Roster, body: Mapping[str, Any]) -> None:
    """One signer: a custodian."""
    signers = roster.signers(body)
    if len(signers) != 1 or not signers[0].holds(CUSTODIANS):
        raise RosterRefused("desk-not-held", "a custodian states this alone")


def require_one(*roles: str) -> Duty:
    """One signer, with one of these roles."""

    def duty(roster: Roster, body: Mapping[str, Any]) -> None:
        signers = roster.signers(body)
        if len(signers) != 1 or not _is(*roles)(signers[0]):
            raise not_allowed(f"one {' or '.join(roles)} states this alone")

    return duty


def require_approver_and(*roles: str) -> Duty:
    """Two signers, and no third: an approver of rewards, and another person with one of these roles."""

    def duty(roster: Roster, body: Mapping[str, Any]) -> None:
        _require_pair(roster, body, _is(APPROVER), _is(*roles))
        _require_no_third(body)

    return duty


def require_proposer(roster: Roster, body: Mapping[str, Any]) -> None:
    """One signer: a proposer of rewards who holds the desk that the body names."""
    require_holders(roster, body)
    require_one(PROPOSER)(roster, body)


def require_two_pay_clerks(roster: Roster, body: Mapping[str, Any]) -> None:
    """Two signers, and no third, both pay clerks."""
    _require_pair(roster, body, _is(PAY_CLERK), _is(PAY_CLERK))
    _require_no_third(body)


def has_role(roster: Roster, member: str, role: str) -> bool:
    """Whether somebody is an active member with this role now; nobody has the id ""."""
    known = roster.members.get(member)
    return known is not None and _is(role)(known)


def _is(*roles: str) -> Callable[[Member], bool]:
    return lambda member: member.active and not member.roles.isdisjoint(roles)


_OF_PAYEES: Final = frozenset(("disclosure", "disclosure-view", "read"))
"""What pay clerks state about somebody who is paid by name; they read nothing else."""

DUTIES: Final[Mapping[str, Duty]] = {
    "list": require_holders,
    "card-group": require_holders,
    "read": require_holders,
    "reply": require_holders,
    "note": require_holders,
    "tags": require_holders,
    "accused": require_holders,
    "identity": require_holders,
    "search": require_holders,
    "move": require_holders,
    "packet": require_holders,
    "watch": require_holders,
    "pause": require_holders,
    "resume": require_holders,
    "extend": require_holders,
    "assign": require_holders,
    "close-spam": require_holders,
    "link": require_holders,
    "unlink": require_holders,
    "umbrella": require_holders,
    "umbrella-step": require_holders,
    "hold": require_a_holder_and_another,
    "unhold": require_a_holder_and_another,
    "route": require_a_holder,
    "sheets": require_holders,
    "entry": require_holders,
    "audit": require_auditors,
    "audit-all": require_auditors,
    "alert-review": require_auditors,
    "alert-ask": require_auditors,
    "alert-answer": require_member,
    "decoy": require_auditors,
    "report": require_reporter,
    "interference": require_settled_member,
    "interference-answer": require_integrity,
    "evidence": require_auditors,
    "export": require_keeper,
    "received": require_keeper,
    "checked-in": require_keeper,
    "missed": require_keeper,
    "silence": require_keeper,
    "pause-end": require_keeper,
    "unassign": require_keeper,
    "erase": require_keeper,
    "alert": require_keeper,
    "inventory": require_keeper,
    "forget": require_keeper,
    "disclosure": require_holders,
    "disclosure-decision": require_custodian,
    "disclosure-unlock": require_custodian,
    "disclosure-view": require_holders,
    "disclosure-lapse": require_keeper,
    "reward-budget": require_approver_and(LEADER, VERIFIER, APPROVER),
    "reward-proposal": require_proposer,
    "reward-check": require_one(VERIFIER),
    "reward-approval": require_one(APPROVER),
    "reward-grant": require_keeper,
    "reward-extend": require_one(APPROVER),
    "reward-expired": require_keeper,
    "reward-cancel": require_approver_and(PROPOSER, VERIFIER, APPROVER),
    "reward-open": require_approver_and(VERIFIER, APPROVER),
    "reward-named": require_keeper,
    "reward-day": require_keeper,
    "key-expired": require_keeper,
    "pay-look": require_one(PAY_CLERK, VERIFIER),
    "pay": require_one(PAY_CLERK),
    "pay-undo": require_approver_and(PAY_CLERK, VERIFIER),
    "pay-named": require_one(PAY_CLERK),
    "pickup-list": require_two_pay_clerks,
}
"""Done statements that leave the roster as it is, and who must sign them."""


def _require_pair(
    roster: Roster, body: Mapping[str, Any], one: Callable[[Member], bool], other: Callable[[Member], bool]
) -> None:
    signers = roster.signers(body)
    if len(signers) < 2:
        raise RosterRefused("two-signatures", "two people must sign this")
    pairs = ((first, second) for first in signers for second in signers if first.id != second.id)
    if not any(one(first) and other(second) for first, second in pairs):
        raise not_allowed("these two may not sign this together")


def _require_no_third(body: Mapping[str, Any]) -> None:
    """Money is for two people to answer for: a third signature would say that a third person did."""
    if len(body["by"]) > 2:
        raise not_allowed("two people sign this, and no third")


def is_settled(member: Member) -> bool:
    """Whether somebody holds a desk or a role: whom a registrar alone brought in holds neither."""
    return member.active and bool(member.desks or member.roles)


def _require_reads(roster: Roster, kind: str, desk: str) -> None:
    if kind == "read" and desk in (AUDITORS, CUSTODIANS):
        return  # reasons and searched words are sealed for auditors, reasons of requests for custodians
    if kind in _OF_PAYEES and desk == PAYMENTS:
        return  # who is paid by name, and the answers to requests for it
    if desk == AUDITORS or not roster.desks[DeskId(desk)].reads:
        raise not_allowed("this desk reads no tips")


def _desk(body: Mapping[str, Any]) -> str:
    desk = body.get("desk")
    if not isinstance(desk, str):
        raise malformed("the statement names no desk")
    return desk
