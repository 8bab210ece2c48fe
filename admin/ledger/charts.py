"""What was granted, collected and paid in each of the last months, as an SVG without script or style."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from admin.ledger.balances import Owed
from tipline.rewards.lines import Kind

WIDTH: Final = 720
HEIGHT: Final = 180
AXIS: Final = 70
"""User units left of the bars, for the amounts."""
FOOT: Final = 18
MONTHS: Final = 12
SERIES: Final[tuple[tuple[str, tuple[Kind, ...]], ...]] = (
    ("granted", (Kind.GRANTED,)),
    ("collected", (Kind.COLLECTED, Kind.NAMED)),
    ("paid", (Kind.PAID, Kind.SETTLED)),
)
OWED_WIDTH: Final = 340
OWED_ROW: Final = 46
OWED_BAR: Final = 18
_NUMBERS: Final = 90
"""Room behind the longest bar for its amount."""
_ROOM: Final = 10


@dataclass(frozen=True)
class Bar:
    """One bar: `colour` counts from 0."""

    x: float
    y: float
    width: float
    height: float
    colour: int


@dataclass(frozen=True)
class Months:
    """The chart.

    Attributes:
        rows: for the table: each month, the oldest first, with the yuan of each series.
        marks: amounts beside the bars, each with its height on the page.
        names: the months' names, each with its place.
    """

    rows: Sequence[tuple[str, Sequence[int]]]
    bars: Sequence[Bar]
    marks: Sequence[tuple[float, int]]
    names: Sequence[tuple[float, str]]

    @property
    def total(self) -> int:
        """All that is drawn."""
        return sum(sum(amounts) for _, amounts in self.rows)


@dataclass(frozen=True)
class OwedBar:
    """What is owed in one way: the code of its name, the yuan, how far down it begins and how long it is."""

    name: str
    amount: int
    top: int
    length: int


def owed_bars(owed: Owed) -> Sequence[OwedBar]:
    """Bars for what is still to be paid; the longest fills the width."""
    most, room = max(amount for _, amount in owed.parts), OWED_WIDTH - _NUMBERS
    return [
        OwedBar(name, amount, OWED_ROW * row, amount * room // most if most else 0)
        for row, (name, amount) in enumerate(owed.parts)
    ]


def months(amounts: Iterable[tuple[str, Kind, int]], today: date) -> Months:
    """Bars for the month at hand and those before it, of yuan by month (ISO) and kind."""
    sums = Counter[tuple[str, str]]()
    for month, kind, amount in amounts:
        for name, kinds in SERIES:
            if kind in kinds:
                sums[month, name] += amount
    rows = [(month, [sums[month, name] for name, _ in SERIES]) for month in _months(today)]
    most = max(max(amounts) for _, amounts in rows)
    step = (WIDTH - AXIS) / MONTHS
    names = [(_round(AXIS + step * (place + 0.5)), month) for place, (month, _) in enumerate(rows)]
    return Months(rows, _bars(rows, most, step), _marks(most), names)


def _months(today: date) -> list[str]:
    last = today.year * 12 + today.month - 1
    return [f"{month // 12}-{month % 12 + 1:02}" for month in range(last - MONTHS + 1, last + 1)]


def _bars(rows: Sequence[tuple[str, Sequence[int]]], most: int, step: float) -> list[Bar]:
    width = step * 0.8 / len(SERIES)
    bars = []
    for place, (_, amounts) in enumerate(rows):
        for colour, amount in enumerate(amounts):
            height = amount * (HEIGHT - _ROOM) / most if most else 0.0
            x = AXIS + step * place + step * 0.1 + width * colour
            if amount:
                bars.append(
                    Bar(_round(x), _round(HEIGHT - height), _round(width * 0.9), _round(height), colour)
                )
    return bars


def _marks(most: int) -> list[tuple[float, int]]:
    shown = sorted({0, most // 2, most})
    return [
        (_round(HEIGHT - amount * (HEIGHT - _ROOM) / most) if most else HEIGHT, amount) for amount in shown
    ]


def _round(number: float) -> float:
    return round(number, 1)
