"""The logged reading behind a packet, with the tip's files open while it is made."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.readings.accused import load_with_names
from admin.readings.files import SealedFile
from admin.readings.packets import PURPOSE, PacketReading, StoredFile, read_packet
from admin.readings.reader import reader_at
from admin.readings.sealed import load_items
from admin.readings.thread import TipReading, read_tip
from admin.tip.page import TipPage
from admin.tip.state import ReadState
from admin.visit import Visit
from tipline.files.errors import NoSuchFile
from tipline.ids import ItemId
from tipline.tips.models import Item, Slip


@dataclass(frozen=True)
class ForPacket:
    """What a reading opened, and what statements about the tip need to know of it."""

    read: PacketReading = field(repr=False)
    state: ReadState = field(repr=False)


@contextmanager
def reading_all(visit: Visit, page: TipPage) -> Iterator[ForPacket]:
    """Read text, thread, marked names and files of a tip under one statement; the files stay open inside.

    A file whose bytes are gone is left out.

    Raises:
        AdminError: the reading was refused.
        KeeperError: nothing was proved to be logged.
    """
    services = visit.services
    with services.database.reading() as session:
        reader = reader_at(session, visit.session.member, page.tip.desk, visit.roster)
        items = load_with_names(session, page.id, page.tip.desk, services.log_key)
        rows = _stored(session, page)
    with ExitStack() as stack:
        files = [found for row in rows for found in _opened(visit, row, stack)]
        read = read_packet(page.id, items, files, reader, services.keeper, visit.sign, services.log_key)
        yield ForPacket(read, _state(page, read.read))


def read_text(visit: Visit, page: TipPage) -> ReadState:
    """Read the tip's text alone, for what a note or a move is sealed to.

    Raises:
        AdminError: the reading was refused.
        KeeperError: nothing was proved to be logged.
    """
    services = visit.services
    with services.database.reading() as session:
        reader = reader_at(session, visit.session.member, page.tip.desk, visit.roster)
        items = load_items(session, page.id, page.tip.desk, ("text",))
    read = read_tip(page.id, items, reader, PURPOSE, services.keeper, visit.sign, services.log_key)
    return _state(page, read)


def _state(page: TipPage, read: TipReading) -> ReadState:
    text = read.text
    return ReadState(text.recipient, text.claim, read.route, PURPOSE, page.tip.desk, page.state, -1)


def _stored(session: Session, page: TipPage) -> list[SealedFile]:
    rows = session.execute(
        select(Item.id, Item.claim_signature, Slip.slip)
        .join(Slip, Slip.item_id == Item.id)
        .where(Item.tip_id == page.id, Item.kind == "file", Slip.desk == page.tip.desk)
        .order_by(Item.position)
    )
    return [SealedFile(page.id, ItemId(row.id), row.claim_signature, row.slip) for row in rows]


def _opened(visit: Visit, file: SealedFile, stack: ExitStack) -> Iterator[StoredFile]:
    try:
        yield StoredFile(file, stack.enter_context(visit.services.files.open(file.item)))
    except NoSuchFile:
        return
