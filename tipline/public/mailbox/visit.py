"""Who is here: the mailbox of this visitor's session."""

from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import HTTPException

from crypto.tracking_codes import TrackingCode
from tipline.identities.record import FIELDS
from tipline.mailbox.errors import MailboxGone, UnknownCode
from tipline.mailbox.standing import Standing, standing_of
from tipline.mailbox.thread import Mailbox, find_mailbox, first_text
from tipline.public.language import unit_language
from tipline.public.mailbox.cookies import cookie_name
from tipline.public.services import Services, services
from tipline.tips.topics import QUESTIONS

TEXT_ENDPOINTS = frozenset(
    (
        "mailbox.add_files",
        "mailbox.answer",
        "mailbox.leave_name",
        "mailbox.object_to",
        "mailbox.send_threat",
        "mailbox.send_withdrawal",
        "mailbox.write",
    )
)
"""Where a reporter types a text."""


@dataclass(frozen=True)
class Visit:
    """A mailbox that is open, and the code in force that opened it."""

    use: Services
    code: TrackingCode
    mailbox: Mailbox


def this_visit() -> Visit:
    """The visit of this request.

    Raises:
        SignedOut: there is no session.
        MailboxGone: its code opens nothing any more.
        DamagedMailbox: the row was written over.
    """
    use = services()
    code = use.sessions.resume(session_token(use))
    try:
        return _visit(use, code)
    except UnknownCode:
        pass
    # Pressed twice, a button may have replaced the code in between, and taken the session along.
    if use.sessions.resume(session_token(use)).raw != code.raw:
        return this_visit()
    use.sessions.end(session_token(use))
    raise MailboxGone


def _visit(use: Services, code: TrackingCode) -> Visit:
    with use.database.reading() as session:
        return Visit(use, code, find_mailbox(session, code))


def standing_now(visit: Visit) -> Standing:
    """Where the tip stands.

    Raises:
        DamagedMailbox: the tip's first item does not open.
        BadDirectory: the keeper signed none, so nobody says how long things take.
    """
    use, mailbox = visit.use, visit.mailbox
    clocks = use.book.current().clocks
    with use.database.reading() as session:
        first = first_text(session, mailbox, use.log)
        return standing_of(session, mailbox, use.log, first, clocks)


def desk_names(use: Services) -> dict[str, str]:
    """What desks are called in the visitor's language, as the keeper's directory has it.

    Raises:
        BadDirectory: the keeper signed none.
    """
    speaks = unit_language()
    return {desk.id: desk.names[speaks] for desk in use.book.current().desks.values()}


def session_token(use: Services) -> str:
    """What the cookie holds; empty without one."""
    return request.cookies.get(cookie_name(use.settings), "")


def kept_text() -> str:
    """What was typed into a form of the mailbox that cannot be answered: it must come back all the same."""
    if request.method != "POST" or request.endpoint not in TEXT_ENDPOINTS:
        return ""
    try:
        sent = request.form
    except HTTPException:
        return ""
    texts = [sent.get(name, "") for name in ("message", *QUESTIONS, *FIELDS)]
    return "\n\n".join(text for text in texts if text.strip())


def typed_text(field: str) -> str:
    """A text field with plain line ends, so that the same text is the same bytes however it came."""
    return request.form.get(field, "").replace("\r\n", "\n").replace("\r", "\n")
