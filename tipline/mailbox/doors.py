"""What a code opens: a tip, a protection case, or both. That they belong together stands in no row.

code in force ──▶ tip
     └─ for_protection() ──▶ the case that its reporter asked for, for as long as it is kept
code of a case (a sheet, a relative's, from the public page) ──▶ that case
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from crypto.notes import NoteVerifier
from crypto.tracking_codes import TrackingCode
from tipline.mailbox.errors import UnknownCode
from tipline.mailbox.thread import Mailbox, find_mailboxes, first_text


@dataclass(frozen=True)
class Doors:
    """What was found by a code in force; one of the two at least.

    `case_code` is the one under which the case's row stands, or would stand.
    """

    code: TrackingCode
    case_code: TrackingCode
    tip: Mailbox | None
    case: Mailbox | None

    @property
    def mailbox(self) -> Mailbox:
        """The tip's mailbox, or the case's where there is no tip.

        Raises:
            UnknownCode: neither was found.
        """
        found = self.tip or self.case
        if found is None:
            raise UnknownCode
        return found


def open_doors(session: Session, code: TrackingCode, log: NoteVerifier) -> Doors:
    """Find what a code opens.

    Raises:
        UnknownCode: nothing.
        DamagedMailbox: somebody has written over a row.
    """
    derived = code.for_protection()
    own, case = find_mailboxes(session, code, derived)
    if own is not None and _is_case(session, own, log):
        return Doors(code, code, None, own)
    if own is None and case is None:
        raise UnknownCode
    return Doors(code, derived, own, case)


def find_case(session: Session, doors: Doors) -> Mailbox | None:
    """The case as it is now: it may have been asked for since the doors were opened.

    Raises:
        DamagedMailbox: somebody has written over its row.
    """
    [found] = find_mailboxes(session, doors.case_code)
    return found


def _is_case(session: Session, mailbox: Mailbox, log: NoteVerifier) -> bool:
    """Whether this is a protection case; only what is listed as one is opened to find out."""
    return mailbox.listed_as_case and first_text(session, mailbox, log).asking is not None
