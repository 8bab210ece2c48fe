"""What the keeper signs for a mailbox about an award: never that it was collected, nor what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, Self

from crypto.errors import BadFormat
from crypto.notes import NoteVerifier, open_json
from tipline.rewards.award import Award, AwardState
from tipline.rewards.rules import COLLECT_MONTHS, months_after

_VERSION: Final = 1
_TYPE: Final = "award"
_FIELDS: Final = frozenset(("tip", "award", "amount", "state", "granted", "until", "since", "index"))


class Told(StrEnum):
    """How an award stands, as its reporter is told."""

    GRANTED = "granted"
    EXTENDED = "extended"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    NAMED = "named"
    SETTLED = "settled"


_TOLD: Final[Mapping[AwardState, Told]] = {
    AwardState.GRANTED: Told.GRANTED,
    AwardState.COLLECTED: Told.GRANTED,  # where vouchers went, their holder alone knows
    AwardState.EXPIRED: Told.EXPIRED,
    AwardState.CANCELLED: Told.CANCELLED,
    AwardState.NAMED: Told.NAMED,
    AwardState.SETTLED: Told.SETTLED,
}


@dataclass(frozen=True)
class AwardRecord:
    """What a reporter is told of an award.

    Attributes:
        award: the proposal's place in the log; it names the award.
        amount: in yuan.
        granted, until: the day of the grant, and the last one for collecting.
        since: the place in the log of what made it stand like this.
    """

    tip: str
    award: int
    amount: int
    state: Told
    granted: date
    until: date
    since: int

    @classmethod
    def of(cls, award: Award) -> Self | None:
        """What is told of an award; None before the grant, and of one that never came so far."""
        state = _TOLD.get(award.state)
        if state is None or not award.granted:
            return None
        granted, until = date.fromisoformat(award.granted), date.fromisoformat(award.until)
        if state is Told.GRANTED and until != months_after(granted, COLLECT_MONTHS):
            state = Told.EXTENDED
        return cls(award.tip, award.index, award.amount, state, granted, until, award.told)

    def to_body(self, log: str, place: int) -> dict[str, Any]:
        """What the keeper signs.

        Args:
            log: the log's name.
            place: the entry that the log has reached, by which its readers know which of its keys signs.
        """
        return {
            "v": _VERSION,
            "type": _TYPE,
            "log": log,
            "tip": self.tip,
            "award": self.award,
            "amount": self.amount,
            "state": self.state.value,
            "granted": self.granted.isoformat(),
            "until": self.until.isoformat(),
            "since": self.since,
            "index": place,
        }

    @classmethod
    def read(cls, note: bytes, log_key: NoteVerifier, tip: str) -> Self:
        """Read a note about one tip (32 hex digits).

        Raises:
            CryptoError: not signed by the log, about another tip, or no such note.
        """
        body = open_json(note, log_key)
        wanted = {"v": _VERSION, "type": _TYPE, "log": log_key.name, "tip": tip}
        if body.keys() != {*wanted, *_FIELDS} or {name: body[name] for name in wanted} != wanted:
            raise BadFormat("a note about an award is none, or is of another tip")
        if not all(type(body[name]) is int for name in ("award", "amount", "since", "index")):
            raise BadFormat("a note about an award has a field of another form")
        try:
            return cls(
                tip=tip,
                award=body["award"],
                amount=body["amount"],
                state=Told(body["state"]),
                granted=date.fromisoformat(body["granted"]),
                until=date.fromisoformat(body["until"]),
                since=body["since"],
            )
        except (TypeError, ValueError) as error:
            raise BadFormat("a note about an award has a field of another form") from error
