"""That a tip is held, and how often who read it: as the keeper signed it last night, or not at all.

There is nothing to take away: whoever had such a note with them would be known by it as a reporter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.errors import CryptoError
from crypto.notes import NoteVerifier, open_json
from tipline.ids import TipId
from tipline.inventory.kinds import COUNTS, RECEIPT
from tipline.inventory.models import Receipt
from tipline.mailbox.thread import Mailbox

FRESH: Final = timedelta(days=2)
"""How old the last list may be: older, and somebody has kept an old note in its place, or the nights fail."""


@dataclass(frozen=True)
class ReadingDay:
    """How many people of a desk read the tip on a day (UTC)."""

    day: date
    desk: str
    people: int


@dataclass(frozen=True)
class HeldTip:
    """What the last list says of a tip.

    Attributes:
        since: the day of the first list that it was in.
        through: the day of the last one.
        whole: whether everything that the reporter sent was there, as it was when it came.
        readings: who read it, the latest first.
    """

    since: date
    through: date
    whole: bool
    readings: tuple[ReadingDay, ...]

    @property
    def counted_to(self) -> date:
        """The last day whose readings are counted: the one before the list."""
        return self.through - timedelta(days=1)

    def is_late(self, today: date) -> bool:
        """Whether a newer list should stand here."""
        return today - self.through > FRESH


def held_tip(session: Session, mailbox: Mailbox, log: NoteVerifier) -> HeldTip | None:
    """What the keeper signed for this tip; None where a note is missing, or is none of the keeper's on it."""
    query = select(Receipt.receipt, Receipt.counts).where(Receipt.tip_id == mailbox.tip)
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    receipt = _opened(row.receipt, log, RECEIPT, mailbox.tip)
    counts = _opened(row.counts, log, COUNTS, mailbox.tip)
    # Two notes of different nights: somebody has put an older one beside a newer one.
    if receipt is None or counts is None or receipt["index"] != counts["index"]:
        return None
    latest_first = reversed(counts["days"])
    return HeldTip(
        date.fromisoformat(receipt["day"]),
        date.fromisoformat(receipt["through"]),
        receipt["whole"],
        tuple(ReadingDay(date.fromisoformat(day), desk, people) for day, desk, people in latest_first),
    )


def _opened(note: bytes, log: NoteVerifier, kind: str, tip: TipId) -> Mapping[str, Any] | None:
    """A filter: what is not the keeper's is not there."""
    try:
        fields = open_json(note, log)
    except CryptoError:
        return None
    wanted = {"type": kind, "log": log.name, "tip": tip.hex()}
    return fields if {name: fields.get(name) for name in wanted} == wanted else None
