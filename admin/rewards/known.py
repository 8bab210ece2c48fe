"""The awards that a member may know of (`tipline.rewards.knowing`): by number, by tip, or page by page."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from admin.errors import NotFound
from admin.visit import Visit
from tipline.keeper_client.rewards import Budget, KnownAward
from tipline.rewards.award import Award, AwardState
from tipline.rewards.knowing import may_know
from tipline.rewards.rules import RewardRules

AT_ONCE: Final = 50
"""Awards of one list on a page."""
MOST_QUESTIONS: Final = 10
"""So often the keeper is asked for one part of a list."""
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,14}")


@dataclass(frozen=True)
class ShownAward:
    """An award on the board.

    Attributes:
        waited: the days for which it has stood where it stands.
    """

    known: KnownAward
    waited: int
    today: date

    @property
    def award(self) -> Award:
        """The award itself."""
        return self.known.award

    @property
    def missing(self) -> int:
        """What the budget lacks for it, in yuan, counting those that were approved before it."""
        return self.known.lacking

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
    """What every page of the office goes by: the years' budgets, the rules, the day."""

    budgets: Sequence[Budget]
    rules: RewardRules
    today: date

    @property
    def budget(self) -> Budget:
        """This year's; nothing where none was set."""
        return budget_of(self.budgets, self.today.year)


@dataclass(frozen=True)
class Part:
    """Some awards of a list. `last` is the number beyond which the next ones come; None after the last.

    `lacking` is what the budget lacks for all approved awards that the member may know of, in yuan.
    """

    awards: Sequence[ShownAward]
    last: int | None
    lacking: int = 0

    @property
    def size(self) -> str:
        """How many there are, as far as that was counted."""
        return str(len(self.awards)) if self.last is None else f"{len(self.awards)}+"


def office_of(visit: Visit) -> Office:
    """Ask the keeper for the budgets.

    Raises:
        KeeperError: the keeper does not answer.
    """
    budgets = visit.services.keeper.rewards.budgets()
    return Office(budgets, visit.roster.reward_rules, visit.services.clock.today())


def find_award(visit: Visit, number: str) -> ShownAward:
    """One award, by the number in its address.

    Raises:
        NotFound: there is none, or none whom this member may know of.
        KeeperError: the keeper does not answer.
    """
    if not _NUMBER.fullmatch(number):
        raise NotFound
    found = shown(visit, visit.services.keeper.rewards.awards([int(number)]))
    if not found:
        raise NotFound
    return found[0]


def awards_of(visit: Visit, tips: Iterable[str]) -> Sequence[ShownAward]:
    """The awards of tips (32 hex digits), those that this member may know of.

    Raises:
        KeeperError: the keeper does not answer.
    """
    return shown(visit, visit.services.keeper.rewards.awards(tips=tips))


def part_of(
    visit: Visit,
    state: AwardState | None,
    beyond: int | None = None,
    *,
    newest: bool = False,
    fits: Callable[[Award], bool] = lambda _: True,
) -> Part:
    """The next awards that stand there, that this member may know of and that fit; None for all awards.

    Where few of many fit, fewer stand here than there are: the next part goes on.

    Raises:
        KeeperError: the keeper does not answer.
    """
    found, lacking = list[ShownAward](), 0
    for _ in range(MOST_QUESTIONS):
        listed = visit.services.keeper.rewards.standing(
            state, beyond, newest=newest, count=AT_ONCE + 1, member=visit.member.id
        )
        found += [one for one in shown(visit, listed.awards) if fits(one.award)]
        beyond, lacking = listed.last, listed.lacking
        if beyond is None or len(found) > AT_ONCE:
            break
    some = found[:AT_ONCE]
    return Part(some, some[-1].award.index if len(found) > len(some) else beyond, lacking)


def shown(visit: Visit, known: Iterable[KnownAward]) -> list[ShownAward]:
    """Those of them that this member may know of."""
    today = visit.services.clock.today()
    return [
        _shown(one, today)
        for one in known
        if may_know(visit.roster, visit.member, one.desks, one.excluded, today)
    ]


def budget_of(budgets: Sequence[Budget], year: int) -> Budget:
    """A year's budget; nothing where none was set."""
    return next((one for one in budgets if one.year == year), Budget(year, 0, 0, 0))


def _shown(known: KnownAward, today: date) -> ShownAward:
    return ShownAward(known, (today - date.fromisoformat(_since(known.award))).days, today)


def _since(award: Award) -> str:
    """The day on which the present state began."""
    return (
        award.ended or award.collected or award.granted or award.approved or award.checked or award.proposed
    )
