"""Rows against the log: the keeper's own books, held against what replaying the statements gives.

What was collected or presented since the last `reward-day` stands in rows alone: it is counted here from the
rows' own days, so that the two sides are compared to the yuan on every day.
Source: docs/decisions/0010-rewards.md, "Ledger and reconciliation".
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

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


_ORDER: Final = tuple(Where)


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


class Reconciling:
    """Rows held against one ledger, each again when it or what the log says of it has changed."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._day = ledger, ""
        self._awards: dict[int, Award] = {}
        self._vouchers: dict[str, VoucherRow] = {}
        self._paid: dict[str, str] = {}  # value and day, by pickup code
        self._paid_under: Counter[Key] = Counter()
        self._fresh: set[int] = set()  # awards collected since the last `reward-day`
        self._fresh_vouchers: set[str] = set()  # that came back since then
        self._again: set[int] = {*ledger.awards}
        self._hashes: set[str] = {*ledger.tills.spent, *ledger.tills.payments}
        self._different: dict[tuple[Where, int | str], Difference] = {}

    def take(self, awards: Iterable[Award], vouchers: Iterable[VoucherRow]) -> None:
        """Rows that are new, or were written anew."""
        for award in awards:
            self._awards[award.index] = award
            self._again.add(award.index)
        for voucher in vouchers:
            before = self._vouchers.get(voucher.spent)
            if before is not None and before.paid_day:
                self._paid.pop(before.pickup, None)
                self._paid_under[before.key] -= 1
                self._hashes.add(before.pickup)
            if voucher.paid_day:
                self._paid[voucher.pickup] = f"{voucher.key[1]} {voucher.paid_day}"
                self._paid_under[voucher.key] += 1
            self._vouchers[voucher.spent] = voucher
            self._hashes.update((voucher.spent, voucher.pickup))

    def differences(
        self, budgets: Mapping[int, Budget], keys: Mapping[Key, KeyRow]
    ) -> tuple[Difference, ...]:
        """Every figure that the two do not agree on; none when the books are right."""
        self._bring_forward()
        found = sorted(self._different.items(), key=lambda one: (_ORDER.index(one[0][0]), one[0][1]))
        by_one = [difference for _, difference in found]
        at_awards = sum(one.where is Where.AWARD for one in by_one)
        return (
            *by_one[:at_awards],
            *_compared(Where.BUDGET, budgets, self._ledger.budgets, Budget()),
            *self._keys(keys),
            *by_one[at_awards:],
            *_sheet(self._ledger),
        )

    def _bring_forward(self) -> None:
        ledger, tills = self._ledger, self._ledger.tills
        self._again |= ledger.touched
        self._hashes |= tills.touched
        if tills.day != self._day:  # what was of a day that is told now is held against what was told
            self._day = tills.day
            self._again |= self._fresh
            self._hashes |= self._fresh_vouchers
        for index in self._again:
            self._compare_award(index)
        for digest in self._hashes:
            self._compare_voucher(digest)
            self._compare_payment(digest)
        for done in (self._again, self._hashes, ledger.touched, tills.touched):
            done.clear()

    def _compare_award(self, index: int) -> None:
        row = self._awards.get(index)
        told, stated = _told(row, self._day), _told(self._ledger.awards.get(index), "9999-12-31")
        self._note(Where.AWARD, index, told, stated)
        is_fresh = row is not None and row.state is AwardState.COLLECTED and row.collected > self._day
        (self._fresh.add if is_fresh else self._fresh.discard)(index)

    def _compare_voucher(self, spent: str) -> None:
        row, key = self._vouchers.get(spent), self._ledger.tills.spent.get(spent)
        is_fresh = row is not None and row.day > self._day
        (self._fresh_vouchers.add if is_fresh else self._fresh_vouchers.discard)(spent)
        told = f"{row.key[0]}-{row.key[1]}" if row is not None and not is_fresh else ""
        self._note(Where.PRESENTED, spent, told, f"{key[0]}-{key[1]}" if key else "")

    def _compare_payment(self, pickup: str) -> None:
        said = self._ledger.tills.payments.get(pickup)
        stated = f"{said.value} {said.paid_day}" if said is not None and said.is_paid else ""
        self._note(Where.PAID, pickup, self._paid.get(pickup, ""), stated)

    def _note(self, where: Where, name: int | str, row: str, log: str) -> None:
        if row == log:
            self._different.pop((where, name), None)
        else:
            self._different[where, name] = Difference(where, str(name), row, log)

    def _keys(self, rows: Mapping[Key, KeyRow]) -> Iterator[Difference]:
        ledger = self._ledger
        minted, awards = self._since()
        presented = Counter(self._vouchers[spent].key for spent in self._fresh_vouchers)
        for key in sorted({*rows, *ledger.tills.keys}):
            name, row, log = f"{key[0]}-{key[1]}", rows.get(key), ledger.tills.keys.get(key)
            if row is None or log is None:
                yield Difference(Where.KEY, name, str(row or ""), str(log or ""))
                continue
            pairs = (
                (Where.MINTED, row.minted, log.minted + minted[key]),
                (Where.MINTED, row.awards, log.awards + awards[key]),
                (Where.PRESENTED, row.presented, log.presented + presented[key]),
                (Where.PAID, row.paid, self._paid_under[key]),
                (Where.KEY, row.opened, log.opened),
                (Where.KEY, row.returned, log.returned or 0),
            )
            yield from (Difference(where, name, str(a), str(b)) for where, a, b in pairs if a != b)

    def _since(self) -> tuple[Counter[Key], Counter[Key]]:
        """Vouchers and awards by key that were collected since the last `reward-day`."""
        minted, awards = Counter[Key](), Counter[Key]()
        for award in (self._awards[index] for index in self._fresh):
            for value, count in split(award.amount, self._ledger.tills.values_of(award.year)):
                minted[award.year, value] += count
                awards[award.year, value] += 1
        return minted, awards


def _told(award: Award | None, day: str) -> str:
    """An award in words that both sides have; the exact day of collecting stands in rows alone."""
    if award is None:
        return ""
    state = award.state
    if state is AwardState.COLLECTED and award.collected > day:
        state = AwardState.GRANTED
    people = " ".join((award.proposer, award.verifier, *award.approvers)).strip()
    parts = (state.value, award.tip, award.amount, award.share, people, award.granted, award.until)
    return " · ".join(str(part) for part in parts if part)


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
