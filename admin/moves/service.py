"""A move: a statement in the log, then the columns that remember it."""

from collections.abc import Mapping
from typing import Any

from admin.moves.errors import NoSuchMove, ReasonMissing
from admin.moves.statements import state as make
from admin.tip.state import ReadState
from admin.visit import Visit
from tipline.ids import TipId
from tipline.tips import moves
from tipline.tips.moves import CaseMove, CaseState, state_named
from tipline.transitions import MoveRefused


def move_tip(
    visit: Visit,
    tip: TipId,
    target: str,
    reason: str,
    state: ReadState,
    detail: Mapping[str, Any] | None = None,
) -> CaseState:
    """Move a tip, or a case, on from the state in which the reader saw it; the state it is in then.

    Args:
        detail: what the move names beside its states, as its statement has it.

    Raises:
        AdminError: it was not moved; the sentence says why.
        KeeperError: nothing was proved to be logged.
    """
    move = find_move(state.tip_state, target)
    if move.reason_required and not reason.strip():
        raise ReasonMissing
    fields = {"from": move.source.value, "to": move.target.value, "detail": dict(detail or {})}
    make(visit, tip, "move", reason, state, **fields)
    return move.target


def find_move(source: CaseState, target: str) -> CaseMove:
    """The move to a state.

    Raises:
        NoSuchMove: the table has none.
    """
    try:
        return moves.find_move(source, state_named(target))
    except (MoveRefused, ValueError) as error:
        raise NoSuchMove from error
