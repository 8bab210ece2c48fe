"""The states of a tip and the moves between them.

    Received ─▶ Screening ─▶ Triage ◀─▶ Need more
                               │
                               └─▶ Outside our remit ─▶ Closed

A move backward, and one that ends a tip's way, needs a reason.
Source: the table of states in docs/domain, deadlines in `DAYS`.
"""

from datetime import date, timedelta
from enum import StrEnum

from tipline.transitions import Move, MoveTable


class TipState(StrEnum):
    """Where a tip stands."""

    RECEIVED = "received"
    SCREENING = "screening"
    TRIAGE = "triage"
    NEED_MORE = "need-more"
    OUTSIDE_REMIT = "outside-remit"
    CLOSED = "closed"


TIP_MOVES = MoveTable(
    start=TipState.RECEIVED,
    moves=(
        Move(TipState.RECEIVED, TipState.SCREENING),
        Move(TipState.SCREENING, TipState.TRIAGE),
        Move(TipState.TRIAGE, TipState.NEED_MORE),
        Move(TipState.NEED_MORE, TipState.TRIAGE),
        Move(TipState.TRIAGE, TipState.OUTSIDE_REMIT, reason_required=True),
        Move(TipState.OUTSIDE_REMIT, TipState.CLOSED),
    ),
)

WORKING_DAYS = {
    TipState.RECEIVED: 1,
    TipState.SCREENING: 1,
    TipState.TRIAGE: 3,
}
CALENDAR_DAYS = {
    TipState.NEED_MORE: 30,
    TipState.OUTSIDE_REMIT: 10,
    TipState.CLOSED: 60,
}
DANGER_HOURS = 2
SATURDAY = 5


def due_on(state: TipState, since: date) -> date:
    """The day by which a tip should leave a state that it entered on `since`."""
    if state in CALENDAR_DAYS:
        return since + timedelta(days=CALENDAR_DAYS[state])
    day, left = since, WORKING_DAYS[state]
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return day
