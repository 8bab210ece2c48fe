"""Reading what a member wrote for the auditors, a reason or words of a search: logged like any reading."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.disclosures.sealing import find_reason
from admin.log.errors import ReasonMissing
from admin.readings.reader import reader_at
from admin.readings.sealed import SealedItem, sealed_item
from admin.readings.service import read_items
from admin.visit import Visit
from crypto.errors import BadFormat
from tipline.ids import AUDITORS, NO_TIP, ItemId
from tipline.searches.models import Search
from tipline.searches.service import KIND
from tipline.tips.answers import Message
from tipline.tips.models import Item, Slip
from tipline.tips.purposes import Purpose


def read_reason(visit: Visit, item: str) -> tuple[str, Message]:
    """The tip and the text of a reason, after the reading was logged.

    Raises:
        ReasonMissing: it is not stored, or is no reason.
        AdminError: the reading was refused.
        KeeperError: nothing was proved to be logged.
    """
    services = visit.services
    with services.database.reading() as session:
        sealed = _find(session, item)
        reader = reader_at(session, visit.session.member, AUDITORS, visit.roster)
    read = read_items(sealed.tip, [sealed], reader, Purpose.AUDIT, services.keeper, visit.sign)
    try:
        return sealed.tip.hex(), Message.decode(read.opened[0].content.reveal())
    except BadFormat as error:
        raise ReasonMissing from error


def _find(session: Session, item: str) -> SealedItem:
    try:
        wanted = bytes.fromhex(item)
    except ValueError as error:
        raise ReasonMissing from error
    words = session.get(Search, wanted)
    if words is not None:
        return SealedItem(
            *(ItemId(words.item_id), NO_TIP, KIND, 0, words.day, words.sealed, b"", b"", words.slip)
        )
    asked = find_reason(session, wanted, AUDITORS)
    if asked is not None:
        return asked
    row = session.execute(
        select(Item, Slip.slip)
        .join(Slip, Slip.item_id == Item.id)
        .where(Item.id == wanted, Item.kind == "reason", Slip.desk == AUDITORS)
    ).first()
    if row is None:
        raise ReasonMissing
    return sealed_item(*row)
