"""Names for auditors: from the accounts, and only where the log knows the same name."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tipline.accounts.models import Account
from tipline.accounts.service import name_digest
from tipline.roster import Roster

KEEPER = "keeper"


@dataclass(frozen=True)
class Person:
    """A signer. `name` is empty when there is no account; `trusted` when the log knows this name."""

    id: str
    name: str
    trusted: bool


def people(session: Session, roster: Roster) -> Mapping[str, Person]:
    """Every account by its member id, its name checked against the roster."""
    found = {}
    for account in session.scalars(select(Account)):
        known = roster.members.get(account.member_id)
        trusted = known is not None and known.name_digest == name_digest(account.name_salt, account.name)
        found[account.member_id] = Person(account.member_id, account.name, trusted)
    return found


def person(known: Mapping[str, Person], member: str) -> Person:
    """The person of a member id; the keeper signs for itself."""
    return known.get(member) or Person(member, "", member == KEEPER)
