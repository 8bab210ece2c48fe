"""Replying: the statement first, the row with its record after."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from admin.accused.hiding import hiding
from admin.readings.errors import refusal
from admin.readings.thread import THREAD_KINDS
from admin.replies.errors import (
    EmptyReply,
    NamesSomebody,
    ReplyNotStored,
    ReplyRefused,
    ReplyTooLong,
    ThreadMovedOn,
)
from admin.replies.identifying import find_names, marked_names
from admin.tip.records import check_returned
from admin.tip.state import ReadState
from admin.visit import Visit
from tipline.ids import INTEGRITY, DeskId, TipId
from tipline.keeper_client import Reason, Refused
from tipline.sealing.audience import Audience
from tipline.sealing.items import NewItem, seal_item
from tipline.tips.answers import MAX_TEXT_BYTES, Message
from tipline.tips.models import Item
from tipline.tips.storing import next_position, store_items


def send_reply(visit: Visit, tip: TipId, text: str, state: ReadState, sure: Collection[str] = ()) -> None:
    """Seal a reply to the reporter and the route's desks, log it, store it with the keeper's record.

    Sending the same page twice adds nothing: after the first, the thread has moved on.

    Args:
        sure: words that would name somebody, and must stay all the same.

    Raises:
        NamesSomebody: the text has other such words; it was not sent.
        ReplyError: it was not sent; the sentence says what happened.
        KeeperError: nothing was proved to be logged, and nothing was stored.
    """
    text = text.strip().replace("\r\n", "\n")
    if not text:
        raise EmptyReply
    if len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        raise ReplyTooLong
    check_unchanged(visit, tip, state)
    found = (*marked_names(text, state.accused), *find_names(hiding(state.accused)(text), state.names))
    if hits := [hit for hit in found if hit.text not in sure]:
        raise NamesSomebody(hits)
    item = _sealed(visit, tip, text, state)
    fields = {"tip": tip.hex(), "desk": state.desk, "item": item.id.hex(), "hash": item.digest.hex()}
    try:
        record = visit.services.keeper.append(visit.sign("reply", fields)).record
    except Refused as refused:
        if refused.reason in (Reason.NOT_ALLOWED, Reason.ITEM_MISMATCH):
            raise ReplyRefused from refused
        raise refusal(refused.reason) from refused
    _store(visit, tip, item, record)


def _store(visit: Visit, tip: TipId, item: NewItem, record: bytes) -> None:
    expected = {"kind": "reply", "tip": tip.hex(), "item": item.id.hex(), "hash": item.digest.hex()}
    check_returned(record, visit.services.log_key, expected)
    try:
        with visit.services.database.writing() as session:
            position = next_position(session, tip)
            store_items(
                session,
                [item],
                first_position=position,
                day=visit.services.clock.today(),
                record=record,
            )
    except SQLAlchemyError as error:
        raise ReplyNotStored from error


def check_unchanged(visit: Visit, tip: TipId, state: ReadState) -> None:
    """Check that the thread ends where the reader's page ended.

    Raises:
        ThreadMovedOn: something was added.
    """
    with visit.services.database.reading() as session:
        last = session.scalars(
            select(Item.position)
            .where(Item.tip_id == tip, Item.kind.in_(THREAD_KINDS))
            .order_by(Item.position.desc())
            .limit(1)
        ).first()
    if last != state.position:
        raise ThreadMovedOn


def _sealed(visit: Visit, tip: TipId, text: str, state: ReadState) -> NewItem:
    desks = [DeskId(desk) for desk in state.route.desks]
    audience = Audience(
        visit.directory.keeper, visit.directory.desk_keys(*desks, INTEGRITY), state.route, state.claim
    )
    content = Message(text, visit.services.clock.today()).encode()
    return seal_item("reply", tip, content, audience=audience, reporter=state.recipient)
