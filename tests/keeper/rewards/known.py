"""Everything that a keeper tells of rewards, asked page by page as the admin site asks."""

from dataclasses import dataclass

from tipline.keeper_client.rewards import Budget, KeyState, KnownAward, KnownMoney, Lines, Rewards
from tipline.rewards.lines import Wanted

ALL_LINES = 5_000


@dataclass(frozen=True)
class Known:
    """Money in sum, and every award."""

    money: KnownMoney
    awards: tuple[KnownAward, ...]

    @property
    def budgets(self) -> tuple[Budget, ...]:
        return self.money.budgets

    @property
    def keys(self) -> tuple[KeyState, ...]:
        return self.money.keys


def known(rewards: Rewards) -> Known:
    """Everything; rows and log agree."""
    money = rewards.money()
    assert money.differences == ()
    assert money.different == 0
    return Known(money, tuple(rewards.each_standing(None)))


def award_of(rewards: Rewards, number: int) -> KnownAward:
    """One award by its number."""
    [found] = rewards.awards([number])
    return found


def lines_of(rewards: Rewards, member: str) -> Lines:
    """The ledger by day as a member may see it."""
    return rewards.lines(member, Wanted(), 0, ALL_LINES)
