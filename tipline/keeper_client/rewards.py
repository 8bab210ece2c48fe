"""Awards, budgets and mint keys as the keeper knows them, and what mailboxes are told of awards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

from crypto.errors import BadFormat, CryptoError
from tipline.keeper_client.connections import Connections
from tipline.keeper_client.entries import read_bytes, read_objects
from tipline.keeper_client.errors import KeeperLied
from tipline.keeper_client.log_keys import LogKeys
from tipline.keeper_client.types import Looked
from tipline.rewards.award import Award
from tipline.rewards.reconciling import Difference, Where
from tipline.rewards.records import AwardRecord
from tipline.rewards.scoring import Duty, Factor, Major, Novelty, Tier

_NONE: Final = -1
_Ask = Callable[[Mapping[str, Any]], Looked]


@dataclass(frozen=True)
class Proposal:
    """What the proposer stated; `amount` in yuan."""

    amount: int
    tier: Tier
    major: tuple[Major, ...]
    scores: Mapping[Factor, int]
    novelty: Novelty
    duty: Duty


@dataclass(frozen=True)
class KnownAward:
    """An award, what was proposed, and where its tip stands.

    Attributes:
        award: as the keeper has it, but for what the reporter signed to collect.
        confirmed: the day on which the outcome was confirmed; None where the log no longer tells.
        due: the last day of the step that waits for somebody; None where none does.
        desks, excluded: the latest route of the tip.
    """

    award: Award
    proposal: Proposal
    confirmed: date | None
    due: date | None
    desks: tuple[str, ...]
    excluded: tuple[str, ...]


@dataclass(frozen=True)
class Budget:
    """A year's budget, in yuan."""

    year: int
    amount: int
    granted: int
    returned: int

    @property
    def balance(self) -> int:
        """What can still be granted."""
        return self.amount - self.granted + self.returned


@dataclass(frozen=True)
class KeyState:
    """A mint key: vouchers minted, awards collected under it, vouchers presented and paid, yuan returned."""

    year: int
    value: int
    minted: int
    awards: int
    presented: int
    paid: int
    opened: bool
    returned: int


@dataclass(frozen=True)
class VoucherState:
    """A voucher that was presented, by nothing that would tell which one it is.

    `state` is "open", "first" (one clerk has confirmed) or "paid"; `day` the one on which it first came back.
    """

    year: int
    value: int
    state: str
    point: str
    day: date
    until: date | None
    paid_day: date | None


@dataclass(frozen=True)
class KnownRewards:
    """Everything that the keeper knows; `differences` are figures on which its rows and the log disagree."""

    awards: tuple[KnownAward, ...]
    budgets: tuple[Budget, ...]
    keys: tuple[KeyState, ...]
    vouchers: tuple[VoucherState, ...]
    differences: tuple[Difference, ...]


class Rewards:
    """The questions of this room; errors are those of `AdminKeeper`."""

    def __init__(self, connections: Connections, keys: LogKeys, looked: _Ask) -> None:
        self._connections = connections
        self._keys = keys
        self._looked = looked

    def known(self) -> KnownRewards:
        """How all awards, budgets, keys and vouchers stand."""
        answer = self._connections.ask({"op": "rewards"})
        try:
            return KnownRewards(
                awards=tuple(map(_award, read_objects(answer, "awards"))),
                budgets=tuple(Budget(**each) for each in read_objects(answer, "budgets")),
                keys=tuple(map(_key, read_objects(answer, "keys"))),
                vouchers=tuple(map(_voucher, read_objects(answer, "vouchers"))),
                differences=tuple(map(_difference, read_objects(answer, "differences"))),
            )
        except (BadFormat, KeyError, TypeError, ValueError) as error:
            raise KeeperLied("the answer says nothing of rewards") from error

    def records(self) -> dict[str, bytes]:
        """By tip (32 hex digits) the signed note that its mailbox shows; of tips with a granted award."""
        found: dict[str, bytes] = {}
        after = _NONE
        while True:
            answer = self._connections.ask({"op": "reward-records", "after": after})
            notes, last = answer.get("records"), answer.get("last")
            if not isinstance(notes, dict) or type(last) is not int:
                raise KeeperLied("the answer holds no records")
            found |= {tip: self._note(tip, read_bytes(note)) for tip, note in notes.items()}
            if last <= after:
                return found
            after = last

    def look(self) -> Mapping[str, int]:
        """Have the keeper state what is due: how many statements of each type."""
        return self._looked({"op": "reward-look"}).stated

    def _note(self, tip: str, note: bytes) -> bytes:
        self._keys.following(partial(self._record, tip, note))
        return note

    def _record(self, tip: str, note: bytes) -> AwardRecord:
        try:
            return AwardRecord.read(note, self._keys.verifier, tip)
        except CryptoError as error:
            raise KeeperLied("a note about an award is not signed by the log") from error


def _award(value: Mapping[str, Any]) -> KnownAward:
    return KnownAward(
        award=Award.from_fields(value["award"]),
        proposal=_proposal(value["proposal"]),
        confirmed=_day(value["confirmed"]),
        due=_day(value["due"]),
        desks=tuple(map(str, value["desks"])),
        excluded=tuple(map(str, value["excluded"])),
    )


def _proposal(value: Mapping[str, Any]) -> Proposal:
    return Proposal(
        amount=int(value["amount"]),
        tier=Tier(value["tier"]),
        major=tuple(map(Major, value["major"])),
        scores={Factor(factor): int(score) for factor, score in value["scores"].items()},
        novelty=Novelty(value["novelty"]),
        duty=Duty(value["duty"]),
    )


def _key(value: Mapping[str, Any]) -> KeyState:
    return KeyState(**{**value, "opened": bool(value["opened"])})


def _voucher(value: Mapping[str, Any]) -> VoucherState:
    days = {name: _day(value[name]) for name in ("until", "paid_day")}
    return VoucherState(**{**value, **days, "day": date.fromisoformat(value["day"])})


def _difference(value: Mapping[str, Any]) -> Difference:
    return Difference(Where(value["where"]), *(str(value[name]) for name in ("name", "rows", "log")))


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None
