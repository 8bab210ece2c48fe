"""Notes beside a transfer: the letter's remark and the body's receipt, sealed to the desks, logged first."""

from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from admin.readings.errors import refusal
from admin.tip.records import check_returned
from admin.tip.state import ReadState
from admin.visit import Visit
from tipline.ids import INTEGRITY, DeskId, TipId
from tipline.keeper_client import Refused
from tipline.sealing.audience import Audience
from tipline.sealing.items import seal_item
from tipline.tips.answers import Message
from tipline.tips.storing import next_position, store_items

REMARK, RECEIPT = "transfer", "receipt"
"""Topics of such notes."""


class NoteNotStored(Exception):
    """Logged, but the row could not be written."""


@dataclass(frozen=True)
class KeptNote:
    """A note that is logged and stored."""

    item: str
    digest: str

    @property
    def named(self) -> dict[str, str]:
        """How a statement names it."""
        return {"item": self.item, "hash": self.digest}


def keep_note(visit: Visit, tip: TipId, message: Message, state: ReadState) -> KeptNote:
    """Seal a note to the route's desks, log it, store it with the keeper's record.

    Raises:
        AdminError: the keeper refused it.
        KeeperError: nothing was proved to be logged, and nothing was stored.
        NoteNotStored: it is in the log alone.
    """
    services = visit.services
    desks = [DeskId(desk) for desk in state.route.desks]
    keys = visit.directory.desk_keys(*desks, INTEGRITY)
    audience = Audience(visit.directory.keeper, keys, state.route, state.claim)
    item = seal_item("note", tip, message.encode(), audience=audience)
    named = {"item": item.id.hex(), "hash": item.digest.hex()}
    try:
        statement = visit.sign("note", {"tip": tip.hex(), "desk": state.desk, **named})
        record = services.keeper.append(statement).record
    except Refused as refused:
        raise refusal(refused.reason) from refused
    check_returned(record, services.log_key, {"kind": "note", "tip": tip.hex(), **named})
    try:
        with services.database.writing() as session:
            position = next_position(session, tip)
            day = services.clock.today()
            store_items(session, [item], first_position=position, day=day, record=record)
    except SQLAlchemyError as error:
        raise NoteNotStored from error
    return KeptNote(named["item"], named["hash"])
