"""The steps that an award can take next, and for each whether this member may take it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from admin.visit import Visit
from tipline.rewards.award import Award, AwardState
from tipline.roster import Member
from tipline.roster.types import APPROVER, PROPOSER, VERIFIER


class RewardStep(StrEnum):
    """A step of an award that a member takes."""

    CHECK = "check"
    APPROVE = "approval"
    EXTEND = "extension"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Offer:
    """A step, and why this member may not take it; "" where they may."""

    step: RewardStep
    bar: str


DECIDING: Final = (PROPOSER, VERIFIER, APPROVER)

_STEPS: Final[Mapping[AwardState, Sequence[RewardStep]]] = {
    AwardState.PROPOSED: (RewardStep.CHECK, RewardStep.CANCEL),
    AwardState.CHECKED: (RewardStep.APPROVE, RewardStep.CANCEL),
    AwardState.APPROVED: (RewardStep.CANCEL,),
    AwardState.GRANTED: (RewardStep.EXTEND, RewardStep.CANCEL),
    AwardState.NAMED: (RewardStep.CANCEL,),
}
_ROLES: Final[Mapping[RewardStep, tuple[frozenset[str], str]]] = {
    RewardStep.CHECK: (frozenset((VERIFIER,)), "verifier"),
    RewardStep.APPROVE: (frozenset((APPROVER,)), "approver"),
    RewardStep.EXTEND: (frozenset((APPROVER,)), "approver"),
    RewardStep.CANCEL: (frozenset(DECIDING), "any"),
}
"""Who takes a step, and what bars all others."""
_BY_ANOTHER: Final = frozenset((RewardStep.CHECK, RewardStep.APPROVE))
"""Steps that nobody takes who took one before."""


def offers(visit: Visit, award: Award) -> Sequence[Offer]:
    """The steps from where an award stands."""
    return [Offer(step, _bar(visit.member, award, step)) for step in _STEPS.get(award.state, ())]


def takes(visit: Visit, award: Award) -> bool:
    """Whether a step of the award waits for this member."""
    return any(one.step in _BY_ANOTHER and not one.bar for one in offers(visit, award))


def _bar(member: Member, award: Award, step: RewardStep) -> str:
    roles, bar = _ROLES[step]
    if member.roles.isdisjoint(roles):
        return bar
    return "another" if step in _BY_ANOTHER and member.id in award.people else ""


def seconds(visit: Visit, first: str, others: Sequence[str], excluded: Sequence[str] = ()) -> Sequence[str]:
    """Who may sign second, by id: one of the two has the role `first`, the other that or one of `others`."""
    mine = visit.member.roles
    allowed = frozenset((first, *others)) if first in mine else frozenset((first,))
    today = visit.services.clock.today()
    return sorted(
        one.id
        for one in visit.roster.members.values()
        if one.active and one.id != visit.member.id and not one.roles.isdisjoint(allowed)
        if not _is_excluded(visit, one, excluded, today)
    )


def _is_excluded(visit: Visit, one: Member, excluded: Sequence[str], today: date) -> bool:
    return bool(excluded) and visit.roster.is_excluded(one.id, excluded, today)
