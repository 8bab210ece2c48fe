"""The books of the rewards, as replaying their statements gives them: awards, budgets, vouchers, payments.

    budget = balance + set aside + vouchers out + paid, always

Pure: statements go in one by one, done ones alone, in the order of the log. The keeper holds its rows against
them, both verifiers (one by code of its own) hold the log against its rules, and the ledger page shows them.
Who may sign what is for the roster; here people are told apart, and that they kept the role until the second
word of two.
Source: docs/decisions/0010-rewards.md.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, NamedTuple

from tipline.rewards.amounts import is_amount, split
from tipline.rewards.award import OVER, OWED, UNDECIDED, Award, AwardRefused, AwardState
from tipline.rewards.days import DAY, Collected, Parts
from tipline.rewards.errors import LedgerBroken, require
from tipline.rewards.rules import COLLECT_MONTHS, RewardRules, months_after
from tipline.rewards.scoring import MOST_SCORE, Duty, Factor, Major, Novelty, Tier
from tipline.rewards.tills import Tills
from tipline.roster.types import APPROVER, PAY_CLERK, REWARD_ROLES

_NOWHERE: Final = -1
_NOT_ALLOWED: Final = "the award cannot take this step"
_REFUSED: Final = {
    "another-person": "one person took two steps of one award",
    "wrong-amount": "the amount lies outside the tier, or is another than the first approver's",
    "wrong-day": "an award was extended to a day that it cannot have",
    "award-expired": "the award had expired",
    "already-collected": "the award had been collected",
    "not-approved": "the two clerks mean two payees",
}


@dataclass(frozen=True)
class Budget:
    """A year's budget, in yuan: what was set, granted out of it, and what came back to it."""

    amount: int = 0
    granted: int = 0
    returned: int = 0

    @property
    def balance(self) -> int:
        """What can still be granted."""
        return self.amount - self.granted + self.returned

    def with_granted(self, amount: int) -> "Budget":
        """The same after an award was granted out of it."""
        return replace(self, granted=self.granted + amount)

    def with_returned(self, amount: int) -> "Budget":
        """The same after something came back to it."""
        return replace(self, returned=self.returned + amount)


@dataclass(frozen=True)
class Sheet:
    """Where all the money is, in yuan."""

    budget: int
    balance: int
    set_aside: int
    out: int
    paid: int

    @property
    def is_even(self) -> bool:
        """Whether nothing is missing and nothing too many."""
        return self.budget == self.balance + self.set_aside + self.out + self.paid


class Step(NamedTuple):
    """A statement in its place: the entry's place and UTC day, and the rules in force before it."""

    place: int
    day: date
    body: Mapping[str, Any]
    rules: RewardRules


class Ledger:
    """The books at one place of a log."""

    def __init__(self) -> None:
        self.awards: dict[int, Award] = {}
        self.budgets: dict[int, Budget] = {}
        self.tills = Tills()
        self.touched: set[int] = set()
        """Awards that took a step since somebody emptied this."""
        self._standing: defaultdict[AwardState, list[int]] = defaultdict(list)
        self._latest: dict[str, int] = {}  # by tip, its latest award: no other can be live
        self._parts = Parts()  # of a day that has no last statement yet
        self._gone: set[tuple[str, str]] = set()  # members, and roles that they have no longer
        self._crowd: int | None = None  # the present one, as of the last statement
        self._crowds: list[tuple[date, int]] = []  # earlier ones, each in force until that day at the latest
        self._steps: Final[Mapping[str, Callable[[Step], None]]] = {
            "reward-budget": self._set_budget,
            "reward-proposal": self._propose,
            "reward-check": self._verify,
            "reward-approval": self._approve,
            "reward-grant": self._grant,
            "reward-extend": self._extend,
            "reward-expired": self._expire,
            "reward-cancel": self._cancel,
            "reward-named": self._want_by_name,
            "pay-named": self._pay_by_name,
            DAY: self._close_day,
            "mint-keys": self._make_keys,
            "reward-open": lambda step: self.tills.open_key(step.body),
            "key-expired": self._expire_key,
            "pay": lambda step: self.tills.pay(step.body, step.day.isoformat(), self._pays),
            "pay-undo": lambda step: self.tills.undo(step.body),
            "role": self._change_role,
            "reward-rules": self._change_rules,
            "remove": lambda step: self._gone.update((step.body["member"], role) for role in REWARD_ROLES),
        }

    def take(self, index: int, day: date, body: Mapping[str, Any], rules: RewardRules) -> None:
        """Check a done statement, and go on behind it. One that is not about money changes nothing.

        Args:
            day: UTC day of its entry.
            rules: those in force before it.

        Raises:
            LedgerBroken: the keeper would have refused it.
        """
        if self._crowd not in (None, rules.crowd):
            self._crowds.append((day, self._crowd or rules.crowd))
        self._crowd = rules.crowd
        step = self._steps.get(body["type"])
        if step is None:
            return
        try:
            step(Step(index, day, body, rules))
        except AwardRefused as refused:
            raise LedgerBroken(_REFUSED.get(refused.reason, _NOT_ALLOWED)) from refused
        except (KeyError, TypeError, ValueError) as error:
            raise LedgerBroken("it is malformed") from error

    def sheet(self) -> Sheet:
        """Where all the money is."""
        settled = (one.amount for one in self.awards.values() if one.state is AwardState.SETTLED)
        return Sheet(
            budget=sum(one.amount for one in self.budgets.values()),
            balance=sum(one.balance for one in self.budgets.values()),
            set_aside=sum(one.amount for one in self.awards.values() if one.state in OWED),
            out=self.tills.out,
            paid=self.tills.paid_out + sum(settled),
        )

    def live_award_of(self, tip: str) -> Award | None:
        """The award of a tip that was neither refused nor taken back, if it has one."""
        latest = self.awards.get(self._latest.get(tip, _NOWHERE))
        return None if latest is None or latest.state in OVER else latest

    def _set_budget(self, step: Step) -> None:
        year = step.body["year"]
        known = replace(self._budget(year), amount=step.body["amount"])
        require(bool(self.tills.values_of(year)), "the year has no keys")
        require(known.balance >= 0, "the budget is below what was granted")
        self.budgets[year] = known

    def _propose(self, step: Step) -> None:
        (proposer,), body = step.body["by"], step.body
        require(self.live_award_of(body["tip"]) is None, "the tip has an award already")
        require(bool([Major(one) for one in body["major"]]), "the lead is no major one")
        require(Duty(body["duty"]) is Duty.NONE, "it was the reporter's duty to report")
        _require_scores(body["scores"])
        award = Award(
            index=step.place,
            tip=body["tip"],
            claim="",
            desk=body["desk"],
            tier=Tier(body["tier"]),
            amount=body["amount"],
            share=body["share"],
            proposer=proposer,
            proposed=step.day.isoformat(),
        )
        low, high = step.rules.bounds[award.tier]
        inside = (0 if award.share else low) <= award.amount <= high
        require(is_amount(award.amount) and inside, _REFUSED["wrong-amount"])
        known = Novelty.ADDED if award.share else Novelty.NEW
        require(Novelty(body["novelty"]) is known, "the facts were known, or rewarded before")
        self._require_share(award, step.rules)
        self._put(award)
        self._latest[award.tip] = step.place

    def _verify(self, step: Step) -> None:
        (verifier,), award = step.body["by"], self._award(step.body)
        self._put(award.verified(verifier, step.day, confirmed=step.body["confirmed"]))

    def _approve(self, step: Step) -> None:
        (approver,), award, yes = step.body["by"], self._award(step.body), step.body["approved"]
        award = award.without_approvers_gone(lambda one: (one, APPROVER) not in self._gone)
        decided = award.decided(approver, step.day, step.body["amount"], step.rules, approved=yes)
        if yes:
            require(is_amount(decided.amount), _REFUSED["wrong-amount"])
            first = self._require_share(decided, step.rules)
            decides = first is None or first.state not in UNDECIDED
            require(decides, "it has a share of what nobody approved")
        self._put(decided)

    def _grant(self, step: Step) -> None:
        award, year = self._same_award(step.body), step.body["year"]
        _require_year(year, step.day)
        granted = replace(award.set_aside(step.day), claim=step.body["claim"], until=step.body["until"])
        latest = months_after(step.day, COLLECT_MONTHS).isoformat()
        require(step.day.isoformat() <= granted.until <= latest, _REFUSED["wrong-day"])
        spent = self._budget(year).with_granted(award.amount)
        require(spent.balance >= 0, "it grants more than the budget has")
        self.budgets[year] = spent
        self._put(granted)

    def _extend(self, step: Step) -> None:
        award = self._award(step.body)
        self._put(award.extended(date.fromisoformat(step.body["until"])))

    def _expire(self, step: Step) -> None:
        award = self._same_award(step.body)
        _require_year(step.body["year"], step.day)
        self._put(award.expired(step.day))
        self._return(step.day.year, award.amount)

    def _cancel(self, step: Step) -> None:
        award = self._award(step.body)
        self._put(award.cancelled(step.day))
        if award.state in OWED:
            self._return(step.day.year, award.amount)

    def _want_by_name(self, step: Step) -> None:
        award = self._same_award(step.body)
        require(award.state is AwardState.GRANTED, _NOT_ALLOWED)
        self._put(award.by_name(step.day))

    def _pay_by_name(self, step: Step) -> None:
        (clerk,), award = step.body["by"], self._award(step.body).without_clerk_gone(self._pays)
        self._put(award.paid_by_name(clerk, step.day, step.body["amount"], step.body["hash"]))

    def _change_role(self, step: Step) -> None:
        """Who loses a role between two words that one thing takes has said nothing."""
        lost = (step.body["member"], step.body["role"])
        (self._gone.discard if step.body["held"] else self._gone.add)(lost)

    def _change_rules(self, step: Step) -> None:
        """From now on other numbers hold; what is stated later of days until today is held against these."""
        self._crowds.append((step.day, step.rules.crowd))
        self._crowd = step.body["rules"]["crowd"]

    def _pays(self, member: str) -> bool:
        return (member, PAY_CLERK) not in self._gone

    def _close_day(self, step: Step) -> None:
        day = date.fromisoformat(step.body["day"])
        require(day < step.day, "the day was not over")
        require(self.tills.day < day.isoformat(), "the day was covered before")
        told = self._parts.take(step.body)
        if told is None:
            return
        minted = {value: count for year, value, count in told.minted if year == day.year}
        require(len(minted) == len(told.minted), "vouchers were minted under keys of another year")
        earlier = [crowd for until, crowd in self._crowds if day <= until]
        least = min([step.rules.crowd, *earlier])
        for key, hashes in told.presented.items():
            self.tills.require_pool(key, len(hashes), least, day)
        self.tills.mint(day.year, minted, self._collect(told.collected, day))
        for key, hashes in told.presented.items():
            self.tills.present(key, hashes)
        self.tills.close_day(day.isoformat())

    def _collect(self, collected: Sequence[Collected], day: date) -> list[list[int]]:
        """Awards that were collected up to a day, and the vouchers that each of them comes to."""
        values, splits = self.tills.values_of(day.year), list[list[int]]()
        for index, proof in collected:
            award = self._award({"award": index})
            require(award.state is AwardState.GRANTED, "an award was collected that could not be")
            require(award.granted <= day.isoformat(), "an award was collected before its grant")
            last = min(day, date.fromisoformat(award.until))
            require(self.tills.day < last.isoformat(), _REFUSED["award-expired"])
            self._put(award.minted(last, day.year, "", proof))
            splits.append([value for value, count in split(award.amount, values) for _ in range(count)])
        return splits

    def _make_keys(self, step: Step) -> None:
        values = {key["value"] for key in step.body["keys"]}
        require(values == {*step.rules.values}, "the keys have other values")
        self.tills.make_keys(step.body)

    def _expire_key(self, step: Step) -> None:
        _require_year(step.body["to"], step.day)
        self._return(step.day.year, self.tills.expire(step.body, step.day))

    def in_state(self, state: AwardState) -> Sequence[int]:
        """The numbers of the awards that stand there, ascending."""
        return self._standing[state]

    def _put(self, award: Award) -> None:
        before = self.awards.get(award.index)
        if before is None or before.state is not award.state:
            if before is not None:
                standing = self._standing[before.state]
                del standing[bisect_left(standing, award.index)]
            insort(self._standing[award.state], award.index)
        self.awards[award.index] = award
        self.touched.add(award.index)

    def _award(self, body: Mapping[str, Any]) -> Award:
        require(body["award"] in self.awards, "there is no such award")
        return self.awards[body["award"]]

    def _same_award(self, body: Mapping[str, Any]) -> Award:
        """The award that a statement of the keeper names, with the tip and the amount that it has."""
        award = self._award(body)
        require((body["tip"], body["amount"]) == (award.tip, award.amount), "it is another award")
        return award

    def _budget(self, year: int) -> Budget:
        return self.budgets.get(year, Budget())

    def _return(self, year: int, amount: int) -> None:
        self.budgets[year] = self._budget(year).with_returned(amount)

    def _require_share(self, award: Award, rules: RewardRules) -> Award | None:
        """What only added facts has a part of what the first one has, which is returned."""
        if not award.share:
            return None
        first = self.live_award_of(award.share)
        require(first is not None and not first.share, "it has a share of no award")
        if first is not None:
            most = first.amount * rules.share
            require(award.amount * 100 <= most, "it has too large a share of the first one's award")
        return first


def _require_year(year: int, day: date) -> None:
    require(year == day.year, "it names the budget of another year")


def _require_scores(scores: Mapping[str, Any]) -> None:
    right = scores.keys() == {factor.value for factor in Factor}
    whole = all(type(one) is int and 0 <= one <= MOST_SCORE for one in scores.values())
    require(right and whole, "the scores are malformed")
