"""What happens to 100,000 awards in some years: statements in the order of the log, and the rows they leave.

A mixture as a country's office has it: most are collected, some expire, are cancelled or paid by name; some
thousand wait for a step. No budget has room at the end, so what is approved waits.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

from crypto.keys import SigningKey
from crypto.randomness import random_bytes
from tipline.ids import INTAKE
from tipline.keeper.rewards.money import KeyRow, VoucherRow
from tipline.rewards.amounts import split
from tipline.rewards.award import Award
from tipline.rewards.days import proof_of, stated
from tipline.rewards.ledger import Budget
from tipline.rewards.pools import Pool, may_grow
from tipline.rewards.rules import COLLECT_MONTHS, DEFAULT_REWARD_RULES, PICKUP_DAYS, months_after
from tipline.rewards.scoring import Duty, Factor, Major, Novelty, Tier
from tipline.roster.rules import KEEPER

POINT: Final = "counter"
AMOUNTS: Final = (1_000, 1_000, 1_500, 2_000)
WAITING: Final = 100
"""One of so many awards waits for a verifier, another for an approver, and another for a budget."""
QUIET: Final = timedelta(days=60)
"""So long nothing comes back under fresh keys: too few awards would stay behind."""
_SET: Final = 400_000_000  # a year's budget, until the end
_MIDNIGHT: Final = 60
_STEP: Final = 30  # seconds between two entries of a day
_FATES: Final = "--c-eeee-n" + 9 * "----------" + "---------s" + "-"
"""What becomes of one granted award after another: cancelled, expired, named, settled, or collected."""

Body = dict[str, Any]
Key = tuple[int, int]


@dataclass(frozen=True)
class People:
    """Ids of those who sign, and the reporters' key: one for all, of whom nobody signs in.

    `log` is the log's name.
    """

    proposer: str
    verifier: str
    approver: str
    leader: str
    clerks: tuple[str, str]
    claim: SigningKey
    log: str


@dataclass
class Rows:
    """What the keeper's tables hold in the end."""

    awards: dict[int, Award] = field(default_factory=dict)
    """By the award's number."""
    budgets: dict[int, Budget] = field(default_factory=lambda: defaultdict(Budget))
    keys: dict[Key, KeyRow] = field(default_factory=dict)
    vouchers: dict[bytes, VoucherRow] = field(default_factory=dict)
    day: str = ""
    """The last one that a `reward-day` covers."""


class Lives:
    """A log about money, statement by statement, from the place where it begins."""

    def __init__(self, people: People, keys: Mapping[int, Mapping[int, str]], place: int) -> None:
        """Let it begin at a place in the log, under these keys: year, value, modulus."""
        self.rows = Rows()
        self._people, self._moduli, self._place = people, keys, place
        self._waiting, self._begun = 0, date.min
        self._later: defaultdict[date, list[Callable[[date], Iterator[Body]]]] = defaultdict(list)
        self._collected: defaultdict[date, list[int]] = defaultdict(list)
        self._sizes: defaultdict[Key, Counter[int]] = defaultdict(Counter)
        self._back: defaultdict[date, list[VoucherRow]] = defaultdict(list)

    def live(self, number: int, first: date, last: date) -> Iterator[tuple[int, Body]]:
        """So many awards, proposed evenly from one day to another; each with its moment in Unix seconds."""
        days, self._waiting, self._begun = (last - first).days, number // WAITING, first
        proposed = 0
        for past in range(days + 1):
            day, upto = first + timedelta(days=past), number * (past + 1) // (days + 1)
            moment = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) + _MIDNIGHT
            for body in self._day(day, range(proposed, upto), number, is_first=not past, is_last=day == last):
                yield moment, body
                self._place += 1
                moment += _STEP
            proposed = upto

    def _day(
        self, day: date, numbers: range, number: int, *, is_first: bool, is_last: bool
    ) -> Iterator[Body]:
        yield from self._close(day - timedelta(days=1))
        if is_first or day.day == day.month == 1:
            yield from self._open_year(day.year)
        for happens in self._later.pop(day, []):
            yield from happens(day)
        for each in numbers:
            yield from self._propose(each, number - each, day)
        if is_last:
            for year, budget in sorted(self.rows.budgets.items()):
                yield self._set_budget(year, budget.granted - budget.returned)

    def _open_year(self, year: int) -> Iterator[Body]:
        named = [{"value": value, "n": modulus} for value, modulus in sorted(self._moduli[year].items())]
        yield {"type": "mint-keys", "by": [KEEPER], "year": year, "keys": named}
        for value in self._moduli[year]:
            self.rows.keys[year, value] = KeyRow(year, value)
        yield self._set_budget(year, _SET)

    def _set_budget(self, year: int, amount: int) -> Body:
        budget = self.rows.budgets[year]
        self.rows.budgets[year] = Budget(amount, budget.granted, budget.returned)
        both = sorted((self._people.approver, self._people.leader))
        return {"type": "reward-budget", "by": both, "year": year, "amount": amount, "reason": _reason()}

    def _propose(self, number: int, left: int, day: date) -> Iterator[Body]:
        people, index = self._people, self._place
        award = Award(
            index=index,
            tip=random_bytes(16).hex(),
            claim=people.claim.public.raw.hex(),
            desk=INTAKE,
            tier=Tier.ORDINARY,
            amount=AMOUNTS[number % len(AMOUNTS)],
            share="",
            proposer=people.proposer,
            proposed=day.isoformat(),
        )
        self.rows.awards[index] = award
        yield {
            "type": "reward-proposal",
            "by": [award.proposer],
            **{"tip": award.tip, "desk": award.desk, "tier": award.tier.value, "amount": award.amount},
            "major": [Major.SERIOUS.value],
            "scores": {factor.value: 1 for factor in Factor},
            **{"novelty": Novelty.NEW.value, "duty": Duty.NONE.value, "share": "", "reason": _reason()},
        }
        if left > 3 * self._waiting or left <= 2 * self._waiting:
            yield from self._judge(number, index, day, left)

    def _judge(self, number: int, index: int, day: date, left: int) -> Iterator[Body]:
        people, award, is_refused = self._people, self.rows.awards[index], number % 50 == 0
        award = award.verified(people.verifier, day, confirmed=not is_refused)
        self.rows.awards[index] = award
        told = {"award": index, "outcome": "true", "number": "", "reason": {}}
        yield {"type": "reward-check", "by": [people.verifier], **told, "confirmed": not is_refused}
        if is_refused or self._waiting < left <= 2 * self._waiting:
            return
        place = self._place
        rules = DEFAULT_REWARD_RULES
        award = award.decided(people.approver, day, award.amount, rules, approved=True, index=place)
        self.rows.awards[index] = award
        told = {"award": index, "amount": award.amount, "approved": True, "reason": {}}
        yield {"type": "reward-approval", "by": [people.approver], **told}
        if left > 3 * self._waiting:
            yield self._grant(index, day)
            self._fate(number, index, day)

    def _grant(self, index: int, day: date) -> Body:
        award = self._put(self.rows.awards[index].set_aside(day))
        self.rows.budgets[day.year] = self.rows.budgets[day.year].with_granted(award.amount)
        told = {**_named(award), "claim": award.claim, "year": day.year, "until": award.until}
        return {"type": "reward-grant", "by": [KEEPER], **told}

    def _fate(self, number: int, index: int, day: date) -> None:
        soon = day + timedelta(days=1 + number * 7 % 90)
        fate = number % len(_FATES)
        if _FATES[fate] == "c":
            self._later[soon].append(partial(self._cancel, index))
        elif _FATES[fate] in "ns":
            self._later[soon].append(partial(self._name, index, _FATES[fate] == "s"))
        elif _FATES[fate] == "e":
            over = months_after(day, COLLECT_MONTHS) + timedelta(days=1)
            self._later[over].append(partial(self._expire, index))
        else:
            self._later[soon].append(partial(self._collect, number, index))

    def _cancel(self, index: int, day: date) -> Iterator[Body]:
        award = self._end(self.rows.awards[index].cancelled(day), day)
        both = sorted((self._people.approver, self._people.leader))
        yield {"type": "reward-cancel", "by": both, "award": award.index, "reason": _reason()}

    def _expire(self, index: int, day: date) -> Iterator[Body]:
        award = self._end(self.rows.awards[index].expired(day), day)
        yield {"type": "reward-expired", "by": [KEEPER], **_named(award), "year": day.year}

    def _end(self, award: Award, day: date) -> Award:
        self.rows.budgets[day.year] = self.rows.budgets[day.year].with_returned(award.amount)
        return self._put(award)

    def _name(self, index: int, settles: bool, day: date) -> Iterator[Body]:
        award = self._put(self.rows.awards[index].by_name(day))
        yield {"type": "reward-named", "by": [KEEPER], **_named(award), "signature": "00" * 64}
        if settles:
            self._later[day + timedelta(days=3)].append(partial(self._pay_named, index))

    def _pay_named(self, index: int, day: date) -> Iterator[Body]:
        payee = _reason()
        for clerk in self._people.clerks:
            award = self.rows.awards[index]
            award = self._put(award.paid_by_name(clerk, day, award.amount, payee["hash"]))
            yield {"type": "pay-named", "by": [clerk], "award": index, "amount": award.amount, **payee}

    def _collect(self, number: int, index: int, day: date) -> Iterator[Body]:
        """No statement tells of it, but for that of the day."""
        award = self.rows.awards[index]
        proof = self._people.claim.sign(proof_of(self._people.log, award.tip, index, day.year))
        award = award.minted(day, day.year, random_bytes(32).hex(), proof.hex())
        self.rows.awards[index] = award
        self._collected[day].append(index)
        for value, count in split(award.amount, self._moduli[day.year]):
            key = self.rows.keys[day.year, value]
            self.rows.keys[day.year, value] = key._replace(minted=key.minted + count, awards=key.awards + 1)
            for place in range(count):
                if (number + place) % 4:
                    later = day + timedelta(days=1 + number * 13 % 90)
                    quiet = max(date(day.year, 1, 1), self._begun) + QUIET
                    if later < quiet:
                        later = quiet + timedelta(days=number * 13 % 90)
                    self._later[later].append(partial(self._present, number, (day.year, value)))
        yield from ()

    def _present(self, number: int, key: Key, day: date) -> Iterator[Body]:
        row = self.rows.keys[key]
        left = Pool(self._sizes[key], row.presented).lets_go(1, DEFAULT_REWARD_RULES.crowd)
        if not left and may_grow(row.year, day):
            return  # it never comes
        self.rows.keys[key] = row._replace(presented=row.presented + 1)
        until = (day + timedelta(days=PICKUP_DAYS)).isoformat()
        voucher = VoucherRow(
            random_bytes(32), *key, 0, random_bytes(16), POINT, until, "", "", "", "", day.isoformat()
        )
        self._back[day].append(voucher)
        self.rows.vouchers[voucher.spent] = voucher
        if number % 8 != 1:
            self._later[day + timedelta(days=2)].append(partial(self._pay, voucher))
        yield from ()

    def _pay(self, voucher: VoucherRow, day: date) -> Iterator[Body]:
        told, (first, second) = voucher.pickup.hex(), self._people.clerks
        for clerk in (first, second):
            named = {"pickup": told, "point": POINT, "value": voucher.value}
            yield {"type": "pay", "by": [clerk], **named}
        today = day.isoformat()
        paid = voucher._replace(first=first, second=second, first_day=today, paid_day=today)
        self.rows.vouchers[voucher.spent] = paid
        row = self.rows.keys[voucher.year, voucher.value]
        self.rows.keys[voucher.year, voucher.value] = row._replace(paid=row.paid + 1)

    def _close(self, day: date) -> Iterator[Body]:
        collected, back = self._collected.pop(day, []), self._back.pop(day, [])
        if not collected and not back:
            return
        minted = Counter[Key]()
        for index in collected:
            for value, count in split(self.rows.awards[index].amount, self._moduli[day.year]):
                minted[day.year, value] += count
                self._sizes[day.year, value][count] += 1
        self.rows.day = day.isoformat()
        named = [(index, self.rows.awards[index].proof) for index in collected]
        presented = [(voucher.year, voucher.value, voucher.spent.hex()) for voucher in back]
        counts = [(*key, count) for key, count in minted.items()]
        for told in stated(day.isoformat(), named, counts, presented):
            yield {"by": [KEEPER], **told}

    def _put(self, award: Award) -> Award:
        """An award of which the reporter is told by the next statement."""
        self.rows.awards[award.index] = told = replace(award, told=self._place)
        return told


def _named(award: Award) -> Body:
    return {"award": award.index, "tip": award.tip, "amount": award.amount}


def _reason() -> Body:
    return {"item": random_bytes(16).hex(), "hash": random_bytes(32).hex()}
