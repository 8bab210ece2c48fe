"""Which duties may meet in one person: roles and desks, as one table.

    registrar + office clerk · reviewer + liaison + proposer · custodian + verifier · approver + leader

Whatever the table does not name is refused. Two profiles: in a *township* custodians, integrity, approver
and auditors sit outside it, at the district; a *district* staffs every duty itself. A log from before the
profiles names none: what it says stands as it was allowed then; the keeper holds what is new to the table.
Source: docs/domain, "Roles".
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from tipline.ids import AUDITORS, CUSTODIANS, INTAKE, INTEGRITY, PROTECTION
from tipline.roster.errors import RosterRefused
from tipline.roster.types import (
    APPROVER,
    LEADER,
    LIAISON,
    OFFICE_CLERK,
    PAY_CLERK,
    PROPOSER,
    REGISTRAR,
    VERIFIER,
    Desk,
    Member,
    Unit,
)

ANOTHER_READING: Final = "another-reading"
"""Stands for every desk that reads and has no line of its own, like that of a consultation."""
NOT_READING: Final = "not-reading"
"""Stands for every other desk: it reads no tip and guards no identity."""


class Profile(StrEnum):
    """What an instance serves."""

    TOWNSHIP = "township"
    DISTRICT = "district"


_OWN_LINE: Final = (INTAKE, INTEGRITY, PROTECTION, CUSTODIANS, AUDITORS)
DUTIES: Final = (
    *(REGISTRAR, OFFICE_CLERK, LEADER, LIAISON, PROPOSER, VERIFIER, APPROVER, PAY_CLERK),
    *(*_OWN_LINE, ANOTHER_READING, NOT_READING),
)
"""All that a person can hold, as the table names it."""

_WITH: Final[Mapping[str, tuple[str, ...]]] = {
    REGISTRAR: (OFFICE_CLERK, NOT_READING),
    OFFICE_CLERK: (NOT_READING,),
    LEADER: (APPROVER, NOT_READING),
    LIAISON: (PROPOSER, INTAKE, INTEGRITY, ANOTHER_READING, NOT_READING),
    PROPOSER: (INTAKE, INTEGRITY, ANOTHER_READING, NOT_READING),
    VERIFIER: (CUSTODIANS, NOT_READING),
    APPROVER: (NOT_READING,),
    PAY_CLERK: (NOT_READING,),
    INTAKE: (ANOTHER_READING, NOT_READING),
    INTEGRITY: (ANOTHER_READING, NOT_READING),
    PROTECTION: (ANOTHER_READING, NOT_READING),
    CUSTODIANS: (NOT_READING,),
    AUDITORS: (),
    ANOTHER_READING: (ANOTHER_READING, NOT_READING),
    NOT_READING: (NOT_READING,),
}
TOGETHER: Final = frozenset(frozenset((one, other)) for one, others in _WITH.items() for other in others)
"""Every pair that may meet in one person; a set of one where two desks share a line."""

AT_THE_DISTRICT: Final = frozenset((CUSTODIANS, INTEGRITY, AUDITORS, APPROVER))
"""In a township these belong to people from outside it."""


def duties_of(member: Member, desks: Mapping[str, Desk]) -> tuple[str, ...]:
    """The lines of the table that a member stands on: one for each role and each desk, those awaited too."""
    held = sorted(member.desks | member.awaiting)
    return (*sorted(member.roles), *(_line(desks[desk]) for desk in held))


def check_combination(member: Member, desks: Mapping[str, Desk]) -> None:
    """Refuse duties that must not meet in one person.

    Raises:
        RosterRefused: not-allowed.
    """
    duties = duties_of(member, desks)
    for index, one in enumerate(duties):
        for other in duties[index + 1 :]:
            if frozenset((one, other)) not in TOGETHER:
                raise RosterRefused("not-allowed", f"nobody holds both {one} and {other}")


def check_place(member: Member, desks: Mapping[str, Desk], units: Mapping[str, Unit]) -> None:
    """Refuse somebody from inside a township for what sits at the district.

    Raises:
        RosterRefused: not-allowed.
    """
    apart = AT_THE_DISTRICT.intersection(duties_of(member, desks))
    if apart and units[member.unit].inside:
        raise RosterRefused("not-allowed", f"{min(apart)} is for somebody from outside the township")


def check_before_the_table(member: Member, desks: Mapping[str, Desk]) -> None:
    """What a log from before the table was held to: auditors hold nothing else, registrars do not read.

    Raises:
        RosterRefused: not-allowed.
    """
    held: Iterable[Desk] = [desks[desk] for desk in member.desks | member.awaiting]
    if AUDITORS in member.desks and (len(member.desks) > 1 or member.roles):
        raise RosterRefused("not-allowed", "an auditor holds no other desk and no role")
    if REGISTRAR in member.roles and any(desk.reads or desk.id == CUSTODIANS for desk in held):
        raise RosterRefused("not-allowed", "a registrar holds no desk that reads and is no custodian")


def _line(desk: Desk) -> str:
    if desk.id in _OWN_LINE:
        return desk.id
    return ANOTHER_READING if desk.reads else NOT_READING
