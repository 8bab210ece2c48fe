"""Where a tip stands, as its reporter may know it: from the keeper's record, or as it was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.notes import NoteVerifier
from tipline.deadlines import Clocks
from tipline.mailbox.errors import DamagedMailbox
from tipline.mailbox.records import stands
from tipline.mailbox.thread import Mailbox
from tipline.tips.answers import TipText
from tipline.tips.categories import Urgency
from tipline.tips.models import Tip
from tipline.tips.moves import TIP_MOVES, TipState, state_named

MAY_OBJECT: Final = frozenset(move.source for move in TIP_MOVES.moves if move.target is TipState.REVIEW)
"""States out of which a review leads."""


@dataclass(frozen=True)
class Standing:
    """Where a tip stands.

    Attributes:
        since: the day on which its state began.
        due: the day by which it should leave the state; None when nothing is due.
        urgent: whether its reporter called it urgent.
        paused: whether the clock stands still.
        level: 0, or how far a missed deadline went: 1 to the head of the desk, 2 to the desk above.
        outcome: what was found, once two people have said so; "" before.
        objection_until: the last day of the window for an objection; None when there is none in this state.
    """

    state: TipState
    since: date
    due: date | None
    urgent: bool
    paused: bool = False
    level: int = 0
    outcome: str = ""
    objection_until: date | None = None

    def may_object(self, today: date) -> bool:
        """Whether an objection is possible on this day."""
        return self.objection_until is not None and today <= self.objection_until


def standing_of(
    session: Session, mailbox: Mailbox, log: NoteVerifier, first: TipText, clocks: Clocks
) -> Standing:
    """Where a tip stands.

    The row's own columns say nothing here: state and days come from a record that the keeper signed for
    this tip, or, before there is one, from the text that the reporter signed.

    Raises:
        DamagedMailbox: it is a protection case, whose row somebody has given a tip's state.
    """
    record = session.scalar(select(Tip.state_record).where(Tip.id == mailbox.tip))
    fields = stands(record, log, mailbox.tip) if record else None
    urgent = first.urgency is Urgency.DANGER
    if fields is None:
        since = first.received.date()
        return Standing(TIP_MOVES.start, since, clocks.due(TIP_MOVES.start, since), urgent)
    return _standing(fields, urgent, clocks)


def _standing(fields: Mapping[str, Any], urgent: bool, clocks: Clocks) -> Standing:
    state, since = state_named(fields["state"]), date.fromisoformat(fields["since"])
    if not isinstance(state, TipState):
        raise DamagedMailbox
    return Standing(
        state,
        since,
        date.fromisoformat(fields["due"]) if fields["due"] else None,
        urgent,
        fields["paused"],
        fields["level"],
        fields["outcome"],
        clocks.due("objection", since) if state in MAY_OBJECT else None,
    )
