"""Asking for protection out of a mailbox: a case under a code that follows from the tip's, later the notice.

    case stored ──▶ a later day ──▶ notice in the tip's thread: "there is a protection case", and the alias

Not at once: what is written one after the other lies side by side in the database file, and neighbouring
pages would join the case to the tip without any key.
"""

from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.tracking_codes import TrackingCode
from tipline.identities.alias import alias_code
from tipline.ids import ItemId, TipId
from tipline.mailbox.doors import Doors
from tipline.mailbox.errors import MailboxGone
from tipline.mailbox.thread import Mailbox, own_messages
from tipline.mailbox.writing import add_notice
from tipline.tips.first import TipDraft
from tipline.tips.intake import Intake
from tipline.tips.models import Tip
from tipline.tips.submission import submit_tip
from tipline.tips.topics import Topic

ALIAS = "alias"
"""The notice's one answer."""


def ask_for_protection(doors: Doors, draft: TipDraft, case: TipId, use: Intake) -> None:
    """Store a case of the tip's reporter, once. Nothing is written to the tip.

    Args:
        draft: with what it asks for.
        case: the id that a new case gets.

    Raises:
        MailboxGone: the tip's code was replaced meanwhile: a case under the old one would be lost.
        RouteChanged: asked before, and now with answers that shut out more.
        TipError: the case cannot be stored, and its sentence says why.
        DamagedMailbox: the tip or the case does not open.
    """
    if doors.tip is None:
        raise MailboxGone
    first = partial(_require_in_force, doors.tip.tip, doors.code)
    submit_tip(draft, doors.case_code, case, (), use, first=first)


def tell_of_case(doors: Doors, use: Intake) -> None:
    """Say in the tip's thread that there is a case, and what its person is called.

    Nothing where one of the two is missing, where it was said, and on the UTC day on which the case came.

    Raises:
        DamagedMailbox: the tip's first item does not open.
    """
    tip, case = doors.tip, doors.case
    if tip is None or case is None:
        return
    with use.database.reading() as session:
        came = session.scalar(select(Tip.arrived_on).where(Tip.id == case.tip))
        said = any(
            one.message and one.message.topic == Topic.PROTECTION
            for one in own_messages(session, tip, use.log)
        )
    if came is not None and came < use.clock.today() and not said:
        add_notice(tip, Topic.PROTECTION, "", use, answers={ALIAS: alias_of(case)})


def alias_of(case: Mailbox) -> str:
    """What the person of a case is called in every other place, without the word for their group."""
    return alias_code(ItemId(case.tip))


def _require_in_force(tip: TipId, code: TrackingCode, session: Session) -> None:
    query = select(Tip.id).where(Tip.id == tip, Tip.locator == code.locator_hash)
    if session.execute(query).first() is None:
        raise MailboxGone
