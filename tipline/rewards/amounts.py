"""Money, in whole yuan, and the fixed values that an award is paid in."""

from collections.abc import Iterable
from typing import Final

BASE: Final = 500
"""The smallest value. It is always there, and divides every other: so each award can be made of vouchers."""
VALUES: Final = (500, 1_000, 5_000, 10_000, 50_000)
MOST_VOUCHERS: Final = 40
"""Of how many vouchers one award may consist: more do not fit into one request."""
MOST: Final = 500_000
"""The most that one award can be."""


def is_amount(value: object) -> bool:
    """Whether an award can have this value: a multiple of `BASE` up to `MOST`."""
    return type(value) is int and 0 < value <= MOST and value % BASE == 0


def split(amount: int, values: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """The vouchers that make an amount, as few as possible: pairs of value and count, the largest first.

    Args:
        amount: for which `is_amount` holds.
        values: `BASE` among them, all multiples of it.
    """
    found, rest = [], amount
    for value in sorted(values, reverse=True):
        count, rest = divmod(rest, value)
        if count:
            found.append((value, count))
    return tuple(found)


def most_vouchers(most: int, values: Iterable[int]) -> int:
    """How many vouchers an award up to this amount may come to.

    Args:
        values: as for `split`.
    """
    fixed = tuple(values)
    return max(sum(count for _, count in split(amount, fixed)) for amount in range(BASE, most + BASE, BASE))
