"""Who may sign a change, and how it comes about: the statement into the log first, rows after.

What two people must sign is signed here when both are present (the command line), and through
`tipline.proposals` when they are not. A change that broke off between log and rows can be made again: what
the log says already is not stated twice, and `following.settle` puts the rows right.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.statements import Statement
from tipline.accounts.errors import SignInFailed
from tipline.accounts.models import Account
from tipline.accounts.service import Accounts
from tipline.accounts.types import UnlockedMember, new_body, sign_together
from tipline.clock import Clock
from tipline.database import Database
from tipline.directory.service import Pin, publish_directory
from tipline.directory.types import open_directory
from tipline.ids import DeskId, MemberId, UnitId
from tipline.keeper_client import AdminKeeper, Appended, Reason, Refused
from tipline.members import desk_keys, wording
from tipline.members.errors import ChangeRefused, NoSuchMember, NoSuchPlace, SignerNotAccepted
from tipline.members.following import settle
from tipline.proposals.service import Followed
from tipline.roster import Member, Roster, RosterRefused
from tipline.roster.changes import CHANGES
from tipline.tips.columns import follow_assignees


@dataclass(frozen=True)
class Stating:
    """One keeper, one main database, and the statements that change the roster.

    Whatever signs raises ChangeRefused when the keeper refuses, and SecondLookNeeded when the signer must be
    asked first.
    """

    keeper: AdminKeeper
    database: Database
    accounts: Accounts
    pin: Pin
    clock: Clock

    def roster(self) -> Roster:
        """The roster as of today."""
        return self.keeper.roster().as_of(self.clock.today())

    def find(self, named: str) -> Member:
        """A member by the name they sign in with, or by identifier; removed ones too.

        Raises:
            NoSuchMember: there is none.
        """
        with self.database.reading() as session:
            identifier = session.scalar(select(Account.member_id).where(Account.name == named))
        member = self.roster().members.get(MemberId(identifier or named))
        if member is None:
            raise NoSuchMember(f'There is no member "{named}". `tipline member list` names them all.')
        return member

    def find_desk(self, named: str) -> DeskId:
        """A desk by its identifier.

        Raises:
            NoSuchPlace: there is none.
        """
        desks = self.roster().desks
        if named not in desks:
            raise NoSuchPlace(f'There is no desk "{named}": {", ".join(sorted(desks))}.')
        return DeskId(named)

    def find_units(self, named: Iterable[str]) -> list[UnitId]:
        """Units by their identifiers.

        Raises:
            NoSuchPlace: one of them is unknown.
        """
        units, wanted = self.roster().units, list(named)
        for unit in wanted:
            if unit not in units:
                raise NoSuchPlace(f'There is no unit "{unit}". `tipline member list --units` names them all.')
        return [UnitId(unit) for unit in wanted]

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
        known = self.roster().members.get(member.id)
        if known is None or not known.active or _keys(member) != (known.recipient, known.signing_key):
            raise SignerNotAccepted(f"{name} is not an active member with these keys in the log.")
        return member

    def check(self, kind: str, fields: Mapping[str, Any], by: Sequence[MemberId]) -> None:
        """Ask the roster, before anybody signs, whether these people may state this.

        Raises:
            ChangeRefused: they may not; nothing was logged.
        """
        body = new_body(kind, fields, by=by, origin=self.pin.origin, clock=self.clock)
        try:
            self.roster().check(body)
        except RosterRefused as refused:
            raise ChangeRefused(Reason(refused.reason)) from refused

    def needs_two(self, kind: str, fields: Mapping[str, Any], first: MemberId) -> bool:
        """Whether this member cannot state this alone, and somebody else might with them."""
        try:
            self.check(kind, fields, [first])
        except ChangeRefused as refused:
            return refused.reason is Reason.TWO_SIGNATURES or bool(self.seconds(kind, fields, first))
        return False

    def seconds(self, kind: str, fields: Mapping[str, Any], first: MemberId) -> list[MemberId]:
        """Everybody who may sign this as the second, by id."""
        found = []
        for one in sorted(self.roster().members.values(), key=lambda member: member.id):
            if one.id == first or not one.active:
                continue
            try:
                self.check(kind, fields, [first, one.id])
            except ChangeRefused:
                continue
            found.append(one.id)
        return found

    def state(self, asked: wording.Wording, signers: Sequence[UnlockedMember], *, done: bool = False) -> None:
        """Sign together, have it logged, and let the rows follow; `done` leaves the log as it is."""
        if done:
            self._follow(signers)
            return
        kind, fields = asked
        statement = sign_together(kind, fields, signers, origin=self.pin.origin, clock=self.clock)
        self.carry_out(statement, signers)

    def carry_out(self, statement: Statement, signers: Sequence[UnlockedMember] = ()) -> Appended:
        """Have a complete statement logged, then let the rows follow.

        Args:
            signers: those who are here; they pass on the keys of their desks to whoever holds them now.
        """
        try:
            appended = self.keeper.append(statement)
        except Refused as error:
            raise ChangeRefused(error.reason) from error
        self._follow(signers)
        return appended

    def handlers(self) -> Mapping[str, Followed]:
        """What follows each change of the roster that two people sign one after the other."""

        def follow(session: Session, _statement: Statement, _appended: Appended) -> None:
            settle(session, self.roster(), self.clock.today())
            follow_assignees(session, self.keeper)
            self._publish(session)

        return dict.fromkeys(CHANGES, follow)

    def _follow(self, signers: Sequence[UnlockedMember]) -> None:
        roster = self.roster()
        with self.database.writing() as session:
            settle(session, roster, self.clock.today())
            for signer in signers:
                desk_keys.pass_keys_on(session, roster, signer)
            follow_assignees(session, self.keeper)
            self._publish(session)

    def _publish(self, session: Session) -> None:
        note = self.keeper.directory()
        fresh = open_directory(note, self.pin.log_key, self.pin.origin, self.pin.genesis)
        publish_directory(session, fresh.version, note)


def _keys(member: UnlockedMember) -> tuple[object, object]:
    return member.seed.identity.recipient, member.seed.signing_key.public
