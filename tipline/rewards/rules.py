"""What is set for rewards in an instance: a statement of two people changes it, and the roster holds it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from tipline.rewards.amounts import VALUES
from tipline.rewards.scoring import BOUNDS, Tier

COLLECT_MONTHS: Final = 6
"""How long a granted award can be collected."""
EXTENDED_MONTHS: Final = 36
"""Up to how long after the grant an approver may extend that."""
VOUCHER_YEARS: Final = 3
"""A voucher is good until the last day of the third year after its key's."""
PICKUP_DAYS: Final = 30
CHECK_DAYS: Final = 5
APPROVE_DAYS: Final = 5
"""Working days that verifier and approver have before the board shows a step as overdue."""
REMIND_DAYS: Final = (30, 90, 150)
"""After so many days without collecting, the mailbox says "new" again."""


@dataclass(frozen=True)
class RewardRules:
    """Values of vouchers, bounds of tiers, the amount above which two approve, the least crowd of a key.

    `crowd` is how many awards must still be able to have a voucher out when one comes back; ten vouchers of
    one award hide nobody.
    `share` is what a tip that only added facts may have at most, in hundredths of the first one's award.
    """

    values: tuple[int, ...] = VALUES
    bounds: Mapping[Tier, tuple[int, int]] = field(default_factory=lambda: dict(BOUNDS))
    limit: int = 50_000
    crowd: int = 5
    share: int = 50


DEFAULT_REWARD_RULES: Final = RewardRules()


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or that month's last."""
    year, month = divmod(day.month - 1 + months, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(day.year + year, month + 1, last)
        except ValueError:
            continue
    return date(day.year + year, month + 1, day.day)


def first_day_for_all(year: int) -> date:
    """The first day on which every voucher under a key of this year is redeemed: the year is over."""
    return date(year + 1, 1, 1)


def last_day_of_vouchers(year: int) -> date:
    """The last day on which a voucher under a key of this year is good."""
    return date(year + VOUCHER_YEARS, 12, 31)
