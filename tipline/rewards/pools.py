"""A mint key is a pool of vouchers: one leaves it only while enough others stay behind.

    awards ─▶ [ pool: vouchers that are out ] ─▶ one comes back, as long as enough awards still have one out

The rule: after it, at least so many awards can still have a voucher out. Nobody knows whose came back, so the
fewest there can be count; what was collected on the same day does not. Then every voucher fits at least so
many awards, for whoever knows all days and whatever comes later. For let it be one of award A, and let award
B have a voucher out at that time: B's comes back later or never, and both were collected before. Exchange
the two, and all days are as they were. What is left when the year is over is at least as large a crowd, no
award joins it, and all of it was collected before any of it comes back: in whatever order, each fits each,
down to the last one. So it may go.

Source: A. Serjantov, R. Dingledine, P. Syverson, From a Trickle to a Flood (2002), threshold pool mixes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

Sizes = Mapping[int, int]
"""How many awards have so many vouchers under a key."""


@dataclass(frozen=True)
class Pool:
    """What was minted under one key for awards of days that are over, and how many vouchers came back."""

    sizes: Sizes
    back: int

    def hidden(self, more: int = 0) -> int:
        """Awards that can still have a voucher out, at the fewest, once so many more have come back."""
        out = sum(size * awards for size, awards in self.sizes.items()) - self.back - more
        found = 0
        for size, awards in sorted(self.sizes.items(), reverse=True):
            if out <= 0:
                break
            some = min(awards, -(-out // size))
            found, out = found + some, out - some * size
        return found

    def lets_go(self, count: int, least: int) -> bool:
        """Whether so many may come back, and as many awards as it takes stay behind."""
        return self.hidden(count) >= least


def may_grow(year: int, day: date) -> bool:
    """Whether more awards may be collected under the keys of a year."""
    return day.year <= year
