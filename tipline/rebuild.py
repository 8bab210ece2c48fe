"""The main database's caches, made again from the log.

A tip that the keeper has never seen is received, and keeps its intake values. Where the record of a tip's
standing does not say what the log says, the keeper says it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.errors import CryptoError
from crypto.notes import NoteVerifier, open_json
from tipline.database import Database
from tipline.deadlines import Clocks
from tipline.ids import TipId
from tipline.keeper_client import AdminKeeper, TipView
from tipline.tips.case_file import CaseFile
from tipline.tips.columns import unlist, write_case
from tipline.tips.models import Tip
from tipline.tips.moves import PROTECTION_STATES, STARTS

TIPS_AT_ONCE = 1_000
Groups = Mapping[str, tuple[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Rebuilt:
    """How many tips were looked at, and how many of them had to be put right."""

    looked_at: int
    put_right: int


def rebuild_caches(database: Database, keeper: AdminKeeper, log_key: NoteVerifier) -> Rebuilt:
    """Make the columns say what the log says, and the records too.

    Raises:
        KeeperError: the keeper does not answer; what was put right until then stays.
    """
    looked_at = put_right = 0
    clocks, groups = keeper.roster().clocks, keeper.card_groups()
    after = b""
    while tips := _next(database, after):
        views = keeper.states(tip.hex() for tip in tips)
        stale = _stale(database, tips, views, log_key)
        records = keeper.standings(stale)  # before rows are held: nobody waits for the keeper meanwhile
        with database.writing() as session:
            for row in session.scalars(select(Tip).where(Tip.id.in_(tips))):
                name = row.id.hex()
                if name in stale:
                    row.state_record = records.get(name)
                changed = _put_right(row, views.get(name), clocks) or name in stale
                put_right += _take_out_stranger(row, views.get(name), groups) or changed
        looked_at += len(tips)
        after = tips[-1]
    return Rebuilt(looked_at, put_right)


def _stale(
    database: Database, tips: Sequence[TipId], views: Mapping[str, TipView], log_key: NoteVerifier
) -> frozenset[str]:
    """Those whose record does not say what the log says."""
    query = select(Tip.id, Tip.state_record).where(Tip.id.in_(tips))
    with database.reading() as session:
        rows = session.execute(query).all()
    return frozenset(
        row.id.hex()
        for row in rows
        if not _record_fits(row.id, row.state_record, views.get(row.id.hex()), log_key)
    )


def _next(database: Database, after: bytes) -> Sequence[TipId]:
    with database.reading() as session:
        return _ids(session, after)


def _ids(session: Session, after: bytes) -> Sequence[TipId]:
    query = select(Tip.id).where(Tip.id > after).order_by(Tip.id).limit(TIPS_AT_ONCE)
    return [TipId(row) for row in session.scalars(query)]


def _put_right(row: Tip, view: TipView | None, clocks: Clocks) -> bool:
    protects = row.state in PROTECTION_STATES
    logged = view or TipView((row.desk,), (), CaseFile.opened(row.arrived_on, clocks, protects=protects))
    return write_case(row, logged)


def _take_out_stranger(row: Tip, view: TipView | None, groups: Groups) -> bool:
    """Take a card out of a group that is not its route's: the next list puts it where it belongs.

    After an acknowledged rollback the keeper knows neither groups nor tips that came in what is lost.
    """
    if row.card_group is None:
        return False
    group = groups.get(row.card_group.hex())
    if group is not None and (view is None or group == (row.desk, tuple(sorted(view.excluded)))):
        return False
    unlist(row)
    return True


def _record_fits(tip: bytes, record: bytes | None, view: TipView | None, log_key: NoteVerifier) -> bool:
    """Whether a row's record says what the log says; none is right while nothing was stated of the tip."""
    if view is None or record is None:
        return record is None and (view is None or _is_untouched(view.case))
    try:
        fields = open_json(record, log_key)
    except CryptoError:
        return False
    wanted = {"type": "standing", "tip": tip.hex(), **view.case.standing()}
    return {name: fields.get(name) for name in wanted} == wanted


def _is_untouched(case: CaseFile) -> bool:
    return case.state in STARTS and case.paused_on is None and not case.told
