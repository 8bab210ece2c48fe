"""A year in which awards are collected and vouchers come back as people please, and what its days tell.

Reporters collect through the year; on some later day each comes back, is perhaps refused, and tries again.
On any day everybody is as likely to come as everybody else: how long each waits is their own choice, and no
program could hide it for them. From the request to collect on, everything is what the service runs.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Final

from crypto.vouchers import Voucher
from tests.keeper.rewards.till import OTHER, POINT, YEAR, Till
from tests.rewards.many_awards import Directly, collect, grant
from tipline.keeper_client import Reason, Refused
from tipline.keeper_client.public import Pickup

Way = Callable[[Mapping[bytes, float]], bytes]
"""A guess, when each award has some likelihood."""
AMOUNTS: Final = (500, 1_000, 1_500, 4_000)
AWARDS: Final = 90
OFTEN: Final = 1 / 8
"""How likely somebody comes on a day."""
SPRING: Final = date(YEAR + 1, 3, 1)
"""By then everybody has come."""


@dataclass
class Pot:
    """What the log tells of one key: when each award was collected and how many vouchers it has, and when
    each voucher came back."""

    collected: dict[bytes, date] = field(default_factory=dict)
    sizes: Counter[bytes] = field(default_factory=Counter)
    back: dict[bytes, date] = field(default_factory=dict)

    def candidates(self, spent: bytes) -> set[bytes]:
        """Awards of which a voucher can be, so that every other one can still be of some award.

        There is no such way for an award when, between its collecting and the voucher's day, every voucher
        of the awards from before had come back (Hall's theorem, for days).
        """
        day = self.back[spent]
        empty = max((one for one in self._days_before(day) if self._out(one) == 0), default=date.min)
        return {tip for tip, collected in self.collected.items() if empty <= collected < day}

    def chances(self) -> dict[bytes, dict[bytes, float]]:
        """By voucher, how likely it is of each award, for somebody who takes all vouchers that are out for
        equally likely."""
        out = {tip: float(size) for tip, size in self.sizes.items()}
        found = dict[bytes, dict[bytes, float]]()
        for day in sorted(set(self.back.values())):
            came = [spent for spent, one in self.back.items() if one == day]
            there = {tip: out[tip] for tip, collected in self.collected.items() if collected < day}
            total = sum(there.values())
            found |= {spent: {tip: left / total for tip, left in there.items()} for spent in came}
            out |= {tip: left * (1 - len(came) / total) for tip, left in there.items()}
        return found

    def _days_before(self, day: date) -> Iterable[date]:
        """Days on whose evening the pool can be empty, and somebody collected on that day or later."""
        return (one for one in {*self.back.values(), *self.collected.values()} if one < day)

    def _out(self, evening: date) -> int:
        """Vouchers of awards from before a day that had not come back by its evening."""
        minted = sum(self.sizes[tip] for tip, collected in self.collected.items() if collected < evening)
        return minted - sum(day <= evening for day in self.back.values())


@dataclass
class Lived:
    """By value what the log tells; and whose each voucher is, which it does not."""

    pots: dict[int, Pot]
    owner: dict[bytes, bytes]
    refused: int = 0


def live_a_year(till: Till, seed: str) -> Lived:
    """Let awards be collected until the year is over, and all vouchers come back."""
    random = Random(seed)
    till.public._connections = Directly(till.keeper)  # type: ignore[assignment]  # it answers the same
    waiting = grant(till, random, AWARDS, AMOUNTS, until=f"{YEAR}-12-31")
    last = (date(YEAR, 12, 31) - till.world.clock.today()).days
    days = Counter(random.randrange(last) for _ in waiting)
    lived, held, number = Lived({}, {}), list[Voucher](), 0
    while till.world.clock.today() < SPRING or held:
        come = [voucher for voucher in held if random.random() < OFTEN]
        random.shuffle(come)
        for voucher in come:
            if _came_back(till, voucher, random, lived):
                held.remove(voucher)
        with till.world.database.writing() as session:
            for granted in [waiting.pop() for _ in range(days[number])]:
                _, vouchers = collect(till, granted, session)
                _note(lived, granted.tip.id, vouchers, till.world.clock.today())
                held += vouchers
        till.pass_days(1)
        number += 1
    return lived


def _note(lived: Lived, tip: bytes, vouchers: Sequence[Voucher], today: date) -> None:
    for voucher in vouchers:
        pot = lived.pots.setdefault(voucher.value, Pot())
        pot.collected[tip] = today
        pot.sizes[tip] += 1
        lived.owner[voucher.spent] = tip


def _came_back(till: Till, voucher: Voucher, random: Random, lived: Lived) -> bool:
    try:
        pickup = till.ask(voucher, random.choice((POINT, OTHER)))
    except Refused as why:
        if why.reason is not Reason.CROWD_TOO_SMALL:
            raise
        lived.refused += 1
        return False
    assert isinstance(pickup, Pickup)
    lived.pots[voucher.value].back[voucher.spent] = till.world.clock.today()
    return True


def guessed(pot: Pot, owner: Mapping[bytes, bytes]) -> Iterable[tuple[str, int, float, float]]:
    """For ways of guessing: how many guesses were right, how many of them chance gives, and its variance."""
    chances = pot.chances()
    ways: Mapping[str, Way] = {
        "likeliest": lambda there: max(there, key=lambda tip: (there[tip], tip)),
        "oldest": lambda there: min(there, key=lambda tip: (pot.collected[tip], tip)),
        "newest": lambda there: max(there, key=lambda tip: (pot.collected[tip], tip)),
    }
    for name, choose in ways.items():
        right, mean, variance = 0, 0.0, 0.0
        for spent, there in chances.items():
            guess = choose(there)
            right += owner[spent] == guess
            mean, variance = mean + there[guess], variance + there[guess] * (1 - there[guess])
        yield name, right, mean, variance
