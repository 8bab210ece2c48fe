"""Who must sign what.

Two signatures always mean two different people; which two, the functions here say. The combination table
(`check_combination`) keeps the desks apart that must watch each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from tipline.ids import AUDITORS, DeskId
from tipline.roster.bodies import malformed
from tipline.roster.errors import RosterRefused
from tipline.roster.types import Desk, Member

if TYPE_CHECKING:
    from tipline.roster.replay import Roster

KEEPER: Final = "keeper"
"""The reserved signer whose key is the log's."""
CUSTODIANS: Final = DeskId("custodians")

Duty = Callable[["Roster", Mapping[str, Any]], None]


def require_registrar(roster: Roster, body: Mapping[str, Any]) -> None:
    """One signer: a registrar."""
    if not any(member.is_registrar for member in roster.signers(body)):
        raise not_allowed("a registrar must sign this")


def require_registrar_and_another(roster: Roster, body: Mapping[str, Any]) -> None:
    """Two signers: a registrar and another active member who holds a desk or a role.

    Somebody whom a registrar has just brought in, alone, holds neither, and is no second person.
    """
    _require_pair(roster, body, lambda member: member.is_registrar, _is_settled)


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


def check_combination(member: Member, desks: Mapping[str, Desk]) -> None:
    """Refuse desks and roles that must not meet in one person.

    Auditors hold nothing else: they would audit themselves. A registrar, who brings people in, neither reads
    tips nor guards identities.
    """
    if AUDITORS in member.desks and (len(member.desks) > 1 or member.roles):
        raise not_allowed("an auditor holds no other desk and no role")
    if member.roles and any(desks[desk].reads or desk == CUSTODIANS for desk in member.desks):
        raise not_allowed("a registrar holds no desk that reads and is no custodian")


def not_allowed(sentence: str) -> RosterRefused:
    """Return the error for what this signer, or nobody, may do."""
    return RosterRefused("not-allowed", sentence)


def require_keeper(roster: Roster, body: Mapping[str, Any]) -> None:
    """The keeper alone."""
    if list(body["by"]) != [KEEPER]:
        raise not_allowed("the keeper alone states this")


def require_holders(roster: Roster, body: Mapping[str, Any]) -> None:
    """All signers hold the desk that the body names."""
    desk = _desk(body)
    if not all(member.holds(desk) for member in roster.signers(body)):
        raise RosterRefused("desk-not-held", "a signer does not hold this desk")


def require_a_holder(roster: Roster, body: Mapping[str, Any]) -> None:
    """One of the signers holds the desk that the body names; the other may be from outside it."""
    desk = _desk(body)
    if not any(member.holds(desk) for member in roster.signers(body)):
        raise RosterRefused("desk-not-held", "no signer holds this desk")


def require_auditors(roster: Roster, body: Mapping[str, Any]) -> None:
    """All signers are auditors."""
    if not all(member.holds(AUDITORS) for member in roster.signers(body)):
        raise RosterRefused("desk-not-held", "a signer is not an auditor")


DUTIES: Final[Mapping[str, Duty]] = {
    "list": require_holders,
    "card-group": require_holders,
    "read": require_holders,
    "reply": require_holders,
    "note": require_holders,
    "move": require_holders,
    "route": require_a_holder,
    "sheets": require_holders,
    "entry": require_holders,
    "audit": require_auditors,
    "export": require_keeper,
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


def _is_settled(member: Member) -> bool:
    return member.active and bool(member.desks or member.roles)


def _desk(body: Mapping[str, Any]) -> str:
    desk = body.get("desk")
    if not isinstance(desk, str):
        raise malformed("the statement names no desk")
    return desk
