"""What a reporter adds to their tip, sealed to the desks of its route as it stands now."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from tipline.clock import Clock
from tipline.directory.types import Directory
from tipline.mailbox.repeats import is_said, new_files
from tipline.mailbox.thread import Mailbox, current_route, first_text
from tipline.routing import Route, protects
from tipline.sealing.audience import Audience
from tipline.sealing.items import NewItem, SealedFile, seal_item
from tipline.tips.answers import MAX_TEXT_BYTES, FileEntry, Message
from tipline.tips.errors import NothingAnswered, NothingWritten, TextTooLong
from tipline.tips.first import audience_under, due_hour
from tipline.tips.intake import Intake
from tipline.tips.models import Tip
from tipline.tips.moves import ENDED, PROTECTION_STATES
from tipline.tips.storing import next_position, settle_files, store_items
from tipline.tips.topics import Topic

_OVER: Final = sorted(ENDED - PROTECTION_STATES)
"""Where danger calls nobody any more. A protection case that has ended can be taken up again."""


def add_message(mailbox: Mailbox, text: str, use: Intake, *, topic: Topic = Topic.MESSAGE) -> None:
    """Store a message of the reporter's. The same words sent again, with no answer between, are stored once.

    A threat brings the tip to the top of its desk's list: it is due by an hour again, like a new danger tip.

    Raises:
        NothingWritten: only white space.
        TextTooLong: over MAX_TEXT_BYTES as UTF-8.
        DamagedMailbox: the tip's first item does not open.
    """
    check_text(text)
    also = partial(_bring_up, mailbox, use.clock) if topic is Topic.THREAT else None
    _add(mailbox, Message(text, use.clock.today(), topic), use, also=also)


def add_notice(
    mailbox: Mailbox,
    topic: Topic,
    text: str,
    use: Intake,
    also: Callable[[Session], None] | None = None,
    *,
    answers: Mapping[str, str] | None = None,
) -> None:
    """Store a message whose topic says enough; the text may be empty.

    Args:
        also: what to do in the same transaction.
        answers: what else it says, by name.

    Raises:
        TextTooLong: over MAX_TEXT_BYTES as UTF-8.
        DamagedMailbox: the tip's first item does not open.
    """
    check_length(text)
    _add(mailbox, Message(text.strip(), use.clock.today(), topic, answers or {}), use, also=also)


def add_incident(
    mailbox: Mailbox, text: str, answers: Mapping[str, str], use: Intake, *, danger: bool
) -> None:
    """Store what happened to somebody whose case this is; danger brings it to the top of its desk's list.

    Raises:
        NothingWritten: only white space.
        TextTooLong: over MAX_TEXT_BYTES as UTF-8.
        DamagedMailbox: the case's first item does not open.
    """
    check_text(text)
    also = partial(_bring_up, mailbox, use.clock) if danger else None
    _add(mailbox, Message(text, use.clock.today(), Topic.INCIDENT, answers), use, also=also)


def add_answers(mailbox: Mailbox, answers: Mapping[str, str], use: Intake) -> None:
    """Store the answers to a group of questions, as one message. The same answers sent again are stored once.

    Raises:
        NothingAnswered: there are none.
        DamagedMailbox: the tip's first item does not open.
    """
    if not answers:
        raise NothingAnswered
    _add(mailbox, Message("", use.clock.today(), Topic.ANSWERS, answers), use)


def add_files(mailbox: Mailbox, text: str, files: Sequence[SealedFile], sending: str, use: Intake) -> None:
    """Store files that were sent later, and what the reporter says of them.

    Args:
        files: finished and staged, sealed for this tip.
        sending: names the form they came by (hex): files of one name and size are stored once for it.

    Raises:
        TextTooLong: over MAX_TEXT_BYTES as UTF-8.
        DamagedMailbox: the tip's first item does not open.
    """
    check_length(text)
    with use.database.reading() as session:
        fresh = new_files(session, mailbox, files, sending, use.log)
    settle_files([file for file in files if file not in fresh], use)
    if not fresh and files:
        return
    _add(mailbox, _with_files(text, fresh, sending, use), use, fresh)


def add_difference(
    mailbox: Mailbox, text: str, files: Sequence[SealedFile], use: Intake, *, danger: bool
) -> None:
    """Store what a second sending of the same form said differently, and its new files.

    Danger brings the tip, or the case, up as a threat does.

    Raises:
        DamagedMailbox: the tip's first item does not open.
    """
    also = partial(_bring_up, mailbox, use.clock) if danger else None
    _add(mailbox, _with_files(text, files, "", use), use, files, also=also)


def audience_for(route: Route, directory: Directory, mailbox: Mailbox) -> Audience:
    """The desks of a route, and the integrity desk always, so that escalation needs nobody's help."""
    return audience_under(route, directory, mailbox.code.claim_key.public.raw)


def check_text(text: str) -> None:
    """Check that a text can be an item.

    Raises:
        NothingWritten: only white space.
        TextTooLong: over MAX_TEXT_BYTES as UTF-8.
    """
    if not text.strip():
        raise NothingWritten
    check_length(text)


def check_length(text: str) -> None:
    """Check that a text has room in an item.

    Raises:
        TextTooLong: over MAX_TEXT_BYTES as UTF-8.
    """
    if len(text.encode()) > MAX_TEXT_BYTES:
        raise TextTooLong


def _bring_up(mailbox: Mailbox, clock: Clock, session: Session) -> None:
    session.execute(
        update(Tip)
        .where(Tip.id == mailbox.tip, Tip.due_at.is_(None), Tip.state.not_in(_OVER))
        .values(due_at=due_hour(clock.now()))
    )


def _with_files(text: str, files: Sequence[SealedFile], sending: str, use: Intake) -> Message:
    entries = tuple(
        FileEntry(file.item.hex(), file.digest.hex(), file.name, file.size, file.media_type, file.hidden)
        for file in files
    )
    topic = Topic.FILES if sending else Topic.MESSAGE
    return Message(text, use.clock.today(), topic, files=entries, sending=sending)


def _add(
    mailbox: Mailbox,
    message: Message,
    use: Intake,
    files: Sequence[SealedFile] = (),
    also: Callable[[Session], None] | None = None,
) -> None:
    """Seal and store a message, unless it is there already."""
    with use.database.reading() as session:
        seen = next_position(session, mailbox.tip)
        route = current_route(session, mailbox, use.log, first_text(session, mailbox, use.log))
        said = is_said(session, mailbox, message, use.log, daily=protects(route))
    items = [] if said else _seal(mailbox, message, files, audience_for(route, use.directory, mailbox))
    with use.database.writing() as session:
        position = next_position(session, mailbox.tip)
        # The same page may be under way twice: what came in between is looked at again, under the lock.
        if items and position > seen and is_said(session, mailbox, message, use.log, daily=protects(route)):
            items = []
        if items:
            store_items(session, items, first_position=position, day=message.day)
        if also:
            also(session)
    settle_files(files, use)


def _seal(
    mailbox: Mailbox, message: Message, files: Sequence[SealedFile], audience: Audience
) -> list[NewItem]:
    code = mailbox.code
    text = seal_item(
        "message",
        mailbox.tip,
        message.encode(),
        audience=audience,
        reporter=code.identity.recipient,
        claim=code.claim_key,
        day=message.day,
    )
    return [text, *(file.item_for(audience, code.claim_key) for file in files)]
