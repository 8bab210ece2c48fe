"""The ledger by day: awards one by one, vouchers by key alone. Nothing here joins the two: nothing could."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple, Self

from crypto.errors import BadFormat
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
_NEWEST: Final = 99_999_999
"""A day as a number, and more than any."""


class VoucherDays(NamedTuple):
    """Of a voucher that came back: its key, two days (ISO; "" for not paid), and where it was paid."""

    year: int
    value: int
    day: str
    paid_day: str
    point: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what happened on a day.

    Attributes:
        day: UTC, ISO.
        amount: in yuan.
        award: the award's number; None where the line is about vouchers.
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

    @property
    def place(self) -> tuple[int | str, ...]:
        """Where it stands among others, the newest day first.

        Lines of one day stand in an order that says nothing: by what they are, never by when they came.
        """
        newest_first = _NEWEST - int(self.day.replace("-", ""))
        return newest_first, _ORDER[self.kind], self.year, self.value, self.award or 0, self.point

    def to_fields(self) -> dict[str, Any]:
        """As the keeper sends it."""
        fields = {**asdict(self), "kind": self.kind.value}
        return {name: value for name, value in fields.items() if value is not None}

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Self:
        """Read what the keeper sent.

        Raises:
            BadFormat: it is no line.
        """
        try:
            return cls(**{**fields, "kind": Kind(fields["kind"])})
        except (KeyError, TypeError, ValueError) as error:
            raise BadFormat("not a line of the ledger") from error


@dataclass(frozen=True)
class Wanted:
    """Which lines somebody asks for; what is empty asks for all. `since` and `until` are days (ISO)."""

    kind: str = ""
    year: str = ""
    value: str = ""
    since: str = ""
    until: str = ""

    def fits(self, line: Line) -> bool:
        """Whether a line is asked for."""
        return (
            self.kind in ("", line.kind.value)
            and self.year in ("", str(line.year))
            and self.value in ("", str(line.value))
            and self.since <= line.day
            and (not self.until or line.day <= self.until)
        )


@dataclass(frozen=True)
class KindSum:
    """Lines of one kind in sum: how many there are, their vouchers, and their yuan."""

    kind: Kind
    lines: int
    count: int
    amount: int


def sums_of(lines: Iterable[Line]) -> Sequence[KindSum]:
    """The same lines in sum, by kind; kinds that have none are left out."""
    number, count, amount = Counter[Kind](), Counter[Kind](), Counter[Kind]()
    for line in lines:
        number[line.kind] += 1
        count[line.kind] += line.count
        amount[line.kind] += line.amount
    return [KindSum(kind, number[kind], count[kind], amount[kind]) for kind in Kind if number[kind]]


def award_lines(award: Award) -> Iterator[Line]:
    """The lines about one award."""
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


def sum_line(kind: Kind, day: str, year: int, value: int, point: str, count: int) -> Line:
    """So many vouchers of one key in one line."""
    return Line(day, kind, value * count, None, year, value, count, point)
