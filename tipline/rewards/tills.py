"""Vouchers as the log knows them: how many were minted under each key, which were presented, what was paid.

    mint-keys ─▶ reward-day: so many minted for these awards ─▶ reward-day: these hashes presented
    pay by one clerk ─▶ pay by another, the same day ─▶ (pay-undo by two others)
    key-expired: what was minted and never paid goes back to a budget

Nothing here leads from an award to a voucher: days, sums and hashes are all that is stated.
Source: docs/decisions/0010-rewards.md.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import takewhile
from typing import Any, Final

from tipline.rewards.errors import require
from tipline.rewards.pools import Pool, Sizes, may_grow
from tipline.rewards.rules import last_day_of_vouchers

Key = tuple[int, int]
"""A mint key: year and value."""
TWO: Final = 2


@dataclass(frozen=True)
class KeyTotals:
    """What became of one key: vouchers minted and of how many awards, vouchers presented.

    `sizes` says how many awards have how many of them. `opened` when two people opened it. `returned` are the
    yuan that went back to a budget when it expired; None before.
    """

    minted: int = 0
    awards: int = 0
    presented: int = 0
    opened: bool = False
    returned: int | None = None
    sizes: Sizes = field(default_factory=dict)


@dataclass(frozen=True)
class Payment:
    """What two clerks confirmed for one pickup code (its digest is what names it).

    Days are UTC and ISO; `second` and `paid_day` are empty before the second clerk. `undone` when two other
    people took the payment back.
    """

    value: int
    point: str
    first: str
    first_day: str
    second: str = ""
    paid_day: str = ""
    undone: bool = False

    @property
    def is_paid(self) -> bool:
        """Whether the money went out, and nobody took that back."""
        return bool(self.paid_day) and not self.undone


class Tills:
    """Keys, vouchers and payments at one place of a log."""

    def __init__(self) -> None:
        self.keys: dict[Key, KeyTotals] = {}
        self.spent: dict[str, Key] = {}
        """Hash of each voucher that was presented (64 hex digits), and its key."""
        self.payments: dict[str, Payment] = {}
        """By the digest of the pickup code (32 hex digits)."""
        self.day = ""
        """The last day that a `reward-day` covers (ISO)."""
        self.touched: set[str] = set()
        """Vouchers and codes, by their digests, of which something was stated since somebody emptied this."""
        self._expired_paid: Counter[int] = Counter()  # payments that expired keys claim, by value
        self._paid: Counter[int] = Counter()  # payments that stand, by value
        self._paid_on: defaultdict[str, Counter[int]] = defaultdict(Counter)  # by day, the oldest first

    def values_of(self, year: int) -> tuple[int, ...]:
        """The values that have a key of this year, ascending."""
        return tuple(sorted(value for one, value in self.keys if one == year))

    def paid(self, day: str = "9999-12-31") -> Counter[int]:
        """How many payments stand, by value, of those that were made up to a day (ISO)."""
        found = Counter(self._paid)
        for later in takewhile(lambda one: one > day, reversed(self._paid_on)):
            found.subtract(self._paid_on[later])
        return +found

    def make_keys(self, body: Mapping[str, Any]) -> None:
        """`mint-keys`: the keys of a year, once.

        Raises:
            LedgerBroken: there are some already, or a value comes twice.
        """
        year, values = body["year"], [key["value"] for key in body["keys"]]
        require(not self.values_of(year), "the year has its keys already")
        require(values == sorted(set(values)) and bool(values), "the keys are malformed")
        self.keys.update({(year, value): KeyTotals() for value in values})

    def open_key(self, body: Mapping[str, Any]) -> None:
        """`reward-open`: vouchers of a key are paid though few awards were collected under it.

        Raises:
            LedgerBroken: there is no such key, or it was opened before, or has expired.
        """
        key = (body["year"], body["value"])
        totals = self._totals(key)
        require(not totals.opened and totals.returned is None, "the key was opened before, or has expired")
        self.keys[key] = replace(totals, opened=True)

    def mint(self, year: int, minted: Mapping[int, int], splits: Iterable[Iterable[int]]) -> None:
        """Count what a `reward-day` says was minted.

        Args:
            minted: vouchers by value.
            splits: for each award that was collected, the values that it was split into.

        Raises:
            LedgerBroken: other vouchers were minted than the awards are split into.
        """
        due, sizes = Counter[int](), defaultdict[int, Counter[int]](Counter)
        for values in splits:
            counted = Counter(values)
            due.update(counted)
            for value, size in counted.items():
                sizes[value][size] += 1
        require(dict(due) == dict(minted), "other vouchers were minted than the awards come to")
        for value, count in due.items():
            totals = self._totals((year, value))
            require(totals.returned is None, "vouchers were minted under a key that had expired")
            self.keys[year, value] = replace(
                totals,
                minted=totals.minted + count,
                awards=totals.awards + sizes[value].total(),
                sizes=sizes[value] + Counter(totals.sizes),
            )

    def require_pool(self, key: Key, count: int, least: int, day: date) -> None:
        """Hold what was presented on a day against the key's pool, before that day's awards are counted.

        Args:
            count: vouchers presented on that day.
            least: awards that must still be able to have a voucher out under a key that nobody opened.

        Raises:
            LedgerBroken: fewer are left, and the key's year was not over.
        """
        totals = self._totals(key)
        if totals.opened or not may_grow(key[0], day):
            return
        left = Pool(totals.sizes, totals.presented).lets_go(count, least)
        require(left, "too few awards could still have a voucher out under the key")

    def present(self, key: Key, hashes: Iterable[str]) -> None:
        """Count the vouchers of one key that a `reward-day` says were presented, none of them twice in it.

        Raises:
            LedgerBroken: one was presented before, or there are more than were minted.
        """
        totals, new = self._totals(key), list(hashes)
        require(not any(one in self.spent for one in new), "a voucher was presented twice")
        over = last_day_of_vouchers(key[0]).isoformat()
        require(self.day < over and totals.returned is None, "a voucher was presented after its last day")
        require(totals.presented + len(new) <= totals.minted, "more vouchers were presented than minted")
        self.spent.update(dict.fromkeys(new, key))
        self.touched.update(new)
        self.keys[key] = replace(totals, presented=totals.presented + len(new))

    def close_day(self, day: str) -> None:
        """Go on behind a `reward-day`.

        Raises:
            LedgerBroken: up to that day more was paid out than vouchers were presented.
        """
        # An expired key pays nothing any more: it has paid what it said, and what it gave back is gone.
        most = Counter(self._expired_paid)
        for (_, value), totals in self.keys.items():
            most[value] += totals.presented if totals.returned is None else 0
        require(self.paid(day) <= most, "more vouchers were paid than presented")
        self.day = day

    def pay(self, body: Mapping[str, Any], day: str, pays: Callable[[str], bool]) -> None:
        """`pay`: the first clerk's, or another's, who confirms it on the same day.

        Args:
            pays: whether somebody who was a pay clerk is one still.

        Raises:
            LedgerBroken: paid before, the same clerk twice, another value or point, a value of which no key
                is good.
        """
        (clerk,), pickup = body["by"], body["pickup"]
        known = self.payments.get(pickup)
        new = Payment(body["value"], body["point"], clerk, day)
        good = (value for (_, value), totals in self.keys.items() if totals.returned is None)
        require(new.value in good, "no key that is good has this value")
        require(known is None or not known.paid_day, "this code was paid before")
        if known is None or known.first_day < day or not pays(known.first):
            # Meanwhile the code may have gone to another point.
            self.payments[pickup] = new
            return
        same = (known.value, known.point) == (new.value, new.point)
        require(same, "the second clerk confirmed something else than the first")
        require(known.first != clerk, "one clerk confirmed a payment twice")
        self.payments[pickup] = replace(known, second=clerk, paid_day=day)
        self.touched.add(pickup)
        self._count(self.payments[pickup], 1)

    def undo(self, body: Mapping[str, Any]) -> None:
        """`pay-undo`: two people who did not confirm it take a payment back.

        Raises:
            LedgerBroken: there was none, one of them confirmed it, or its key has expired.
        """
        known = self.payments.get(body["pickup"])
        require(known is not None and known.is_paid, "it takes back what was not paid")
        if known is not None:
            require(known.value == body["value"], "it takes back another value than was paid")
            others = {known.first, known.second}.isdisjoint(body["by"])
            require(others and len(body["by"]) == TWO, "whoever confirmed a payment does not take it back")
            self.payments[body["pickup"]] = replace(known, undone=True)
            self.touched.add(body["pickup"])
            self._count(known, -1)
            require(self._expired_paid <= self.paid(), "it takes back what an expired key has paid")

    def expire(self, body: Mapping[str, Any], today: date) -> int:
        """`key-expired`: what was minted and never paid goes back; the yuan that go.

        Raises:
            LedgerBroken: the key is good still, or the sums are others.
        """
        key, paid = (body["year"], body["value"]), body["paid"]
        totals = self._totals(key)
        require(totals.returned is None, "the key had expired before")
        require(last_day_of_vouchers(body["year"]) < today, "the key's vouchers are good still")
        require(body["minted"] == totals.minted, "another number of vouchers was minted")
        require(0 <= paid <= totals.presented, "more vouchers were paid than presented")
        self._expired_paid[body["value"]] += paid
        require(self._expired_paid <= self.paid(), "expired keys claim more payments than there were")
        back: int = (totals.minted - paid) * key[1]
        require(body["returned"] == back, "another sum goes back than was minted and not paid")
        self.keys[key] = replace(totals, returned=back)
        return back

    @property
    def out(self) -> int:
        """Yuan in vouchers that were minted, did not expire, and were not paid."""
        minted = sum(totals.minted * value for (_, value), totals in self.keys.items())
        back = sum(totals.returned or 0 for totals in self.keys.values())
        return minted - back - self.paid_out

    @property
    def paid_out(self) -> int:
        """Yuan that clerks paid for vouchers."""
        return sum(value * count for value, count in self.paid().items())

    def _count(self, payment: Payment, number: int) -> None:
        """Count a payment that stands from now on, or no longer."""
        self._paid[payment.value] += number
        self._paid_on[payment.paid_day][payment.value] += number

    def _totals(self, key: Key) -> KeyTotals:
        require(key in self.keys, "there is no such key")
        return self.keys[key]
