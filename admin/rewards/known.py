"""The awards that a member may know of.

Who judges awards sees them without the tip. An award of a tip that excludes a unit of theirs is not there
for them at all, and a proposer knows those of their own desks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from admin.errors import NotFound
from admin.visit import Visit
from tipline.keeper_client.rewards import Budget, KnownAward, KnownRewards
from tipline.rewards.award import Award, AwardState
from tipline.rewards.rules import RewardRules
from tipline.roster.types import APPROVER, VERIFIER


@dataclass(frozen=True)
class ShownAward:
    """An award on the board.

    Attributes:
        waited: the days for which it has stood where it stands.
        missing: what the budget lacks for it, in yuan, counting those that were approved before it.
    """

    known: KnownAward
    waited: int
    missing: int
    today: date

    @property
    def award(self) -> Award:
        """The award itself."""
        return self.known.award

    @property
    def due(self) -> date | None:
        """The last day of the step that waits for somebody; None where none does."""
        return self.known.due

    @property
    def overdue(self) -> bool:
        """Whether that step should have been taken."""
        return self.due is not None and self.due < self.today

    @property
    def second(self) -> bool:
        """Whether one approver has said yes, and another has yet to."""
        return self.award.state is AwardState.CHECKED and bool(self.award.approvers)


@dataclass(frozen=True)
class Office:
    """What a visit may know: its awards, all that the keeper said, and this year's budget."""

    shown: Sequence[ShownAward]
    known: KnownRewards
    rules: RewardRules
    today: date

    @property
    def budget(self) -> Budget:
        """This year's; nothing where none was set."""
        return budget_of(self.known.budgets, self.today.year)


def office_of(visit: Visit) -> Office:
    """Ask the keeper, and leave out what this member may not know of.

    Raises:
        KeeperError: the keeper does not answer.
    """
    known = visit.services.keeper.rewards.known()
    today = visit.services.clock.today()
    missing = _missing(known, today)
    shown = [
        _shown(one, missing.get(one.award.index, 0), today)
        for one in known.awards
        if _may_know(visit, one, today)
    ]
    return Office(shown, known, visit.roster.reward_rules, today)


def find_award(office: Office, number: str) -> ShownAward:
    """One of them, by the number in its address.

    Raises:
        NotFound: there is none, or none whom this member may know of.
    """
    for one in office.shown:
        if str(one.award.index) == number:
            return one
    raise NotFound


def budget_of(budgets: Sequence[Budget], year: int) -> Budget:
    """A year's budget; nothing where none was set."""
    return next((one for one in budgets if one.year == year), Budget(year, 0, 0, 0))


def _may_know(visit: Visit, one: KnownAward, today: date) -> bool:
    if visit.audits:
        return True
    if visit.roster.is_excluded(visit.member.id, one.excluded, today):
        return False
    judges = not visit.member.roles.isdisjoint((VERIFIER, APPROVER))
    return judges or not visit.member.desks.isdisjoint(one.desks)


def _shown(known: KnownAward, missing: int, today: date) -> ShownAward:
    award = known.award
    since = date.fromisoformat(_since(award))
    return ShownAward(known, (today - since).days, missing, today)


def _since(award: Award) -> str:
    """The day on which the present state began."""
    return (
        award.ended or award.collected or award.granted or award.approved or award.checked or award.proposed
    )


def _missing(known: KnownRewards, today: date) -> Mapping[int, int]:
    """What is missing for each approved award, by its index; they are granted in the order of approval."""
    room, found = budget_of(known.budgets, today.year).balance, {}
    waiting = [one.award for one in known.awards if one.award.state is AwardState.APPROVED]
    for award in sorted(waiting, key=lambda one: (one.approved, one.index)):
        room -= award.amount
        found[award.index] = max(-room, 0)
    return found
