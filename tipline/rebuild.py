"""The main database's caches, made again from the log: a tip's state and desk.

A tip that the keeper has never seen is received, at its intake desk. A record
that no longer fits is dropped: it is the keeper's word for the last move, and
the next move brings a new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.errors import CryptoError
from crypto.notes import NoteVerifier, open_json
from tipline.clock import Clock
from tipline.database import Database
from tipline.ids import TipId
from tipline.keeper_client import AdminKeeper, TipView
from tipline.tips.models import Tip
from tipline.tips.moves import TIP_MOVES, TipState, due_on

TIPS_AT_ONCE = 1_000


@dataclass(frozen=True)
class Rebuilt:
    """How many tips were looked at, and how many of them had to be put right."""

    looked_at: int
    put_right: int


def rebuild_caches(database: Database, keeper: AdminKeeper, log_key: NoteVerifier, clock: Clock) -> Rebuilt:
    """Make state, desk and what hangs on them what the log says.

    Raises:
        KeeperError: the keeper does not answer; what was put right until then stays.
    """
    looked_at = put_right = 0
    after = b""
    while tips := _next(database, after):
        views = keeper.states(tip.hex() for tip in tips)
        with database.writing() as session:
            rows = session.scalars(select(Tip).where(Tip.id.in_(tips))).all()
            put_right += sum(_put_right(row, views.get(row.id.hex()), log_key, clock) for row in rows)
        looked_at += len(tips)
        after = tips[-1]
    return Rebuilt(looked_at, put_right)


def _next(database: Database, after: bytes) -> Sequence[TipId]:
    with database.reading() as session:
        return _ids(session, after)


def _ids(session: Session, after: bytes) -> Sequence[TipId]:
    query = select(Tip.id).where(Tip.id > after).order_by(Tip.id).limit(TIPS_AT_ONCE)
    return [TipId(row) for row in session.scalars(query)]


def _put_right(row: Tip, view: TipView | None, log_key: NoteVerifier, clock: Clock) -> bool:
    state = TipState(view.state) if view else TIP_MOVES.start
    desk = view.desks[0] if view and row.desk not in view.desks else row.desk
    fits = _record_fits(row.state_record, log_key, row.id, state)
    if (row.state, row.desk) == (state.value, desk) and fits:
        return False
    if row.state != state.value:
        row.state = state.value
        row.due_on = due_on(state, clock.today())
    if state is not TIP_MOVES.start:
        row.due_at = None  # it was acknowledged: the hour goes
    if row.desk != desk:
        row.desk = desk
        # Its card belongs to a group of the other desk: it is listed again.
        row.card_group, row.card_box, row.card_version = None, None, row.card_version + 1
    if not fits:
        row.state_record = None
    return True


def _record_fits(record: bytes | None, log_key: NoteVerifier, tip: bytes, state: TipState) -> bool:
    if record is None:
        return True
    try:
        fields = open_json(record, log_key)
    except CryptoError:
        return False
    return (fields.get("kind"), fields.get("tip"), fields.get("to")) == ("move", tip.hex(), state.value)
