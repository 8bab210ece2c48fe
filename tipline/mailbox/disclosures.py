"""That somebody may look at the reporter's name, or could: as the keeper signed it, or not at all."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.errors import CryptoError
from crypto.notes import NoteVerifier
from tipline.disclosures.grounds import Ground
from tipline.disclosures.models import ToldDisclosure
from tipline.disclosures.records import DisclosureRecord
from tipline.mailbox.thread import Mailbox


@dataclass(frozen=True)
class Told:
    """One disclosure that two people agreed on, at its place among what the mailbox holds."""

    position: int
    record: DisclosureRecord

    @property
    def day(self) -> date:
        """The day of the yes."""
        return self.record.decided

    @property
    def ground(self) -> Ground:
        """For what."""
        return self.record.ground

    def is_ahead(self, now: datetime) -> bool:
        """Whether the window was announced before it began, and is not over.

        Of any other disclosure a reporter is told when its window has closed.
        """
        opens = datetime.combine(self.record.opens, time(), UTC)
        announced = self.record.opens > self.record.decided
        return announced and now < opens + timedelta(hours=self.record.hours)


def told_disclosures(session: Session, mailbox: Mailbox, log: NoteVerifier, *, after: int = -1) -> list[Told]:
    """Disclosures behind a position, oldest first. What is no note of the keeper on this tip is not there."""
    query = (
        select(ToldDisclosure.position, ToldDisclosure.note)
        .where(ToldDisclosure.tip_id == mailbox.tip, ToldDisclosure.position > after)
        .order_by(ToldDisclosure.position)
    )
    found: dict[int, Told] = {}
    for row in session.execute(query):
        try:
            record = DisclosureRecord.read(row.note, log, mailbox.tip.hex())
        except CryptoError:
            continue  # somebody else wrote it
        found.setdefault(record.request, Told(row.position, record))  # a copy says nothing new
    return list(found.values())
