"""What a reporter adds to their tip, sealed to the desks of its route as it stands now."""

from collections.abc import Sequence

from tipline.directory.types import Directory
from tipline.ids import INTEGRITY, DeskId
from tipline.mailbox.thread import Mailbox, current_route, first_text, own_texts
from tipline.routing import Route
from tipline.sealing.audience import Audience
from tipline.sealing.items import FileSealer, seal_item
from tipline.tips.answers import MAX_TEXT_BYTES, Message
from tipline.tips.errors import NothingWritten, TextTooLong
from tipline.tips.intake import Intake
from tipline.tips.storing import next_position, store_items


def add_message(mailbox: Mailbox, text: str, use: Intake) -> None:
    """Store a message of the reporter's. Sending the same text again stores nothing twice.

    Raises:
        NothingWritten: only white space.
        TextTooLong: over MAX_TEXT_BYTES as UTF-8.
        DamagedMailbox: the tip's first item does not open.
    """
    check_text(text)
    with use.database.reading() as session:
        if text in own_texts(session, mailbox):
            return
        route = current_route(session, mailbox, use.log, first_text(session, mailbox))
    _store(mailbox, text, audience_for(route, use.directory, mailbox), (), use)


def add_difference(mailbox: Mailbox, text: str, files: Sequence[FileSealer], use: Intake) -> None:
    """Store what a second sending of the same form said differently, and its new files.

    Raises:
        DamagedMailbox: the tip's first item does not open.
    """
    with use.database.reading() as session:
        route = current_route(session, mailbox, use.log, first_text(session, mailbox))
    _store(mailbox, text, audience_for(route, use.directory, mailbox), files, use)
    use.files.keep(file.item for file in files)


def audience_for(route: Route, directory: Directory, mailbox: Mailbox) -> Audience:
    """The desks of a route, and the integrity desk always, so that escalation needs nobody's help."""
    desks = (*(DeskId(desk) for desk in route.desks), INTEGRITY)
    claim = mailbox.code.claim_key.public.raw
    return Audience(directory.keeper, directory.desk_keys(*desks), route, claim)


def check_text(text: str) -> None:
    """Check that a text can be an item.

    Raises:
        NothingWritten: only white space.
        TextTooLong: over MAX_TEXT_BYTES as UTF-8.
    """
    if not text.strip():
        raise NothingWritten
    if len(text.encode()) > MAX_TEXT_BYTES:
        raise TextTooLong


def _store(mailbox: Mailbox, text: str, audience: Audience, files: Sequence[FileSealer], use: Intake) -> None:
    code, today = mailbox.code, use.clock.today()
    message = seal_item(
        "message",
        mailbox.tip,
        Message(text, today).encode(),
        audience=audience,
        reporter=code.identity.recipient,
        claim=code.claim_key,
    )
    items = [message, *(file.item_for(audience, code.claim_key) for file in files)]
    with use.database.writing() as session:
        store_items(session, items, first_position=next_position(session, mailbox.tip), day=today)
