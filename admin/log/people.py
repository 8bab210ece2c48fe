"""Names for auditors: from the accounts, and only where the log knows the same name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tipline.accounts.models import Account
from tipline.accounts.service import name_digest
from tipline.roster import Roster

KEEPER = "keeper"

_NAMES: Final = select(Account.member_id, Account.name, Account.name_salt)


@dataclass(frozen=True)
class Person:
    """A signer. `name` is empty when there is no account; `trusted` when the log knows this name."""

    id: str
    name: str
    trusted: bool


def people(session: Session, roster: Roster) -> Mapping[str, Person]:
    """Every account by its member id, its name checked against the roster."""
    found = {}
    for member, name, salt in session.execute(_NAMES):
        known = roster.members.get(member)
        trusted = known is not None and known.name_digest == name_digest(salt, name)
        found[member] = Person(member, name, trusted)
    return found


def person(known: Mapping[str, Person], member: str) -> Person:
    """The person of a member id; the keeper signs for itself."""
    return known.get(member) or Person(member, "", member == KEEPER)
