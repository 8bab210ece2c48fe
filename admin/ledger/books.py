"""The ledger by day: awards one by one, vouchers by key alone. Nothing here joins the two: nothing could.

Awards, what was minted and payments come from the keeper's rows; counter-entries, for auditors, from the log.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from tipline.keeper_client.rewards import KnownRewards
from tipline.rewards.amounts import split
from tipline.rewards.award import Award, AwardState


class Kind(StrEnum):
    """What a line of the ledger is about, in the order in which it happens."""

    GRANTED = "granted"
    EXTENDED = "extended"
    COLLECTED = "collected"
    NAMED = "named"
    MINTED = "minted"
    PRESENTED = "presented"
    PAID = "paid"
    SETTLED = "settled"
    UNDONE = "undone"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    KEY_EXPIRED = "key-expired"


_ORDER: Final = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Line:
    """One line: what happened on a day.

    Attributes:
        day: UTC, ISO.
        amount: in yuan.
        award: the award's number; None where the line is about vouchers, or about an award that the one who
            looks may not know of.
        year, value: those of the mint key; 0 where the line is about an award.
        count: how many vouchers.
        point: where they were paid.
    """

    day: str
    kind: Kind
    amount: int
    award: int | None = None
    year: int = 0
    value: int = 0
    count: int = 0
    point: str = ""


def ledger_lines(known: KnownRewards, shown: Iterable[Award], counter: Iterable[Line] = ()) -> Sequence[Line]:
    """All lines, the newest day first.

    Args:
        shown: the awards that the one who looks may know of.
        counter: lines that stand in the log alone.
    """
    awards = (line for award in shown for line in _of_award(award))
    found = [*awards, *_minted(known), *_presented(known), *_paid(known), *counter]
    # Lines of one day stand in an order that says nothing: by what they are, never by when they came.
    found.sort(key=lambda line: (_ORDER[line.kind], line.year, line.value, line.award or 0, line.point))
    return sorted(found, key=lambda line: line.day, reverse=True)


def values_of(known: KnownRewards, year: int) -> tuple[int, ...]:
    """The values of a year's keys, ascending."""
    return tuple(sorted(key.value for key in known.keys if key.year == year))


def _of_award(award: Award) -> Iterator[Line]:
    if award.granted:
        yield Line(award.granted, Kind.GRANTED, award.amount, award.index)
    if award.collected:
        by_name = award.state in (AwardState.NAMED, AwardState.SETTLED)
        yield Line(award.collected, Kind.NAMED if by_name else Kind.COLLECTED, award.amount, award.index)
    ended = _ENDED.get(award.state)
    if ended is not None and award.granted:
        yield Line(award.ended, ended, award.amount, award.index)


_ENDED: Final = {
    AwardState.SETTLED: Kind.SETTLED,
    AwardState.EXPIRED: Kind.EXPIRED,
    AwardState.CANCELLED: Kind.CANCELLED,
}


def _minted(known: KnownRewards) -> Iterator[Line]:
    counts = Counter[tuple[str, int, int]]()
    for one in known.awards:
        award = one.award
        if award.state is AwardState.COLLECTED:
            for value, count in split(award.amount, values_of(known, award.year)):
                counts[award.collected, award.year, value] += count
    for (day, year, value), count in counts.items():
        yield Line(day, Kind.MINTED, value * count, None, year, value, count)


def _presented(known: KnownRewards) -> Iterator[Line]:
    counts = Counter((one.day.isoformat(), one.year, one.value) for one in known.vouchers)
    for (day, year, value), count in counts.items():
        yield Line(day, Kind.PRESENTED, value * count, None, year, value, count)


def _paid(known: KnownRewards) -> Iterator[Line]:
    counts = Counter(
        (one.paid_day.isoformat(), one.year, one.value, one.point) for one in known.vouchers if one.paid_day
    )
    for (day, year, value, point), count in counts.items():
        yield Line(day, Kind.PAID, value * count, None, year, value, count, point)


def payment_line(day: str, body: Mapping[str, Any]) -> Line:
    """The line of a payment that was taken back later: its row is paid no more, so the log alone tells it."""
    return Line(day, Kind.PAID, body["value"], None, 0, body["value"], 1, body["point"])


def counter_line(day: str, body: Mapping[str, Any]) -> Line | None:
    """The line of a statement that stands in the log alone; None for all others."""
    kind = body["type"]
    if kind == "pay-undo":
        return Line(day, Kind.UNDONE, body["value"], None, 0, body["value"], 1)
    if kind == "key-expired":
        out = body["minted"] - body["paid"]
        return Line(day, Kind.KEY_EXPIRED, body["returned"], None, body["year"], body["value"], out)
    return Line(day, Kind.EXTENDED, 0, body["award"]) if kind == "reward-extend" else None
