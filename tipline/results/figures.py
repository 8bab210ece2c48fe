"""Counts that may be shown: rounded down to fives, and none from which a hidden one follows."""

from collections.abc import Sequence
from dataclasses import dataclass

STEP = 5


@dataclass(frozen=True)
class Quarter:
    """A quarter of a year: 1 to 4."""

    year: int
    number: int

    @property
    def previous(self) -> "Quarter":
        """The one before."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)


@dataclass(frozen=True)
class Counts:
    """The tips that arrived in a quarter, by where they stand."""

    in_work: int = 0
    passed_on: int = 0
    outside_remit: int = 0
    closed: int = 0

    @property
    def parts(self) -> tuple[int, int, int, int]:
        """The four counts; their sum is what was received."""
        return self.in_work, self.passed_on, self.outside_remit, self.closed


@dataclass(frozen=True)
class Figures:
    """What is shown of a quarter: each is "at least"; 0 means "fewer than five".

    `passed_on` is None in a quarter from before it was counted apart: it was in work then.
    """

    quarter: Quarter
    received: int
    in_work: int
    passed_on: int | None
    outside_remit: int
    closed: int


@dataclass(frozen=True)
class Coarse:
    """Counts of which each is "at least", and their total; 0 means "fewer than five"."""

    total: int
    parts: tuple[int, ...]


def coarse(counts: Sequence[int]) -> Coarse:
    """Counts as they may be shown.

    The total is lowered until it allows of each hidden count that it is zero. Otherwise a total of 10
    beside three counts of "fewer than five" would say that none of the three is below two.
    """
    shown = tuple(map(_down, counts))
    others_hidden = max(shown.count(0) - 1, 0)
    # The most that the counts can add up to when one of the hidden ones is zero.
    most = sum(part + STEP - 1 for part in shown if part) + others_hidden * (STEP - 1)
    return Coarse(min(_down(sum(counts)), _down(most)), shown)


def published(quarter: Quarter, counts: Counts) -> Figures:
    """The figures of a quarter."""
    found = coarse(counts.parts)
    return Figures(quarter, found.total, *found.parts)


def _down(count: int) -> int:
    return count // STEP * STEP
