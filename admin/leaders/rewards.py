"""Rewards in the leaders' figures: of a year, as of the end of last week, and never of one award."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from tipline.keeper_client import AdminKeeper
from tipline.rewards.totals import Counted

STEP: Final = 10_000
"""Sums are rounded down to multiples of this many yuan."""


@dataclass(frozen=True)
class RewardFigures:
    """The rewards of a year so far.

    Attributes:
        granted: awards, a multiple of five; 0 for fewer.
        collected: how many percent of them were collected, a multiple of five; None where `granted` is 0.
        paid: yuan, rounded down to a multiple of `STEP`.
    """

    year: int
    granted: int
    collected: int | None
    paid: int


def reward_figures(keeper: AdminKeeper, day: date) -> RewardFigures:
    """The rewards of a day's year, up to and with that day.

    Raises:
        KeeperError: the keeper does not answer.
    """
    return figures_of(day.year, keeper.rewards.counted(day))


def figures_of(year: int, counted: Counted) -> RewardFigures:
    """The same, of what the keeper counted."""
    shown = counted.granted // 5 * 5
    share = 100 * counted.collected // counted.granted // 5 * 5 if shown else None
    return RewardFigures(year, shown, share, counted.paid // STEP * STEP)
