"""Who is here: the mailbox of this visitor's session."""

from dataclasses import dataclass
from typing import NoReturn

from flask import abort, request
from werkzeug.exceptions import HTTPException

from crypto.tracking_codes import TrackingCode
from tipline.identities.record import FIELDS
from tipline.mailbox.awards import award_now
from tipline.mailbox.disclosures import told_disclosures
from tipline.mailbox.doors import Doors, open_doors
from tipline.mailbox.errors import DamagedMailbox, MailboxGone, UnknownCode
from tipline.mailbox.protection import CaseStanding, case_standing
from tipline.mailbox.standing import Standing, standing_of
from tipline.mailbox.thread import Mailbox, first_text, replies
from tipline.protection.asking import Asking
from tipline.public.language import unit_language
from tipline.public.mailbox.cookies import cookie_name
from tipline.public.services import Services, services
from tipline.tips.topics import QUESTIONS

TEXT_ENDPOINTS = frozenset(
    (
        "mailbox.add_files",
        "mailbox.answer",
        "mailbox.ask_for_protection",
        "mailbox.ask_for_relative",
        "mailbox.be_paid_by_name",
        "mailbox.leave_name",
        "mailbox.leave_name_in_case",
        "mailbox.object_in_case",
        "mailbox.object_to",
        "mailbox.send_incident",
        "mailbox.send_threat",
        "mailbox.send_withdrawal",
        "mailbox.write",
        "mailbox.write_in_case",
        "redeem.step",
    )
)
"""Where a reporter types a text."""


class OtherDoor(Exception):
    """The page is one of a tip's mailbox and the code opens a case alone, or the other way round."""


@dataclass(frozen=True)
class Visit:
    """A mailbox that is open, a tip's or a case's, and what else the code in force opens."""

    use: Services
    doors: Doors
    mailbox: Mailbox

    @property
    def code(self) -> TrackingCode:
        """The code in force that opened it."""
        return self.doors.code

    @property
    def is_case(self) -> bool:
        """Whether this is the mailbox of a protection case."""
        return self.mailbox is self.doors.case


def this_visit() -> Visit:
    """The visit of this request to the mailbox of a tip.

    Raises:
        OtherDoor: the code opens a protection case alone.
        SignedOut: there is no session.
        MailboxGone: its code opens nothing any more.
        DamagedMailbox: the row was written over.
    """
    use, doors = services(), these_doors()
    if doors.tip is None:
        _to_other_door()
    return Visit(use, doors, doors.tip)


def this_case() -> Visit:
    """The visit of this request to the mailbox of a protection case.

    Raises:
        OtherDoor: there is none: nobody has asked for protection.
        SignedOut, MailboxGone, DamagedMailbox: as for a tip's.
    """
    use, doors = services(), these_doors()
    if doors.case is None:
        _to_other_door()
    return Visit(use, doors, doors.case)


def _to_other_door() -> NoReturn:
    """Lead whoever asks for a page to the one that makes sense; a form from nowhere finds no page."""
    if request.method == "POST":
        abort(404)
    raise OtherDoor


def these_doors() -> Doors:
    """What the code of this request's session opens.

    Raises:
        SignedOut: there is no session.
        MailboxGone: its code opens nothing any more.
        DamagedMailbox: the row was written over.
    """
    use = services()
    code = use.sessions.resume(session_token(use))
    try:
        with use.database.reading() as session:
            return open_doors(session, code, use.log)
    except UnknownCode:
        pass
    # Pressed twice, a button may have replaced the code in between, and taken the session along.
    if use.sessions.resume(session_token(use)).raw != code.raw:
        return these_doors()
    use.sessions.end(session_token(use))
    raise MailboxGone


def has_news(use: Services, mailbox: Mailbox) -> bool:
    """Whether something came into a mailbox since it was last read."""
    seen = mailbox.read_up_to
    with use.database.reading() as session:
        if replies(session, mailbox, use.log, after=seen):
            return True
        if told_disclosures(session, mailbox, use.log, after=seen):
            return True
        award = award_now(session, mailbox, use.log)
    return award is not None and award.seen_on(use.clock.today()) > mailbox.award_seen


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


def case_now(use: Services, case: Mailbox) -> tuple[Asking, CaseStanding]:
    """What a protection case asked for, and where it stands.

    Raises:
        DamagedMailbox: the first item does not open, or is no case's.
        BadDirectory: the keeper signed none, so nobody says how long things take.
    """
    clocks = use.book.current().clocks
    with use.database.reading() as session:
        first = first_text(session, case, use.log)
        if first.asking is None:
            raise DamagedMailbox
        return first.asking, case_standing(session, case, use.log, first, clocks)


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
    texts = [
        sent.get(name, "") for name in ("message", "description", "code", "voucher", *QUESTIONS, *FIELDS)
    ]
    return "\n\n".join(text for text in texts if text.strip())


def typed_text(field: str) -> str:
    """A text field with plain line ends, so that the same text is the same bytes however it came."""
    return request.form.get(field, "").replace("\r\n", "\n").replace("\r", "\n")
