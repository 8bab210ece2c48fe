"""Closing many tips at once that are none: one statement, and all of them or not one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from admin.errors import NotFound
from admin.queue.errors import (
    NoReason,
    NotAllSpam,
    NothingTicked,
    SpamNotStored,
    TooManyTicked,
    TwoDesks,
)
from admin.queue.rows import QueueRow, load_rows
from admin.queue.service import current_keys, known_rows, looking
from admin.readings.errors import refusal
from admin.tip.reasons import drop_reason, keep_reason
from admin.visit import Visit
from tipline.ids import TipId, tip_id_from_hex
from tipline.keeper_client import Reason, Refused
from tipline.routing import Route
from tipline.tips.columns import write_case
from tipline.tips.models import Tip

MOST: Final = 200


@dataclass(frozen=True)
class Bound:
    """What a reason is sealed under: the tip's latest route and the claim key that it is bound to."""

    route: Route
    claim: bytes


def ticked(visit: Visit, tips: Sequence[str]) -> list[QueueRow]:
    """The lines of the tips (hex) that were ticked, each of which this member may close.

    Raises:
        QueueError: none, too many, of two desks, or one that is no longer at its beginning.
        NotFound: one of them is nothing that this session may know of.
        KeeperError: the keeper does not answer.
    """
    wanted = list(dict.fromkeys(tips))
    if not wanted:
        raise NothingTicked
    if len(wanted) > MOST:
        raise TooManyTicked
    ids = _ids(wanted)
    view = looking(visit, current_keys(visit, list_new=False))
    with visit.services.database.reading() as session:
        rows, _ = known_rows(visit, load_rows(session, view, ids))
    if len(rows) != len(ids):
        raise NotFound
    if len({row.desk for row in rows}) > 1:
        raise TwoDesks
    if any(not row.may_be_spam for row in rows):
        raise NotAllSpam
    return rows


def close_spam(visit: Visit, rows: Sequence[QueueRow], reason: str) -> None:
    """Close tips that are none, by one statement.

    Raises:
        AdminError: not one was closed; the sentence says why.
        SpamNotStored: all were, but the list does not show it yet.
        KeeperError: nothing was proved to be logged.
    """
    if not reason.strip():
        raise NoReason
    tips = sorted(row.id.hex() for row in rows)
    first = visit.services.keeper.states(tips[:1]).get(tips[0])
    if first is None:
        raise NotAllSpam  # nobody has listed it: there is nothing in the log to close
    bound = Bound(Route(first.desks, first.excluded), first.claim)
    kept = keep_reason(visit, tip_id_from_hex(tips[0]), reason, bound)
    fields = {"desk": rows[0].desk, "tips": tips, "reason": kept.named if kept else {}}
    try:
        appended = visit.services.keeper.append(visit.sign("close-spam", fields))
    except Refused as refused:
        drop_reason(visit, kept)
        if refused.reason is Reason.NOT_ALLOWED:
            raise NotAllSpam from refused
        raise refusal(refused.reason) from refused
    views = visit.services.keeper.states(tips)
    try:
        with visit.services.database.writing() as session:
            for row in session.scalars(select(Tip).where(Tip.id.in_([bytes.fromhex(tip) for tip in tips]))):
                write_case(row, views[row.id.hex()], appended.records[row.id.hex()])
    except SQLAlchemyError as error:
        raise SpamNotStored from error


def _ids(tips: Sequence[str]) -> list[TipId]:
    try:
        return [tip_id_from_hex(tip) for tip in tips]
    except ValueError as error:
        raise NotFound from error
