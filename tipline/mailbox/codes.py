"""Replacing a tracking code, and ending a mailbox for good: two values of a tip's row, and of its case's."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from crypto.randomness import random_bytes
from crypto.tracking_codes import TrackingCode
from tipline.mailbox.doors import Doors, find_case
from tipline.mailbox.errors import UnknownCode
from tipline.mailbox.roots import closed_root, seal_root
from tipline.mailbox.thread import Mailbox
from tipline.mailbox.writing import add_notice
from tipline.tips.intake import Intake
from tipline.tips.models import Tip
from tipline.tips.topics import Topic

LOCATOR_BYTES = 32


def replace_code(session: Session, mailbox: Mailbox, old: TrackingCode, new: TrackingCode) -> None:
    """Let a mailbox open with another code from now on, and with the old one never again.

    Raises:
        UnknownCode: the old code is not in force any more: another page was quicker.
    """
    _rewrite(session, mailbox, old, new.locator_hash, seal_root(new, mailbox.tip, mailbox.code))


def replace_codes(session: Session, doors: Doors, new: TrackingCode) -> None:
    """Let everything that a code opens open with another one from now on.

    Raises:
        UnknownCode: the old code is not in force any more: another page was quicker.
    """
    if doors.tip is not None:
        replace_code(session, doors.tip, doors.code, new)
    if doors.case is not None:
        under = new if doors.case_code is doors.code else new.for_protection()
        replace_code(session, doors.case, doors.case_code, under)


def close_all(doors: Doors, use: Intake) -> None:
    """Let a code open nothing any more: neither the tip, nor the case that belongs to it.

    The tip goes first: from then on nobody asks for a case under its code. Should this end halfway, the code
    still opens the case, and it can be done again.

    Raises:
        UnknownCode: the code is not in force any more.
        DamagedMailbox: a first item does not open.
    """
    if doors.tip is not None:
        close_for_good(doors.tip, doors.code, use)
    with use.database.reading() as session:
        case = find_case(session, doors)
    if case is not None:
        close_for_good(case, doors.case_code, use)


def close_for_good(mailbox: Mailbox, code: TrackingCode, use: Intake) -> None:
    """Tell the desk, and let no code open this mailbox any more. The row keeps its form.

    Raises:
        UnknownCode: the code is not in force any more.
        DamagedMailbox: the tip's first item does not open.
    """
    add_notice(
        mailbox,
        Topic.CLOSED,
        "",
        use,
        also=lambda session: _rewrite(session, mailbox, code, random_bytes(LOCATOR_BYTES), closed_root()),
    )


def _rewrite(session: Session, mailbox: Mailbox, old: TrackingCode, locator: bytes, root: bytes) -> None:
    # Compare and set: of two pages that were open at the same time, one wins and the other learns of it.
    changed = session.execute(
        update(Tip)
        .where(Tip.id == mailbox.tip, Tip.locator == old.locator_hash)
        .values(locator=locator, root=root)
        .returning(Tip.id)
    ).one_or_none()
    if changed is None:
        raise UnknownCode
