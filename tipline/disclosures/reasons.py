"""Why somebody asked for a name, or judged an award so: sealed for auditors and another desk, with no tip.

The statements that name them are never forgotten, so these stay, too.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import ForeignKey, LargeBinary, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from tipline.database import WITHOUT_ROWID, Base
from tipline.directory.types import Directory
from tipline.ids import AUDITORS, NO_TIP, DeskId
from tipline.routing import Route
from tipline.sealing.audience import Audience
from tipline.sealing.items import NewItem, seal_item
from tipline.tips.answers import Message

KIND: Final = "reason"
NO_CLAIM: Final = bytes(32)
"""In place of a claim key: no reporter stands behind it."""


class DisclosureReason(Base):
    """A sealed text. Whose it is, and about which request, stands in the log alone."""

    __tablename__ = "disclosure_reasons"
    __table_args__ = (WITHOUT_ROWID,)

    item_id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    day: Mapped[date]
    sealed: Mapped[bytes]


class DisclosureReasonSlip(Base):
    """What lets one desk open it, under the keeper's lock."""

    __tablename__ = "disclosure_reason_slips"
    __table_args__ = (WITHOUT_ROWID,)

    item_id: Mapped[bytes] = mapped_column(ForeignKey("disclosure_reasons.item_id"), primary_key=True)
    desk: Mapped[str] = mapped_column(primary_key=True)
    slip: Mapped[bytes]


def keep_reason(session: Session, text: str, desk: DeskId, directory: Directory, day: date) -> NewItem:
    """Seal a reason for a desk and the auditors, or for these alone, and store it; a statement names it next.

    Raises:
        BadDirectory: there is no such desk.
    """
    desks: Sequence[DeskId] = sorted({desk, AUDITORS})
    route = Route(tuple(desks), ())
    audience = Audience(directory.keeper, directory.desk_keys(*desks), route, NO_CLAIM)
    item = seal_item(KIND, NO_TIP, Message(text, day).encode(), audience=audience)
    session.add(DisclosureReason(item_id=item.id, day=day, sealed=item.sealed))
    session.flush()
    session.add_all(
        DisclosureReasonSlip(item_id=item.id, desk=slip.desk, slip=slip.slip) for slip in item.slips
    )
    return item


def drop_reason(session: Session, item: bytes) -> None:
    """Remove a reason whose statement was refused."""
    session.execute(delete(DisclosureReasonSlip).where(DisclosureReasonSlip.item_id == item))
    session.execute(delete(DisclosureReason).where(DisclosureReason.item_id == item))
