"""What a mailbox tells of a reward: as the keeper signed it, and what its reporter collected."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from crypto import canonical
from crypto.errors import BadFormat, CryptoError
from crypto.notes import NoteVerifier
from tipline.awards.models import AwardTold, Collected
from tipline.mailbox.thread import AwardSeen, Mailbox
from tipline.rewards.records import AwardRecord, Told
from tipline.rewards.rules import REMIND_DAYS, last_day_of_vouchers
from tipline.sealing.own import open_own, seal_own

FORMAT: Final = 1
_KIND: Final = "collected"
_OPEN: Final = frozenset((Told.GRANTED, Told.EXTENDED))


@dataclass(frozen=True)
class HeldVoucher:
    """One voucher of a collected award: the `number`th (from 0) of `of` that have this value in yuan."""

    value: int
    number: int
    of: int
    blind_signature: bytes = field(repr=False)


@dataclass(frozen=True)
class CollectedAward:
    """The mint's blind signatures of an award, which with the tip's first code make its vouchers.

    Attributes:
        year: of the keys that signed.
        day: the UTC day on which they were collected.
        signatures: values in yuan and blind signatures, the smallest value first.
    """

    award: int
    year: int
    day: date
    signatures: tuple[tuple[int, bytes], ...] = field(repr=False)

    @property
    def vouchers(self) -> tuple[HeldVoucher, ...]:
        """The vouchers, each with its number among those of its value."""
        found = []
        for value, group in groupby(self.signatures, key=lambda pair: pair[0]):
            same = [signature for _, signature in group]
            found += [HeldVoucher(value, number, len(same), each) for number, each in enumerate(same)]
        return tuple(found)

    @property
    def last_day(self) -> date:
        """The last day on which its vouchers are good."""
        return last_day_of_vouchers(self.year)

    def encode(self) -> bytes:
        """Canonical JSON."""
        signatures = [[value, signature.hex()] for value, signature in self.signatures]
        fields = {"award": self.award, "year": self.year, "day": self.day.isoformat()}
        return canonical.encode({"v": FORMAT, **fields, "signatures": signatures})

    @classmethod
    def decode(cls, data: bytes) -> "CollectedAward":
        """Read what `encode` wrote.

        Raises:
            BadFormat: it is nothing of the kind.
        """
        fields = canonical.decode(data)
        if fields.get("v") != FORMAT:
            raise BadFormat("a collected award has another version")
        try:
            signatures = tuple((int(value), bytes.fromhex(one)) for value, one in fields["signatures"])
            return cls(
                int(fields["award"]), int(fields["year"]), date.fromisoformat(fields["day"]), signatures
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadFormat("not a collected award") from error


@dataclass(frozen=True)
class AwardNow:
    """What a mailbox knows of an award: what was told, and what was collected of it, if it was."""

    told: AwardRecord
    collected: CollectedAward | None

    def is_open(self, today: date) -> bool:
        """Whether it waits for being collected."""
        return self.collected is None and self.told.state in _OPEN and today <= self.told.until

    def seen_on(self, today: date) -> AwardSeen:
        """What somebody who reads of it today has seen: more than they had seen before is news."""
        passed = [days for days in REMIND_DAYS if self.told.granted + timedelta(days=days) <= today]
        return AwardSeen(self.told.since, len(passed) if self.is_open(today) else 0)


def award_now(session: Session, mailbox: Mailbox, log: NoteVerifier) -> AwardNow | None:
    """The award of a tip; None before the grant. What was collected of an earlier one does not count."""
    told = told_award(session, mailbox, log)
    if told is None:
        return None
    collected = collected_award(session, mailbox)
    return AwardNow(told, collected if collected and collected.award == told.award else None)


def told_award(session: Session, mailbox: Mailbox, log: NoteVerifier) -> AwardRecord | None:
    """What the keeper signed on the award of a tip. Anything else that is stored there tells nothing."""
    record = session.scalar(select(AwardTold.record).where(AwardTold.tip == mailbox.tip))
    if record is None:
        return None
    try:
        return AwardRecord.read(record, log, mailbox.tip.hex())
    except CryptoError:
        return None  # somebody else wrote it


def collected_award(session: Session, mailbox: Mailbox) -> CollectedAward | None:
    """What the reporter collected; None for nothing, and for a row that does not open.

    A lost or spoilt row loses no money: collecting once more brings the same signatures.
    """
    sealed = session.scalar(select(Collected.sealed).where(Collected.tip == mailbox.tip))
    if sealed is None:
        return None
    try:
        content = open_own(_KIND, mailbox.tip, sealed, mailbox.code.identity)
        return CollectedAward.decode(content.reveal())
    except CryptoError:
        return None


def keep_collected(session: Session, mailbox: Mailbox, collected: CollectedAward) -> None:
    """Store what was collected, sealed to the reporter, in place of what stood there."""
    sealed = seal_own(_KIND, mailbox.tip, collected.encode(), mailbox.code.identity.recipient)
    session.execute(delete(Collected).where(Collected.tip == mailbox.tip))
    session.execute(insert(Collected).values(tip=mailbox.tip, sealed=sealed))
