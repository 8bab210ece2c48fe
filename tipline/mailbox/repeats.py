"""What is in the mailbox already: a page that is sent twice is stored once."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from crypto.notes import NoteVerifier
from tipline.mailbox.thread import Mailbox, own_messages, replies
from tipline.sealing.items import SealedFile
from tipline.tips.answers import Message
from tipline.tips.topics import Topic


def is_said(
    session: Session, mailbox: Mailbox, message: Message, log: NoteVerifier, *, daily: bool = False
) -> bool:
    """Whether the reporter has said this before.

    Answers are compared with the last ones to the same questions, so that a correction can be taken
    back. Everything else counts since the desk last answered: "No" may answer two of its questions.

    Args:
        daily: what was said on another day does not count. In a protection case the same words are news
            each day: "I am well" is a sign of life, and "he stood at the door" has happened again.
    """
    if message.topic in (Topic.ANSWERS, Topic.CONSENT):
        return _last_answers(session, mailbox, message, log) == message.answers
    answered = max((reply.position for reply in replies(session, mailbox, log)), default=-1)
    said = (one.message for one in own_messages(session, mailbox, log, after=answered))
    return any(
        one and _content(one) == _content(message) and not (daily and one.day != message.day) for one in said
    )


def new_files(
    session: Session, mailbox: Mailbox, files: Sequence[SealedFile], sending: str, log: NoteVerifier
) -> list[SealedFile]:
    """The files that this form has not brought yet."""
    sent = {
        (file.name, file.size)
        for one in own_messages(session, mailbox, log)
        if one.message and one.message.sending == sending
        for file in one.message.files
    }
    return [file for file in files if (file.name, file.size) not in sent]


def answered_names(session: Session, mailbox: Mailbox, log: NoteVerifier) -> set[str]:
    """The questions that this reporter has answered."""
    return {
        name for one in own_messages(session, mailbox, log) if one.message for name in one.message.answers
    }


def _content(message: Message) -> tuple[str, str, str, dict[str, str], list[tuple[str, int]]]:
    files = sorted((file.name, file.size) for file in message.files)
    return message.topic, message.sending, message.text, dict(message.answers), files


def _last_answers(
    session: Session, mailbox: Mailbox, message: Message, log: NoteVerifier
) -> dict[str, str] | None:
    for one in reversed(own_messages(session, mailbox, log)):
        if one.message and one.message.answers.keys() & message.answers.keys():
            return dict(one.message.answers)
    return None
