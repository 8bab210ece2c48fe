"""Adding members, granting and revoking desks, removing: statement first, rows after.

Each change can be made again when it broke off between the two: what the log
already says is not stated twice, and the rows follow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from crypto.keys import MemberSeed, fingerprint
from tipline.accounts.errors import DeskKeyMissing, SignInFailed
from tipline.accounts.models import Account, DeskSeal
from tipline.accounts.service import (
    Accounts,
    desk_identity,
    name_digest,
    one_time_codes,
    otp_uri,
    seal_desk_seed,
)
from tipline.accounts.types import UnlockedMember, sign_together
from tipline.clock import Clock
from tipline.database import Database
from tipline.directory.service import Pin, publish_directory
from tipline.directory.types import open_directory
from tipline.ids import DeskId, MemberId, UnitId, new_member_id
from tipline.keeper_client import AdminKeeper
from tipline.keeper_client.errors import Refused
from tipline.members.errors import (
    ChangeRefused,
    HolderMissing,
    NameTaken,
    NoSuchMember,
    NoSuchPlace,
    SignerNotAccepted,
)
from tipline.roster import Member, Roster
from tipline.sealing.audience import DeskKey


@dataclass(frozen=True, repr=False)
class NewMember:
    """What the new member is told, once; `fingerprint` is compared aloud with them."""

    id: MemberId
    otp_uri: str
    fingerprint: str

    def __repr__(self) -> str:
        return f"NewMember({self.id!r})"


@dataclass(frozen=True)
class MemberRow:
    """A line of the list of members. `name` is empty when no account fits what the log knows."""

    id: str
    name: str
    unit: str
    roles: tuple[str, ...]
    desks: tuple[str, ...]
    active: bool
    fingerprint: str


@dataclass(frozen=True)
class Members:
    """What may be done with members, over one keeper and one main database."""

    keeper: AdminKeeper
    database: Database
    accounts: Accounts
    pin: Pin
    clock: Clock

    def sign_in(self, name: str, password: str, otp: str) -> UnlockedMember:
        """Open the keys of somebody who signs.

        Raises:
            SignerNotAccepted: they do not open, or are not the keys that the roster knows.
        """
        try:
            member = self.accounts.unlock(name, password, otp)
        except SignInFailed as error:
            raise SignerNotAccepted(
                f"{name}: name, password or one-time code is wrong, or the code was used before. "
                "Wait for the next code and try again."
            ) from error
        known = self.keeper.roster().members.get(member.id)
        if known is None or not known.active or _keys(member) != (known.recipient, known.signing_key):
            raise SignerNotAccepted(f"{name} is not an active member with these keys in the log.")
        return member

    def add(
        self,
        registrar: UnlockedMember,
        name: str,
        password: str,
        unit: UnitId,
        conflicts: Sequence[UnitId] = (),
    ) -> NewMember:
        """Add a member who holds no desk yet.

        Raises:
            MemberError: the name is taken, a unit is unknown, or the keeper refuses.
        """
        for named in (unit, *conflicts):
            if named not in self.keeper.roster().units:
                raise NoSuchPlace(
                    f'There is no unit "{named}". `tipline member list --units` names them all.'
                )
        identifier, seed = new_member_id(), MemberSeed.generate()
        recipient, signing_key = seed.identity.recipient, seed.signing_key.public
        with self.database.writing() as session:
            if session.scalar(select(Account.name).where(Account.name == name)) is not None:
                raise NameTaken(f'Somebody signs in as "{name}" already. Choose another name.')
            account, secret = self.accounts.create(session, identifier, name, password, seed)
            member = {
                "id": identifier,
                "name_digest": name_digest(account.name_salt, name),
                "signing_key": signing_key.raw.hex(),
                "recipient": recipient.text,
                "unit": unit,
                "past_units": [],
                "conflicts": sorted(conflicts),
                "roles": [],
                "desks": [],
            }
            session.flush()  # whatever the database refuses, it refuses before the log knows of it
            self._state("member", {"member": member}, [registrar])
        self._publish()
        return NewMember(
            identifier, otp_uri(one_time_codes(secret).secret, name), fingerprint(recipient, signing_key)
        )

    def grant(self, signers: Sequence[UnlockedMember], member: str, desk: str) -> None:
        """Give a member a desk, and its key from a signer who holds it.

        Raises:
            MemberError: nobody who signs can pass the key on, or the keeper refuses.
        """
        roster = self.keeper.roster()
        target, key = self._find(roster, member), _desk_key(roster, desk)
        seed = self._seed_from(signers, key)
        if desk not in target.desks:
            self._state("grant", {"member": target.id, "desk": desk}, signers)
        with self.database.writing() as session:
            seal_desk_seed(session, key, seed, MemberId(target.id), target.recipient)
        self._publish()

    def revoke(self, registrar: UnlockedMember, member: str, desk: str) -> None:
        """Take a desk from a member, with their copy of its key.

        Raises:
            MemberError: there is no such member or desk, or the keeper refuses.
        """
        roster = self.keeper.roster()
        target, _ = self._find(roster, member), _desk_key(roster, desk)
        if desk in target.desks:
            self._state("revoke", {"member": target.id, "desk": desk}, [registrar])
        with self.database.writing() as session:
            session.execute(delete(DeskSeal).where(DeskSeal.member_id == target.id, DeskSeal.desk == desk))
        self._publish()

    def remove(self, registrar: UnlockedMember, member: str) -> None:
        """Remove a member; the account keeps its name for the log's readers and opens nothing any more.

        Raises:
            MemberError: there is no such member, or the keeper refuses.
        """
        target = self._find(self.keeper.roster(), member)
        if target.active:
            self._state("remove", {"member": target.id}, [registrar])
        with self.database.writing() as session:
            session.execute(delete(DeskSeal).where(DeskSeal.member_id == target.id))
            session.execute(update(Account).where(Account.member_id == target.id).values(wrapped=b""))
        self._publish()

    def rows(self) -> list[MemberRow]:
        """Everybody the roster knows, with the names of the accounts that fit."""
        roster = self.keeper.roster()
        with self.database.reading() as session:
            accounts = {account.member_id: account for account in session.scalars(select(Account))}
        return [_row(member, accounts.get(member.id)) for member in roster.members.values()]

    def _state(self, kind: str, fields: Mapping[str, Any], signers: Sequence[UnlockedMember]) -> None:
        statement = sign_together(kind, fields, list(signers), origin=self.pin.origin, clock=self.clock)
        try:
            self.keeper.append(statement)
        except Refused as error:
            raise ChangeRefused(error.reason) from error

    def _publish(self) -> None:
        note = self.keeper.directory()
        fresh = open_directory(note, self.pin.log_key, self.pin.origin, self.pin.genesis)
        with self.database.writing() as session:
            publish_directory(session, fresh.version, note)

    def _find(self, roster: Roster, named: str) -> Member:
        with self.database.reading() as session:
            identifier = session.scalar(select(Account.member_id).where(Account.name == named))
        member = roster.members.get(MemberId(identifier or named))
        if member is None:
            raise NoSuchMember(f'There is no member "{named}". `tipline member list` names them all.')
        return member

    def _seed_from(self, signers: Sequence[UnlockedMember], desk: DeskKey) -> bytes:
        with self.database.reading() as session:
            for signer in signers:
                seed = _seed(session, signer, desk)
                if seed is not None:
                    return seed
        raise HolderMissing(
            f'None of those who sign holds desk "{desk.id}". '
            "A registrar and a member who holds it sign together."
        )


def _seed(session: Session, signer: UnlockedMember, desk: DeskKey) -> bytes | None:
    try:
        return desk_identity(session, signer, desk).seed
    except DeskKeyMissing:
        return None


def _desk_key(roster: Roster, desk: str) -> DeskKey:
    found = roster.desks.get(DeskId(desk))
    if found is None:
        raise NoSuchPlace(f'There is no desk "{desk}": {", ".join(sorted(roster.desks))}.')
    return DeskKey(DeskId(desk), found.epoch, found.recipient)


def _keys(member: UnlockedMember) -> tuple[object, object]:
    return member.seed.identity.recipient, member.seed.signing_key.public


def _row(member: Member, account: Account | None) -> MemberRow:
    fits = account is not None and name_digest(account.name_salt, account.name) == member.name_digest
    return MemberRow(
        id=member.id,
        name=account.name if account is not None and fits else "",
        unit=member.unit,
        roles=tuple(sorted(member.roles)),
        desks=tuple(sorted(member.desks)),
        active=member.active,
        fingerprint=fingerprint(member.recipient, member.signing_key),
    )
