"""What the rows must be once a statement about members is in the log.

One function puts them right from the roster, whatever the statement was: so a change that broke off between
the log and the rows goes on when anybody tries again, and no row follows a statement that was refused.
"""

from datetime import date, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tipline.accounts.models import Account, DeskSeal
from tipline.members.models import NewKeys
from tipline.roster import Roster

WAITING_DAYS: Final = 7
"""How long keys wait for a statement: two people have three days for it."""


def settle(session: Session, roster: Roster, today: date) -> None:
    """Put accounts and desk seals right. `roster` is the one of this day (`Roster.as_of`)."""
    _take_up_keys(session, roster)
    _empty_removed(session, roster)
    _drop_seals(session, roster)
    session.execute(delete(NewKeys).where(NewKeys.made_on < today - timedelta(days=WAITING_DAYS)))


def _take_up_keys(session: Session, roster: Roster) -> None:
    """An account opens with the keys that the roster has, and the old password opens nothing."""
    for row in session.scalars(select(NewKeys)).all():
        member = roster.members.get(row.member_id)
        if member is None or not member.active or member.signing_key.raw.hex() != row.signing_key:
            continue  # not signed yet, or never
        account = session.get(Account, row.member_id)
        if account is None:
            fields = {"member_id": row.member_id, "name": row.name, "name_salt": row.name_salt}
            session.add(Account(**fields, wrapped=row.wrapped, last_step=0))
        else:
            account.wrapped, account.last_step = row.wrapped, 0
            # Sealed to the old keys: they open nothing for the new ones.
            session.execute(delete(DeskSeal).where(DeskSeal.member_id == row.member_id))
        session.delete(row)
    session.flush()


def _empty_removed(session: Session, roster: Roster) -> None:
    """A removed member's account keeps its name for the log's readers, and opens nothing any more."""
    gone = [member.id for member in roster.members.values() if not member.active]
    session.execute(
        update(Account).where(Account.member_id.in_(gone), Account.wrapped != b"").values(wrapped=b"")
    )


def _drop_seals(session: Session, roster: Roster) -> None:
    """Nobody keeps the key of a desk that they do not hold."""
    for desk, member in session.execute(select(DeskSeal.desk, DeskSeal.member_id).distinct()).all():
        known = roster.members.get(member)
        if known is None or not known.holds(desk):
            session.execute(delete(DeskSeal).where(DeskSeal.desk == desk, DeskSeal.member_id == member))
