"""One statement about a tip's case: the reason sealed, the statement logged, the rows after it."""

from typing import Any, Final

from admin.errors import AdminError
from admin.moves.errors import (
    AnotherPerson,
    AnswerFirst,
    ClockStands,
    MovedMeanwhile,
    NumberTaken,
    StepRefused,
)
from admin.readings.errors import refusal
from admin.tip.reasons import drop_reason, keep_reason
from admin.tip.rows import follow
from admin.tip.state import ReadState
from admin.visit import Visit
from tipline.ids import TipId
from tipline.keeper_client import Reason, Refused

_SENTENCES: Final = {
    Reason.ANOTHER_PERSON: AnotherPerson,
    Reason.ANSWER_FIRST: AnswerFirst,
    Reason.NUMBER_TAKEN: NumberTaken,
}


def state(
    visit: Visit, tip: TipId, kind: str, reason: str, read: ReadState, *also: TipId, **fields: Any
) -> None:
    """Have a statement about a tip logged, and bring the rows up to date.

    Args:
        reason: for the auditors alone; may be empty where none is needed.
        also: other tips whose cases it changes.
        fields: what the statement says beside tip, desk and reason.

    Raises:
        AdminError: nothing was logged but the refusal, or the rows are behind; the sentence says which.
        KeeperError: nothing was proved to be logged.
    """
    kept = keep_reason(visit, tip, reason, read)
    body = {"tip": tip.hex(), "desk": read.desk, "reason": kept.named if kept else {}, **fields}
    try:
        appended = visit.services.keeper.append(visit.sign(kind, body))
    except Refused as refused:
        drop_reason(visit, kept)
        raise explained(visit, tip, read, refused.reason) from refused
    follow(visit, [tip, *also], appended)


def explained(visit: Visit, tip: TipId, read: ReadState, reason: Reason) -> AdminError:
    """The error for a refused statement, by how the tip stands now.

    Raises:
        KeeperError: the keeper does not answer.
    """
    if reason in _SENTENCES:
        return _SENTENCES[reason]()
    if reason is not Reason.NOT_ALLOWED:
        return refusal(reason)
    view = visit.services.keeper.states([tip.hex()]).get(tip.hex())
    if view is not None and view.state is not read.tip_state:
        return MovedMeanwhile()
    if view is not None and view.case.paused_on is not None:
        return ClockStands()
    return StepRefused()
