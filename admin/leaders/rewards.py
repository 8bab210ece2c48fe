"""Rewards in the leaders' figures: of a year, as of the end of last week, and never of one award."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from tipline.keeper_client import AdminKeeper
from tipline.keeper_client.rewards import VoucherState
from tipline.rewards.award import Award

PAID: Final = "paid"
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
    known = keeper.rewards.known()
    return figures_of([one.award for one in known.awards], known.vouchers, day)


def figures_of(awards: Iterable[Award], vouchers: Iterable[VoucherState], day: date) -> RewardFigures:
    """The same, of what the keeper said."""
    first, last = f"{day.year}-01-01", day.isoformat()
    granted = [one for one in awards if first <= one.granted <= last]
    collected = sum(bool(one.collected) and one.collected <= last for one in granted)
    paid = [
        one.value
        for one in vouchers
        if one.state == PAID and one.paid_day is not None and date(day.year, 1, 1) <= one.paid_day <= day
    ]
    shown = len(granted) // 5 * 5
    share = 100 * collected // len(granted) // 5 * 5 if shown else None
    return RewardFigures(day.year, shown, share, sum(paid) // STEP * STEP)
