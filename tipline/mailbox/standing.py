"""Where a tip stands, as its reporter may know it: from the keeper's record, or as it was sent."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.notes import NoteVerifier
from tipline.mailbox.records import moved_to
from tipline.mailbox.thread import Mailbox
from tipline.tips.answers import TipText
from tipline.tips.categories import Urgency
from tipline.tips.models import Tip
from tipline.tips.moves import TipState, due_on

OBJECTION_DAYS = 30

_FINAL = frozenset((TipState.OUTSIDE_REMIT, TipState.CLOSED))


@dataclass(frozen=True)
class Standing:
    """A tip's state, the day on which it began, and whether its reporter called it urgent."""

    state: TipState
    since: date
    urgent: bool

    @property
    def due(self) -> date:
        """The day by which the tip should leave this state."""
        return due_on(self.state, self.since)

    @property
    def objection_until(self) -> date | None:
        """The last day of the window for an objection; None when there is none in this state."""
        return self.since + timedelta(days=OBJECTION_DAYS) if self.state in _FINAL else None

    def may_object(self, today: date) -> bool:
        """Whether an objection is possible on this day."""
        return self.objection_until is not None and today <= self.objection_until


def standing_of(session: Session, mailbox: Mailbox, log: NoteVerifier, first: TipText) -> Standing:
    """Where a tip stands.

    The row's own columns say nothing here: state and day come from a record that the keeper signed for
    this tip, or, before there is one, from the text that the reporter signed.
    """
    record = session.scalar(select(Tip.state_record).where(Tip.id == mailbox.tip))
    moved = moved_to(record, log, mailbox.tip) if record else None
    state, since = moved or (TipState.RECEIVED, first.received.date())
    return Standing(state, since, first.urgency is Urgency.DANGER)
