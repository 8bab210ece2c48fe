"""Sending a file to a reader: always an attachment; what is shown are pictures (`admin.tip.previews`)."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.attachments import disposition
from admin.errors import NotFound
from admin.readings.files import OpenFile, SealedFile, read_file
from admin.readings.reader import reader_at
from admin.tip.errors import FileMissing
from admin.tip.page import TipPage
from admin.visit import Visit
from tipline.files.errors import NoSuchFile
from tipline.ids import ItemId, TipId
from tipline.tips.models import Item, Slip
from tipline.tips.purposes import Purpose


@contextmanager
def open_file(visit: Visit, page: TipPage, item: str, purpose: Purpose) -> Iterator[OpenFile]:
    """Open a file of a tip as a stream that ends with the block.

    Raises:
        NotFound: the tip has no such file for this desk.
        FileMissing: its bytes are gone.
        AdminError: the reading was refused.
        KeeperError: nothing was proved to be logged.
    """
    services = visit.services
    with services.database.reading() as session:
        file = _find(session, page, item)
        reader = reader_at(session, visit.session.member, page.tip.desk, visit.roster)
    try:
        source = services.files.open(file.item)
    except NoSuchFile as error:
        raise FileMissing from error
    with source:
        yield read_file(file, source, reader, purpose, services.keeper, visit.sign)


def open_download(visit: Visit, page: TipPage, item: str, purpose: Purpose) -> OpenFile:
    """The same, for an answer that is sent after the view has ended.

    Raises:
        AdminError, KeeperError: as `open_file` says.
    """
    held = ExitStack()
    opened = held.enter_context(open_file(visit, page, item, purpose))
    return replace(opened, pieces=_closing(held, opened.pieces))


def attachment(file: OpenFile) -> Response:
    """The answer that carries a file. No length is announced: an error breaks the transfer off."""
    response = Response(file.pieces, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = disposition(file.name, "tip-file")
    return response


def _find(session: Session, page: TipPage, item: str) -> SealedFile:
    try:
        wanted = bytes.fromhex(item)
    except ValueError as error:
        raise NotFound from error
    row = session.execute(
        select(Item.id, Item.claim_signature, Slip.slip)
        .join(Slip, Slip.item_id == Item.id)
        .where(Item.id == wanted, Item.tip_id == page.id, Item.kind == "file", Slip.desk == page.tip.desk)
    ).first()
    if row is None:
        raise NotFound
    return SealedFile(TipId(page.id), ItemId(row.id), row.claim_signature, row.slip)


def _closing(held: ExitStack, pieces: Iterator[bytes]) -> Iterator[bytes]:
    with held:
        yield from pieces
