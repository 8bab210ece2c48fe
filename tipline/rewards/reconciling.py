"""Rows against the log: the keeper's own books, held against what replaying the statements gives.

What was collected or presented since the last `reward-day` stands in rows alone: it is counted here from the
rows' own days, so that the two sides are compared to the yuan on every day.
Source: docs/decisions/0010-rewards.md, "Ledger and reconciliation".
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from tipline.rewards.amounts import split
from tipline.rewards.award import Award, AwardState
from tipline.rewards.ledger import Budget, Ledger
from tipline.rewards.tills import Key

Name = TypeVar("Name", int, str)
Figure = TypeVar("Figure")


@dataclass(frozen=True)
class KeyRow:
    """What the keeper counts for one mint key; `returned` in yuan, 0 before it expired."""

    minted: int
    awards: int
    presented: int
    paid: int
    opened: bool
    returned: int


@dataclass(frozen=True)
class VoucherRow:
    """A voucher that was presented: its hash (hex), key, the day (ISO) on which it first was; the digest of
    the pickup code that it has now (hex), and the day on which that was paid, if it was."""

    spent: str
    key: Key
    day: str
    pickup: str
    paid_day: str


@dataclass(frozen=True)
class Rows:
    """All that the keeper's tables say about money."""

    awards: Mapping[int, Award]
    budgets: Mapping[int, Budget]
    keys: Mapping[Key, KeyRow]
    vouchers: Iterable[VoucherRow]


class Where(StrEnum):
    """What differs."""

    AWARD = "award"
    BUDGET = "budget"
    MINTED = "minted"
    PRESENTED = "presented"
    PAID = "paid"
    KEY = "key"
    SHEET = "sheet"
    LOG = "log"
    """A statement that the books refuse; `name` is its place."""


@dataclass(frozen=True)
class Difference:
    """One figure that rows and log do not agree on.

    `name` says of what: an award's index, a year, "year-value" of a key; empty for the whole.
    """

    where: Where
    name: str
    rows: str
    log: str

    def to_fields(self) -> dict[str, Any]:
        """As the keeper sends it."""
        return {"where": self.where.value, "name": self.name, "rows": self.rows, "log": self.log}


def differences(ledger: Ledger, rows: Rows) -> tuple[Difference, ...]:
    """Every figure that the two do not agree on; none when the books are right."""
    vouchers = list(rows.vouchers)
    return (
        *_awards(ledger, rows.awards),
        *_compared(Where.BUDGET, rows.budgets, ledger.budgets, Budget()),
        *_keys(ledger, rows, vouchers),
        *_vouchers(ledger, vouchers),
        *_sheet(ledger),
    )


def _awards(ledger: Ledger, rows: Mapping[int, Award]) -> Iterator[Difference]:
    for index in sorted({*rows, *ledger.awards}):
        row, log = rows.get(index), ledger.awards.get(index)
        told, stated = _told(row, ledger.tills.day), _told(log, "9999-12-31")
        if told != stated:
            yield Difference(Where.AWARD, str(index), told, stated)


def _told(award: Award | None, day: str) -> str:
    """An award in words that both sides have; the exact day of collecting stands in rows alone."""
    if award is None:
        return ""
    if award.state is AwardState.COLLECTED and award.collected > day:
        award = replace(award, state=AwardState.GRANTED)
    people = " ".join((award.proposer, award.verifier, *award.approvers)).strip()
    parts = (award.state.value, award.tip, award.amount, award.share, people, award.granted, award.until)
    return " · ".join(str(part) for part in parts if part)


def _keys(ledger: Ledger, rows: Rows, vouchers: Iterable[VoucherRow]) -> Iterator[Difference]:
    minted, awards = _since(ledger, rows.awards)
    presented = Counter(one.key for one in vouchers if one.day > ledger.tills.day)
    paid = Counter(one.key for one in vouchers if one.paid_day)
    for key in sorted({*rows.keys, *ledger.tills.keys}):
        name, row, log = f"{key[0]}-{key[1]}", rows.keys.get(key), ledger.tills.keys.get(key)
        if row is None or log is None:
            yield Difference(Where.KEY, name, str(row or ""), str(log or ""))
            continue
        pairs = (
            (Where.MINTED, row.minted, log.minted + minted[key]),
            (Where.MINTED, row.awards, log.awards + awards[key]),
            (Where.PRESENTED, row.presented, log.presented + presented[key]),
            (Where.PAID, row.paid, paid[key]),
            (Where.KEY, row.opened, log.opened),
            (Where.KEY, row.returned, log.returned or 0),
        )
        yield from (Difference(where, name, str(a), str(b)) for where, a, b in pairs if a != b)


def _since(ledger: Ledger, rows: Mapping[int, Award]) -> tuple[Counter[Key], Counter[Key]]:
    """Vouchers and awards by key that were collected since the last `reward-day`."""
    minted, awards = Counter[Key](), Counter[Key]()
    for award in rows.values():
        if award.state is AwardState.COLLECTED and award.collected > ledger.tills.day:
            for value, count in split(award.amount, ledger.tills.values_of(award.year)):
                minted[award.year, value] += count
                awards[award.year, value] += 1
    return minted, awards


def _vouchers(ledger: Ledger, vouchers: Iterable[VoucherRow]) -> Iterator[Difference]:
    """Which vouchers were presented, and which codes paid: hash by hash."""
    stated = {spent: f"{key[0]}-{key[1]}" for spent, key in ledger.tills.spent.items()}
    rows = {one.spent: f"{one.key[0]}-{one.key[1]}" for one in vouchers if one.day <= ledger.tills.day}
    yield from _compared(Where.PRESENTED, rows, stated, "")
    paid = {one.pickup: f"{one.key[1]} {one.paid_day}" for one in vouchers if one.paid_day}
    said = {
        pickup: f"{one.value} {one.paid_day}" for pickup, one in ledger.tills.payments.items() if one.is_paid
    }
    yield from _compared(Where.PAID, paid, said, "")


def _sheet(ledger: Ledger) -> Iterator[Difference]:
    sheet = ledger.sheet()
    if not sheet.is_even:
        spent = sheet.balance + sheet.set_aside + sheet.out + sheet.paid
        yield Difference(Where.SHEET, "", str(spent), str(sheet.budget))


def _compared(
    where: Where, rows: Mapping[Name, Figure], log: Mapping[Name, Figure], nothing: Figure
) -> Iterator[Difference]:
    for name in sorted(rows.keys() | log.keys()):
        row, stated = rows.get(name, nothing), log.get(name, nothing)
        if row != stated:
            yield Difference(where, str(name), _shown(row), _shown(stated))


def _shown(figure: object) -> str:
    if isinstance(figure, Budget):
        return f"{figure.amount} · {figure.granted} · {figure.returned}"
    return str(figure)
