"""Replacing a tracking code, and ending a mailbox for good: two values of one row."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from crypto.randomness import random_bytes
from crypto.tracking_codes import TrackingCode
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
