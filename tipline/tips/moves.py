"""The states of a tip and the moves between them: the one table, drawn in docs/manual.md.

    Received ─▶ Screening ─▶ Triage ◀─▶ Need more
                               ├─▶ Outside our remit ─▶ Closed
                               ├─▶ Duplicate ─────────▶ Closed
                               └─▶ Transferred ─▶ Verifying ─▶ Outcome ─▶ Feedback ─▶ Closed ─▶ Erased
    Outside our remit, Closed ─▶ Review ─▶ Triage, Closed

Moves backward need a reason. How long a state may last is in `tipline.deadlines.terms`, under its value.
Source: the table of states in docs/domain.
"""

from enum import StrEnum
from typing import Final

from tipline.transitions import Move, MoveTable


class TipState(StrEnum):
    """Where a tip stands."""

    RECEIVED = "received"
    SCREENING = "screening"
    TRIAGE = "triage"
    NEED_MORE = "need-more"
    OUTSIDE_REMIT = "outside-remit"
    DUPLICATE = "duplicate"
    TRANSFERRED = "transferred"
    VERIFYING = "verifying"
    OUTCOME = "outcome"
    FEEDBACK = "feedback"
    REVIEW = "review"
    CLOSED = "closed"
    ERASED = "erased"


class Outcome(StrEnum):
    """What verification found. Nobody rules a report malicious."""

    TRUE = "true"
    PARTLY_TRUE = "partly-true"
    NOT_ESTABLISHED = "not-established"
    REFERRED = "referred"


class Needs(StrEnum):
    """What a move names beside its states."""

    NOTHING = ""
    OTHER_TIP = "of"
    LETTER = "letter"
    RECEIPT = "receipt"
    OUTCOME = "outcome"


ENDED: Final = frozenset((TipState.CLOSED, TipState.ERASED))
"""States in which nothing is due any more."""

SPAM_FROM: Final = frozenset((TipState.RECEIVED, TipState.SCREENING, TipState.TRIAGE))
"""What `close-spam` closes, many at once; it is not a move of one tip."""

_S = TipState

TIP_MOVES: Final = MoveTable(
    start=_S.RECEIVED,
    moves=(
        Move(_S.RECEIVED, _S.SCREENING),
        Move(_S.SCREENING, _S.TRIAGE),
        Move(_S.TRIAGE, _S.NEED_MORE),
        Move(_S.TRIAGE, _S.TRANSFERRED, needs=Needs.LETTER),
        Move(_S.TRIAGE, _S.DUPLICATE, needs=Needs.OTHER_TIP),
        Move(_S.TRIAGE, _S.OUTSIDE_REMIT, reason_required=True),
        Move(_S.NEED_MORE, _S.TRIAGE),
        Move(_S.OUTSIDE_REMIT, _S.CLOSED, answered=True),
        Move(_S.OUTSIDE_REMIT, _S.TRIAGE, reason_required=True),
        Move(_S.OUTSIDE_REMIT, _S.REVIEW, reason_required=True),
        Move(_S.DUPLICATE, _S.CLOSED, answered=True),
        Move(_S.DUPLICATE, _S.TRIAGE, reason_required=True),
        Move(_S.TRANSFERRED, _S.VERIFYING, needs=Needs.RECEIPT),
        Move(_S.TRANSFERRED, _S.TRIAGE, reason_required=True),
        Move(_S.VERIFYING, _S.OUTCOME, needs=Needs.OUTCOME),
        Move(_S.VERIFYING, _S.TRIAGE, reason_required=True),
        Move(_S.OUTCOME, _S.FEEDBACK, another=True),
        Move(_S.OUTCOME, _S.VERIFYING, reason_required=True),
        Move(_S.FEEDBACK, _S.CLOSED, answered=True),
        Move(_S.CLOSED, _S.REVIEW, reason_required=True),
        Move(_S.REVIEW, _S.CLOSED, reason_required=True, another=True, answered=True),
        Move(_S.REVIEW, _S.TRIAGE, reason_required=True, another=True),
        Move(_S.CLOSED, _S.ERASED, by_itself=True),
    ),
)

DECIDES: Final = frozenset((_S.OUTSIDE_REMIT, _S.DUPLICATE, _S.OUTCOME, _S.FEEDBACK))
"""Whoever moves a tip into one of these has decided; a review is another's."""

DANGER_HOURS: Final = 2
