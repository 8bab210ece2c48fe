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

from tipline.protection.states import DECIDES as PROTECTION_DECIDES
from tipline.protection.states import FORM, PROTECTION_MOVES, ProtectionState
from tipline.transitions import Move, MoveRefused, MoveTable


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
    FORM = FORM


CaseState = TipState | ProtectionState
"""Where a tip or a protection case stands: kept, read and timed alike, and neither becomes the other."""

CaseMove = Move[TipState] | Move[ProtectionState]

PROTECTION_STATES: Final = frozenset(state.value for state in ProtectionState)

STARTS: Final = frozenset((TipState.RECEIVED, ProtectionState.ASKED))
"""Where nobody has taken it up yet: it is untouched, and a danger has its hour."""

ENDED: Final = frozenset((TipState.CLOSED, TipState.ERASED, ProtectionState.ENDED))
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

DECIDES: Final = frozenset(
    (_S.OUTSIDE_REMIT, _S.DUPLICATE, _S.OUTCOME, _S.FEEDBACK, *PROTECTION_DECIDES),
)
"""Whoever moves a tip into one of these has decided; a review is another's."""

DANGER_HOURS: Final = 2


def state_named(text: str) -> CaseState:
    """The state of a word.

    Raises:
        ValueError: it is neither a tip's nor a protection case's.
    """
    return ProtectionState(text) if text in PROTECTION_STATES else TipState(text)


def moves_from(state: CaseState) -> tuple[CaseMove, ...]:
    """The moves by which people leave a state."""
    if isinstance(state, ProtectionState):
        return PROTECTION_MOVES.next_from(state)
    return TIP_MOVES.next_from(state)


def find_move(source: CaseState, target: CaseState) -> CaseMove:
    """The move between two states.

    Raises:
        MoveRefused: there is none that a person makes; a tip becomes no protection case, nor the other way.
    """
    if isinstance(source, ProtectionState) and isinstance(target, ProtectionState):
        return PROTECTION_MOVES.find(source, target)
    if isinstance(source, TipState) and isinstance(target, TipState):
        return TIP_MOVES.find(source, target)
    raise MoveRefused(f"{source} does not lead to {target}")
