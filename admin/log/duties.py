"""Separation of duties: who holds what, what two people signed, and who decided what another confirmed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from admin.interference.register import RegisterPage, register_page
from admin.log.emergencies import Unreviewed, unreviewed
from admin.log.entries import LoggedEntry
from admin.log.listing import lines
from admin.log.looking import look_up
from admin.log.rows import LogRow
from admin.visit import Visit
from tipline.keeper_client import Reason
from tipline.lookups.filters import Filter
from tipline.lookups.groups import JOINT
from tipline.lookups.views import View
from tipline.roster import Member
from tipline.roster.combinations import AT_THE_DISTRICT, TOGETHER, duties_of
from tipline.tips.moves import TipState

LISTED: Final = 50
MOVES: Final = 500
"""The newest moves that are looked through for outcomes."""
HALF_ALONE: Final = (Reason.ANOTHER_PERSON, Reason.TWO_SIGNATURES)
"""Why the keeper refuses who would do both halves of what takes two."""


@dataclass(frozen=True)
class Held:
    """What one member holds, and which of it must not meet in one person."""

    member: Member
    duties: tuple[str, ...]
    clashes: tuple[tuple[str, str], ...]
    misplaced: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether the table allows all of it."""
        return not self.clashes and not self.misplaced


@dataclass(frozen=True)
class Decided:
    """An outcome: who recorded it, who confirmed it (empty while nobody has)."""

    tip: str
    recorded: tuple[int, str]
    confirmed: tuple[int, str] | None

    @property
    def is_one_person(self) -> bool:
        """Whether one did what takes two: no keeper logs that."""
        return self.confirmed is not None and self.confirmed[1] == self.recorded[1]


@dataclass(frozen=True)
class Duties:
    """The page. `tried` are refusals of somebody who would have done both halves.

    `emergencies` are openings of identities whose review is still to come.
    `register` is the interference register as this auditor may know it.
    """

    held: Sequence[Held]
    joint: Sequence[LogRow]
    joint_total: int
    decided: Sequence[Decided]
    moves: int
    moves_total: int
    tried: Sequence[LogRow]
    emergencies: Sequence[Unreviewed]
    register: RegisterPage


def duties(visit: Visit) -> Duties:
    """Look at all of it; asking is some entries.

    Raises:
        AuditRefused: this member may not see it.
        KeeperError: the keeper does not answer.
    """
    joint = look_up(visit, View.DUTIES, Filter(type=JOINT, outcome="done"), LISTED)
    moves = look_up(visit, View.DUTIES, Filter(type="move", outcome="done"), MOVES)
    tried = [look_up(visit, View.DUTIES, Filter(outcome=reason.value), LISTED) for reason in HALF_ALONE]
    refused = sorted((one for each in tried for one in each.entries), key=lambda one: -one.index)
    return Duties(
        held=_held(visit),
        joint=lines(visit, joint.entries),
        joint_total=joint.total,
        decided=list(_decided(moves.entries[::-1]))[::-1],
        moves=len(moves.entries),
        moves_total=moves.total,
        tried=lines(visit, refused),
        emergencies=unreviewed(visit),
        register=register_page(visit),
    )


def _held(visit: Visit) -> list[Held]:
    roster = visit.roster
    found = []
    for member in roster.members.values():
        held = duties_of(member, roster.desks)
        if member.active and held:
            pairs = [pair for pair in combinations(held, 2) if frozenset(pair) not in TOGETHER]
            inside = roster.units[member.unit].inside and roster.profile == "township"
            misplaced = tuple(duty for duty in held if inside and duty in AT_THE_DISTRICT)
            found.append(Held(member, held, tuple(pairs), misplaced))
    return sorted(found, key=lambda one: (one.fits, one.member.id))


def _decided(moves: Sequence[LoggedEntry]) -> Iterator[Decided]:
    """Outcomes among moves in their order, each with the confirmation that follows it."""
    waiting: dict[str, Decided] = {}
    for one in moves:
        body = one.entry.statement.body
        tip, by = body["tip"], (one.index, body["by"][0])
        if body["to"] == TipState.OUTCOME:
            waiting[tip] = Decided(tip, by, None)
        elif tip in waiting:
            recorded = waiting.pop(tip).recorded
            if body["to"] == TipState.FEEDBACK:
                yield Decided(tip, recorded, by)
    yield from waiting.values()
