"""Who may know of an award: the two sides ask the same question, so it stands here once."""

from collections.abc import Collection
from datetime import date

from tipline.ids import AUDITORS
from tipline.roster import Member, Roster
from tipline.roster.types import APPROVER, VERIFIER


def may_know(
    roster: Roster, member: Member, desks: Collection[str], excluded: Collection[str], today: date
) -> bool:
    """Whether a member may know of an award whose tip stands at these desks and excludes these units.

    Who judges awards sees them without the tip; a proposer knows those of their own desks. For a member of an
    excluded unit there is none. Auditors know all.
    """
    if AUDITORS in member.desks:
        return True
    if roster.is_excluded(member.id, excluded, today):
        return False
    judges = not member.roles.isdisjoint((VERIFIER, APPROVER))
    return judges or not member.desks.isdisjoint(desks)
