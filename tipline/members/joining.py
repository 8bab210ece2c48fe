"""Joining, and new keys for who lost the password or the second factor."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.keys import MemberSeed
from crypto.randomness import random_bytes
from tipline.accounts.models import Account
from tipline.accounts.service import OTP_SECRET_BYTES, one_time_codes, otp_uri
from tipline.accounts.types import UnlockedMember
from tipline.ids import MemberId, UnitId, new_member_id
from tipline.members import wording
from tipline.members.errors import NameTaken, NoSuchMember
from tipline.members.models import NewKeys
from tipline.members.stating import Stating
from tipline.members.types import Enrolled, NewMember


class Joining(Stating):
    """Keys come from the person's own enrolment; their rows stand before the statement, and grant nothing."""

    def enrol(self, enrolled: Enrolled) -> None:
        """Keep the keys of an enrolment, for the statement that brings them into the roster.

        Raises:
            NameTaken: somebody else signs in with this name.
        """
        with self.database.writing() as session:
            self._require_free(session, enrolled)
            session.merge(
                NewKeys(
                    member_id=enrolled.member,
                    signing_key=enrolled.signing_key.raw.hex(),
                    name=enrolled.name,
                    name_salt=enrolled.name_salt,
                    wrapped=enrolled.wrapped,
                    made_on=self.clock.today(),
                )
            )

    def admit(self, registrar: UnlockedMember, enrolled: Enrolled) -> MemberId:
        """Add a member whose keys came from their own enrolment and whose fingerprint was compared.

        Raises:
            MemberError: the name is taken, a unit is unknown, or the keeper refuses.
        """
        self.find_units((enrolled.unit, *enrolled.conflicts))
        self.enrol(enrolled)
        known = self.roster().members.get(enrolled.member)
        self.state(
            wording.admit(enrolled),
            [registrar],
            done=known is not None and known.signing_key == enrolled.signing_key,
        )
        return enrolled.member

    def add(
        self,
        registrar: UnlockedMember,
        name: str,
        password: str,
        unit: UnitId,
        conflicts: Sequence[UnitId] = (),
    ) -> NewMember:
        """Add a member who sits at this terminal: keys are made here.

        Raises:
            MemberError: the name is taken, a unit is unknown, or the keeper refuses.
        """
        enrolled, new = self._made_here(new_member_id(), name, password, unit, tuple(conflicts))
        self.admit(registrar, enrolled)
        return new

    def renew_keys(self, signers: Sequence[UnlockedMember], member: str, password: str) -> NewMember:
        """Give a member who sits at this terminal new keys; a registrar and another sign.

        Raises:
            MemberError: there is no such member, or the keeper refuses.
        """
        known = self.find(member)
        with self.database.reading() as session:
            account = session.get(Account, known.id)
        if account is None:
            raise NoSuchMember(f'There is no account "{member}".')
        enrolled, new = self._made_here(known.id, account.name, password, known.unit, ())
        self.new_keys(signers, enrolled)
        return new

    def new_keys(self, signers: Sequence[UnlockedMember], enrolled: Enrolled) -> None:
        """Put other keys in the place of a member's; the old ones and their sessions are worth nothing."""
        self.enrol(enrolled)
        known = self.roster().members.get(enrolled.member)
        done = known is not None and known.signing_key == enrolled.signing_key
        self.state(wording.new_keys(enrolled), signers, done=done)

    def _made_here(
        self, member: MemberId, name: str, password: str, unit: UnitId, conflicts: tuple[UnitId, ...]
    ) -> tuple[Enrolled, NewMember]:
        seed, secret = MemberSeed.generate(), random_bytes(OTP_SECRET_BYTES)
        enrolled = Enrolled(
            member,
            name,
            random_bytes(16),
            self.accounts.wrap(name, seed, secret, password),
            seed.identity.recipient,
            seed.signing_key.public,
            unit,
            conflicts,
        )
        uri = otp_uri(one_time_codes(secret).secret, name)
        return enrolled, NewMember(member, uri, enrolled.fingerprint)

    def _require_free(self, session: Session, enrolled: Enrolled) -> None:
        taken = (
            session.scalar(select(table.member_id).where(table.name == enrolled.name))
            for table in (Account, NewKeys)
        )
        if any(who not in (None, enrolled.member) for who in taken):
            raise NameTaken(f'Somebody signs in as "{enrolled.name}" already. Choose another name.')
