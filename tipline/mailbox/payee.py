"""Whom to pay by name, where a reporter wants that: locked like any name, innermost for the pay clerks alone.

The tip's own desks get no slip of it, and the pay clerks none of the tip.
"""

from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from tipline.awards.storing import keep_records
from tipline.directory.types import DeskEntry, Directory
from tipline.identities.errors import CannotPayByName, NobodyNamed, NotAskedYet, NothingToPay, NotPaidByName
from tipline.identities.record import IdentityRecord
from tipline.ids import PAYMENTS
from tipline.keeper_client.collecting import Collect
from tipline.keeper_client.errors import KeeperLied, KeeperUnavailable, Refused
from tipline.keeper_client.public import KeeperPublic
from tipline.mailbox.awards import AwardNow, award_now
from tipline.mailbox.identity import custodians_of, keep_identity
from tipline.mailbox.thread import Mailbox, current_route, first_text
from tipline.rewards.records import Told
from tipline.sealing.audience import Audience
from tipline.tips.intake import Intake


def can_be_paid_by_name(directory: Directory) -> bool:
    """Whether there are pay clerks, and custodians for the second lock."""
    return _payments_of(directory) is not None and custodians_of(directory) is not None


def may_be_named(award: AwardNow | None, use: Intake) -> bool:
    """Whether an award waits to be collected, or is to be paid by name already and can be put right."""
    return award is not None and (award.told.state is Told.NAMED or award.is_open(use.clock.today()))


def be_paid_by_name(
    mailbox: Mailbox, record: IdentityRecord, form: bytes, keeper: KeeperPublic, use: Intake
) -> None:
    """Store whom to pay, then tell the keeper that no vouchers are wanted. Sent again, it changes nothing.

    In this order: until the keeper has logged it nobody may open what is stored, and vouchers can be
    collected instead. Sent once more with other words, the newest counts.

    Args:
        form: 16 secret bytes of the form that brought it.

    Raises:
        IdentityError: its sentence says what became of it and what to do.
        DamagedMailbox: the tip's first item does not open.
    """
    desk = _payments_of(use.directory)
    if desk is None:
        raise CannotPayByName
    if not record.name or not record.contact:
        raise NobodyNamed
    with use.database.reading() as session:
        award = award_now(session, mailbox, use.log)
        route = current_route(session, mailbox, use.log, first_text(session, mailbox, use.log))
    if award is None or not may_be_named(award, use):
        raise NothingToPay
    claim = mailbox.code.claim_key.public.raw
    keep_identity(mailbox, record, form, Audience(use.directory.keeper, [desk.key], route, claim), use)
    _tell(mailbox, award.told.award, keeper, use)


def _tell(mailbox: Mailbox, award: int, keeper: KeeperPublic, use: Intake) -> None:
    asked = Collect(mailbox.tip, award, use.clock.today().year, (), named=True)
    try:
        note = keeper.ask_by_name(asked, mailbox.code.claim_key.sign(asked.message(use.log.name)))
    except Refused as error:
        raise NotPaidByName from error
    except (KeeperUnavailable, KeeperLied) as error:
        raise NotAskedYet from error
    # From now on the mailbox offers no vouchers; what the log did not sign would tell nothing. The wish is
    # in the log: a note that cannot be stored comes with the next hourly look, and is no reason to say no.
    with suppress(SQLAlchemyError), use.database.writing() as session:
        keep_records(session, {mailbox.tip.hex(): note})


def _payments_of(directory: Directory) -> DeskEntry | None:
    desk = directory.desks.get(PAYMENTS)
    return desk if desk is not None and desk.staff else None
