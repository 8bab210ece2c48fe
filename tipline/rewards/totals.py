"""Awards in sum, so that nobody must be handed all of them to know where the money is."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from tipline.rewards.award import Award, AwardState
from tipline.rewards.lines import VoucherDays

_YEAR = len("2026")


@dataclass(frozen=True)
class Total:
    """Awards of one state that were granted in one year: how many, and their yuan.

    `year` is 0 for those that were never granted.
    """

    year: int
    state: AwardState
    count: int
    amount: int

    def to_fields(self) -> dict[str, Any]:
        """As the keeper sends it."""
        return {**asdict(self), "state": self.state.value}


@dataclass(frozen=True)
class Counted:
    """The rewards of a year up to a day: awards granted, how many of these were collected, yuan paid."""

    granted: int
    collected: int
    paid: int


def counted(awards: Iterable[Award], vouchers: Iterable[VoucherDays], day: date) -> Counted:
    """The rewards of a day's year, up to and with that day."""
    first, last = f"{day.year}-01-01", day.isoformat()
    granted = [one for one in awards if first <= one.granted <= last]
    paid = sum(one.value for one in vouchers if first <= one.paid_day <= last)
    return Counted(len(granted), sum("" < one.collected <= last for one in granted), paid)
