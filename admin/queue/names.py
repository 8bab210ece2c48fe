"""What colleagues are called on a page: from the accounts, and only where the log knows the same name."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from tipline.accounts.models import Account
from tipline.accounts.service import name_digest
from tipline.roster import Roster


def colleagues(roster: Roster, desks: Collection[str]) -> tuple[str, ...]:
    """The ids of those who hold one of these desks."""
    found = (member.id for member in roster.members.values() if any(member.holds(desk) for desk in desks))
    return tuple(sorted(found))


def names_of(session: Session, roster: Roster, members: Collection[str]) -> Mapping[str, str]:
    """The names of members by id; whose name is not the log's stays an id."""
    columns = (Account.member_id, Account.name, Account.name_salt)
    found = {member: member for member in members}
    for member, name, salt in session.execute(select(*columns).where(Account.member_id.in_(members))):
        known = roster.members.get(member)
        if known is not None and known.name_digest == name_digest(salt, name):
            found[member] = name
    return found
