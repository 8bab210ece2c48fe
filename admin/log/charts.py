"""Two charts as SVG without script or style; the tables under them hold the same numbers."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from admin.log.looking import Lines

WIDTH: Final = 720
HEIGHT: Final = 180
AXIS: Final = 34
"""User units left of the bars, for the numbers."""
FOOT: Final = 18
SHADES: Final = 5
CELL: Final = 27
ROW: Final = 24
COLOURS: Final = 6
MOST_DAYS: Final = 62
MOST_WEEKS: Final = 400
WEEK: Final = 7
HOURS: Final = 24


@dataclass(frozen=True)
class Part:
    """One desk's share of a bar: `colour` counts from 0."""

    x: float
    y: float
    width: float
    height: float
    colour: int


@dataclass(frozen=True)
class Bars:
    """Bars for days, weeks or months, one on the other for each desk.

    Attributes:
        rows: for the table: what a bar stands for, and the number of each desk.
        every: how long one bar is: "day", "week" or "month".
        marks: numbers beside the bars, each with its height on the page.
        names: what some of the bars stand for, each with its place.
    """

    desks: Sequence[str]
    rows: Sequence[tuple[str, Sequence[int]]]
    every: str
    parts: Sequence[Part]
    marks: Sequence[tuple[float, int]]
    names: Sequence[tuple[float, str]]

    @property
    def total(self) -> int:
        """All that is counted."""
        return sum(sum(counts) for _, counts in self.rows)


@dataclass(frozen=True)
class Cell:
    """One hour of a weekday; `shade` is 0 for none, `SHADES` for the most."""

    x: int
    y: int
    shade: int


@dataclass(frozen=True)
class Heat:
    """Weekdays (Monday first) by hours of the day, UTC."""

    counts: Sequence[Sequence[int]]
    cells: Sequence[Cell]


def bars(lines: Lines, since: date, until: date) -> Bars:
    """Bars from counts by day and desk, for all days from `since` to `until`."""
    every, begin = _pieces((until - since).days + 1)
    counts: Counter[tuple[str, str]] = Counter()
    for day, desk, count in lines:
        counts[begin(date.fromisoformat(day)), desk] += count
    desks = sorted({desk for _, desk in counts})
    labels = list(dict.fromkeys(begin(since + timedelta(days=n)) for n in range((until - since).days + 1)))
    rows = [(label, [counts[label, desk] for desk in desks]) for label in labels]
    most = max((sum(numbers) for _, numbers in rows), default=0)
    return Bars(desks, rows, every, _parts(rows, most), _marks(most), _names(labels))


def heat(lines: Lines) -> Heat:
    """Cells from counts by weekday and hour."""
    counts = [[0] * HOURS for _ in range(WEEK)]
    for weekday, hour, count in lines:
        counts[weekday][hour] += count
    most = max(map(max, counts))
    cells = [
        Cell(AXIS + CELL * hour, ROW * weekday, -(-SHADES * count // most) if count else 0)
        for weekday, row in enumerate(counts)
        for hour, count in enumerate(row)
    ]
    return Heat(counts, cells)


def _pieces(days: int) -> tuple[str, Callable[[date], str]]:
    """How long one bar is, and what the one of a day is called."""
    if days <= MOST_DAYS:
        return "day", date.isoformat
    if days <= MOST_WEEKS:
        return "week", lambda day: (day - timedelta(days=day.weekday())).isoformat()
    return "month", lambda day: day.isoformat()[: len("2026-01")]


def _parts(rows: Sequence[tuple[str, Sequence[int]]], most: int) -> list[Part]:
    step = (WIDTH - AXIS) / max(len(rows), 1)
    parts = []
    for place, (_, numbers) in enumerate(rows):
        top = float(HEIGHT)
        for colour, number in enumerate(numbers):
            height = number * (HEIGHT - 10) / most if most else 0.0
            top -= height
            if number:
                x = AXIS + step * place + step * 0.1
                parts.append(
                    Part(_round(x), _round(top), _round(step * 0.8), _round(height), colour % COLOURS)
                )
    return parts


def _marks(most: int) -> list[tuple[float, int]]:
    shown = sorted({0, most // 2, most})
    return [(_round(HEIGHT - number * (HEIGHT - 10) / most) if most else HEIGHT, number) for number in shown]


def _names(labels: Sequence[str]) -> list[tuple[float, str]]:
    step = (WIDTH - AXIS) / max(len(labels), 1)
    apart = max(1, -(-len(labels) // 8))
    return [
        (_round(AXIS + step * (place + 0.5)), label)
        for place, label in enumerate(labels)
        if place % apart == 0
    ]


def _round(number: float) -> float:
    return round(number, 1)
