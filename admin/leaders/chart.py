"""Bars as an SVG without script or style: the table under it holds the same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 340
ROW: Final = 30
BAR: Final = 18
LABELS: Final = 135
"""Left of the bars, and room for the number behind the longest of them."""
NUMBERS: Final = 50


@dataclass(frozen=True)
class Bar:
    """One bar: how far down it begins, how long it is (user units), and what it counts."""

    top: int
    length: int
    count: int


@dataclass(frozen=True)
class Bars:
    """A chart of bars, `height` user units high."""

    height: int
    bars: tuple[Bar, ...]


def bars(counts: Sequence[int]) -> Bars:
    """Bars for counts as they are shown; the longest fills the width."""
    most = max(counts, default=0)
    room = WIDTH - LABELS - NUMBERS
    drawn = (
        Bar(ROW * row + (ROW - BAR) // 2, count * room // most if most else 0, count)
        for row, count in enumerate(counts)
    )
    return Bars(ROW * len(counts), tuple(drawn))
