"""Reasons in free text: sealed items for the auditors alone, of which statements hold the hash.

A reason is stored before its statement: a hash in the log whose text is missing
could not be repaired, a text that no statement names is never opened.
"""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import delete

from admin.moves.errors import ReasonTooLong
from admin.visit import Visit
from tipline.ids import AUDITORS, TipId
from tipline.routing import Route
from tipline.sealing.audience import Audience
from tipline.sealing.items import NewItem, seal_item
from tipline.tips.answers import MAX_TEXT_BYTES, Message
from tipline.tips.models import Item, Slip
from tipline.tips.storing import next_position, store_items


class Bound(Protocol):
    """What a reason is sealed under: the tip's route, and the claim key that it is bound to."""

    @property
    def route(self) -> Route:
        """The route of the tip."""
        ...

    @property
    def claim(self) -> bytes:
        """The reporter's raw claim key."""
        ...


@dataclass(frozen=True)
class KeptReason:
    """A stored reason."""

    item: NewItem

    @property
    def named(self) -> dict[str, str]:
        """How a statement names it."""
        return {"item": self.item.id.hex(), "hash": self.item.digest.hex()}


def keep_reason(visit: Visit, tip: TipId, text: str, state: Bound) -> KeptReason | None:
    """Seal and store a reason; None when none was given.

    Raises:
        ReasonTooLong: over `MAX_TEXT_BYTES`.
    """
    text = text.strip().replace("\r\n", "\n")
    if not text:
        return None
    if len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        raise ReasonTooLong
    day = visit.services.clock.today()
    directory = visit.directory
    audience = Audience(directory.keeper, directory.desk_keys(AUDITORS), state.route, state.claim)
    item = seal_item("reason", tip, Message(text, day).encode(), audience=audience)
    with visit.services.database.writing() as session:
        store_items(session, [item], first_position=next_position(session, tip), day=day)
    return KeptReason(item)


def drop_reason(visit: Visit, kept: KeptReason | None) -> None:
    """Remove a reason whose statement was refused."""
    if kept is None:
        return
    with visit.services.database.writing() as session:
        session.execute(delete(Slip).where(Slip.item_id == kept.item.id))
        session.execute(delete(Item).where(Item.id == kept.item.id))
