"""A move: a statement in the log, then the columns that remember it."""

from sqlalchemy.exc import SQLAlchemyError

from admin.moves.errors import MovedMeanwhile, MoveNotStored, NoSuchMove, ReasonMissing
from admin.readings.errors import refusal
from admin.tip.reasons import drop_reason, keep_reason
from admin.tip.records import check_returned, record_index
from admin.tip.state import ReadState
from admin.visit import Visit
from tipline.ids import TipId
from tipline.keeper_client import Reason, Refused
from tipline.tips.models import Tip
from tipline.tips.moves import TIP_MOVES, TipState, due_on
from tipline.transitions import MoveRefused


def move_tip(visit: Visit, tip: TipId, target: str, reason: str, state: ReadState) -> TipState:
    """Move a tip on from the state in which the reader saw it; the state it is in then.

    Raises:
        AdminError: it was not moved; the sentence says why.
        KeeperError: nothing was proved to be logged.
    """
    try:
        move = TIP_MOVES.find(state.tip_state, TipState(target))
    except (MoveRefused, ValueError) as error:
        raise NoSuchMove from error
    if move.reason_required and not reason.strip():
        raise ReasonMissing
    kept = keep_reason(visit, tip, reason, state)
    fields = {
        "tip": tip.hex(),
        "desk": state.desk,
        "from": move.source.value,
        "to": move.target.value,
        "reason": kept.named if kept else {},
    }
    try:
        record = visit.services.keeper.append(visit.sign("move", fields)).record
    except Refused as refused:
        drop_reason(visit, kept)
        if refused.reason is Reason.NOT_ALLOWED:
            raise MovedMeanwhile from refused
        raise refusal(refused.reason) from refused
    expected = {"kind": "move", "tip": tip.hex(), "from": move.source.value, "to": move.target.value}
    check_returned(record, visit.services.log_key, expected)
    try:
        _remember(visit, tip, move.target, record)
    except SQLAlchemyError as error:
        raise MoveNotStored from error
    return move.target


def _remember(visit: Visit, tip: TipId, target: TipState, record: bytes) -> None:
    log_key = visit.services.log_key
    with visit.services.database.writing() as session:
        row = session.get(Tip, tip)
        if row is None:
            return
        if row.state_record and record_index(row.state_record, log_key) > record_index(record, log_key):
            return  # a later move was stored first
        row.state = target.value
        row.state_record = record
        row.due_on = due_on(target, visit.services.clock.today())
        if target is not TipState.RECEIVED:
            row.due_at = None  # acknowledged: the hour goes
