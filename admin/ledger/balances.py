"""Where the money is: by year, by mint key, and in sum. All of it from what the keeper counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tipline.keeper_client.rewards import KeyState, KnownRewards
from tipline.rewards.award import OWED, AwardState
from tipline.rewards.ledger import Sheet

WHOLE: Final = 100
FEW: Final = "few"
ENOUGH: Final = "enough"


@dataclass(frozen=True)
class KeyLine:
    """A mint key: what it minted and paid, and how much of it is still out.

    Attributes:
        out: vouchers that were minted and neither paid nor returned.
        size: whether the awards that were collected under it hide one another: "few" or "enough".
    """

    state: KeyState
    out: int
    size: str

    @property
    def pays(self) -> bool:
        """Whether its vouchers are paid."""
        return self.state.opened or self.size == ENOUGH

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


def sheet_of(known: KnownRewards) -> Sheet:
    """Where all the money is, by the keeper's rows."""
    settled = sum(one.award.amount for one in known.awards if one.award.state is AwardState.SETTLED)
    paid = sum(key.paid * key.value for key in known.keys)
    return Sheet(
        budget=sum(one.amount for one in known.budgets),
        balance=sum(one.balance for one in known.budgets),
        set_aside=sum(one.award.amount for one in known.awards if one.award.state in OWED),
        out=sum(key.minted * key.value - key.returned for key in known.keys) - paid,
        paid=paid + settled,
    )


def key_lines(known: KnownRewards, crowd: int) -> Sequence[KeyLine]:
    """The keys, the newest year and the largest value first; `crowd` is the least number of awards of one."""
    ordered = sorted(known.keys, key=lambda key: (-key.year, -key.value))
    return [KeyLine(key, _out(key), ENOUGH if key.awards >= crowd else FEW) for key in ordered]


def owed_of(known: KnownRewards) -> Owed:
    """What is still to be paid."""
    states = {
        state: sum(one.award.amount for one in known.awards if one.award.state is state) for state in OWED
    }
    vouchers = sum(_out(key) * key.value for key in known.keys)
    return Owed(states[AwardState.GRANTED], states[AwardState.NAMED], vouchers)


def collected_of(known: KnownRewards) -> Sequence[Collected]:
    """By the year of the grant, the newest first; what was cancelled is left out."""
    granted = [one.award for one in known.awards if one.award.granted]
    awards = [award for award in granted if award.state is not AwardState.CANCELLED]
    years = sorted({int(award.granted[:4]) for award in awards}, reverse=True)
    return [
        Collected(
            year,
            sum(award.granted.startswith(str(year)) for award in awards),
            sum(award.granted.startswith(str(year)) for award in awards if award.collected),
            sum(award.granted.startswith(str(year)) for award in awards if award.state is AwardState.GRANTED),
        )
        for year in years
    ]


def _out(key: KeyState) -> int:
    return key.minted - key.paid - key.returned // key.value
