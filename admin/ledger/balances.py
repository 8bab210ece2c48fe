"""Where the money is: by year, by mint key, and in sum. All of it from what the keeper counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tipline.keeper_client.rewards import KeyState, KnownMoney
from tipline.rewards.award import OWED, AwardState
from tipline.rewards.ledger import Sheet

WHOLE: Final = 100
_COLLECTED: Final = frozenset((AwardState.COLLECTED, AwardState.NAMED, AwardState.SETTLED))


@dataclass(frozen=True)
class KeyLine:
    """A mint key: what it minted and paid, and how much of it is still out.

    Attributes:
        out: vouchers that were minted and neither paid nor returned.
        is_over: whether its vouchers are good no longer.
    """

    state: KeyState
    out: int
    is_over: bool

    @property
    def owed(self) -> int:
        """What its vouchers are still worth, in yuan."""
        return self.out * self.state.value


@dataclass(frozen=True)
class Collected:
    """Of the awards granted in a year: how many, how many were collected, and how many still can be."""

    year: int
    granted: int
    collected: int
    open: int

    @property
    def share(self) -> int:
        """The share that was collected, in hundredths, rounded down."""
        return WHOLE * self.collected // self.granted if self.granted else 0


@dataclass(frozen=True)
class Owed:
    """What is still to be paid, in yuan: granted and not collected, by name, and in vouchers that are out."""

    set_aside: int
    named: int
    vouchers: int

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """Each with the code of its name."""
        return ("set-aside", self.set_aside), ("named", self.named), ("vouchers", self.vouchers)


def sheet_of(known: KnownMoney) -> Sheet:
    """Where all the money is, by the keeper's rows."""
    paid = sum(key.paid * key.value for key in known.keys)
    return Sheet(
        budget=sum(one.amount for one in known.budgets),
        balance=sum(one.balance for one in known.budgets),
        set_aside=_amount(known, *OWED),
        out=sum(key.minted * key.value - key.returned for key in known.keys) - paid,
        paid=paid + _amount(known, AwardState.SETTLED),
    )


def key_lines(known: KnownMoney, today: date) -> Sequence[KeyLine]:
    """The keys, the newest year and the largest value first."""
    ordered = sorted(known.keys, key=lambda key: (-key.year, -key.value))
    return [KeyLine(key, _out(key), key.is_over(today)) for key in ordered]


def owed_of(known: KnownMoney) -> Owed:
    """What is still to be paid."""
    vouchers = sum(_out(key) * key.value for key in known.keys)
    return Owed(_amount(known, AwardState.GRANTED), _amount(known, AwardState.NAMED), vouchers)


def collected_of(known: KnownMoney) -> Sequence[Collected]:
    """By the year of the grant, the newest first; what was cancelled is left out."""
    granted = [one for one in known.totals if one.year and one.state is not AwardState.CANCELLED]
    years = sorted({one.year for one in granted}, reverse=True)
    of_year = {year: [one for one in granted if one.year == year] for year in years}
    return [
        Collected(
            year,
            sum(one.count for one in totals),
            sum(one.count for one in totals if one.state in _COLLECTED),
            sum(one.count for one in totals if one.state is AwardState.GRANTED),
        )
        for year, totals in of_year.items()
    ]


def _amount(known: KnownMoney, *states: AwardState) -> int:
    return sum(one.amount for one in known.totals if one.state in states)


def _out(key: KeyState) -> int:
    return key.minted - key.paid - key.returned // key.value
