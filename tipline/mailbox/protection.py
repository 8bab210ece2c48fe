"""Where a protection case stands, as its person may know it, and whether they agreed."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.notes import NoteVerifier
from tipline.deadlines import Clocks
from tipline.mailbox.records import stands
from tipline.mailbox.thread import Mailbox, Sent
from tipline.protection.asking import Asking
from tipline.protection.states import PROTECTION_MOVES, WATCHED, ProtectionState
from tipline.tips.answers import TipText
from tipline.tips.categories import Urgency
from tipline.tips.models import Tip
from tipline.tips.moves import CaseState, state_named
from tipline.tips.topics import Topic

AGREES: Final = "agrees"
"""The one answer of a message about consent."""
YES: Final = "yes"
NO: Final = "no"

_WINDOWS: Final = {ProtectionState.ENDING: "protection-objection", ProtectionState.ENDED: "objection"}
"""For how long the person may object, by the name of its term."""


@dataclass(frozen=True)
class CaseStanding:
    """Where a case stands.

    Attributes:
        since: the day on which its state began.
        due: the day by which it should leave the state, or by which it is looked at again.
        urgent: whether its person said that they are in danger.
        level: how far a missed deadline went: 0, 1 to the head of the desk, 2 to the desk above.
        watch: the day by which the person is to say that they are well; None where nothing is agreed.
        objection_until: the last day for an objection; None when there is none in this state.
    """

    state: CaseState
    since: date
    due: date | None
    urgent: bool
    level: int = 0
    watch: date | None = None
    objection_until: date | None = None

    def may_object(self, today: date) -> bool:
        """Whether an objection is possible on this day."""
        return self.objection_until is not None and today <= self.objection_until


def case_standing(
    session: Session, case: Mailbox, log: NoteVerifier, first: TipText, clocks: Clocks
) -> CaseStanding:
    """Where a case stands: by a record that the keeper signed for it, or, before there is one, as it came."""
    record = session.scalar(select(Tip.state_record).where(Tip.id == case.tip))
    fields = stands(record, log, case.tip) if record else None
    urgent = first.urgency is Urgency.DANGER
    if fields is None:
        start, since = PROTECTION_MOVES.start, first.received.date()
        return CaseStanding(start, since, clocks.due(start, since), urgent)
    state, since = state_named(fields["state"]), date.fromisoformat(fields["since"])
    window = _WINDOWS.get(state) if isinstance(state, ProtectionState) else None
    return CaseStanding(
        state,
        since,
        _day(fields["due"]),
        urgent,
        fields["level"],
        _day(fields.get("watch", "")) if state in WATCHED else None,
        clocks.due(window, since) if window else None,
    )


def agreement(asking: Asking, own: list[Sent]) -> bool | None:
    """Whether the person agrees to being protected: as they said last, or None before they were heard."""
    for one in reversed(own):
        if one.message and one.message.topic == Topic.CONSENT:
            return one.message.answers.get(AGREES) == YES
    return asking.agrees


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
