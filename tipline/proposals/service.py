"""Two people, two sessions: one signs and names the other, the other signs the same bytes.

    propose ─▶ (sealed to both, three days) ─▶ sign ─▶ finish: the keeper logs it, then the rows follow
                         └─▶ refuse · withdraw · lapse

Until both have signed, a proposal is nothing: whoever edits its row can only break it. The keeper remembers
the nonce as long as it takes the statement, so that what was signed once is done once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, Delete, bindparam, delete, func, select
from sqlalchemy.orm import Session

from crypto import age, padding
from crypto.errors import BadSignature, CryptoError
from crypto.randomness import random_bytes
from crypto.statements import Statement
from tipline.accounts.types import UnlockedMember, begin_statement
from tipline.clock import Clock
from tipline.database import Database
from tipline.directory.service import Pin
from tipline.ids import ID_BYTES, MemberId
from tipline.keeper_client import Appended, Reason, Refused
from tipline.proposals.errors import (
    CannotBeProposed,
    NobodyToSign,
    NoSuchProposal,
    ProposalLapsed,
    ProposalRefused,
)
from tipline.proposals.models import ProposalRow
from tipline.roster import Roster, RosterRefused
from tipline.roster.changes import CHANGES
from tipline.roster.freshness import JOINT_SECONDS

Followed = Callable[[Session, Statement, Appended], None]
"""What must follow a statement that is done: rows, in the session that is handed in. It may run twice."""

SHOWN_DAYS: Final = 7
"""How long a lapsed proposal is still shown before its row goes."""
# Built once: putting a statement together takes longer than carrying it out.
_WAITING: Final = select(func.count()).where(
    ProposalRow.second == bindparam("member"), ProposalRow.made_on >= bindparam("since")
)

_AGAIN: Final = frozenset((Reason.TOO_MANY,))
"""Refusals that did not use the statement up: it can be handed in again."""
BEFORE: Final = -1
"""The index of an entry that was logged by an earlier attempt."""


class Logs(Protocol):
    """What takes statements, and knows who may sign."""

    def roster(self) -> Roster:
        """The roster as it is now."""
        ...

    def append(self, statement: Statement) -> Appended:
        """Have a statement logged."""
        ...


def nothing_follows(_session: Session, _statement: Statement, _appended: Appended) -> None:
    """For statements that change no row."""


@dataclass(frozen=True)
class Proposal:
    """What one member has signed and another has yet to.

    `id` is 32 hex digits. `lapsed` means that it can only be made again.
    """

    id: str
    kind: str
    by: MemberId
    signed_by: tuple[MemberId, ...]
    waiting_for: MemberId
    statement: Statement
    made_on: date
    lapsed: bool


@dataclass(frozen=True)
class Proposals:
    """The proposals of one instance. `handlers` has, for each kind that may be proposed, what follows it."""

    database: Database
    keeper: Logs
    pin: Pin
    clock: Clock
    handlers: Mapping[str, Followed]

    def propose(
        self, kind: str, fields: Mapping[str, Any], member: UnlockedMember, other: MemberId
    ) -> Proposal:
        """Sign first, and leave the statement for another to sign.

        Raises:
            ProposalError: it cannot be proposed, or not to them.
            SecondLookNeeded: the member must be asked first.
        """
        half = begin_statement(kind, fields, member, [other], origin=self.pin.origin, clock=self.clock)
        return self.keep(half, member, other)

    def keep(self, half: Statement, member: UnlockedMember, other: MemberId) -> Proposal:
        """Store a statement that its first signer has signed.

        Raises:
            ProposalError: it cannot be proposed, or not to them.
        """
        if half.body["type"] not in self.handlers:
            raise CannotBeProposed
        roster = self._roster()
        second = roster.members.get(other)
        if list(half.signers) != [member.id, other] or second is None or not second.active:
            raise NobodyToSign
        sealed = age.seal(
            padding.pad(half.encode(), padding.TEXT_FLOOR),
            [roster.member(member.id).recipient, second.recipient],
        )
        row = ProposalRow(
            id=random_bytes(ID_BYTES),
            kind=half.body["type"],
            proposer=member.id,
            second=other,
            made_on=self.clock.today(),
            sealed=sealed,
        )
        self.sweep()
        with self.database.writing() as session:
            session.add(row)
            session.flush()
            return self._shown(row, half, roster)

    def waiting_for(self, member: UnlockedMember) -> list[Proposal]:
        """What others have signed and this member may sign, the oldest first; lapsed ones too."""
        return self._listed(ProposalRow.second == member.id, member)

    def made_by(self, member: UnlockedMember) -> list[Proposal]:
        """What this member has signed and another has yet to, the oldest first; lapsed ones too."""
        return self._listed(ProposalRow.proposer == member.id, member)

    def count_waiting(self, member: MemberId) -> int:
        """How many proposals wait for a member, without opening them: those that are too old left out."""
        since = self.clock.today() - timedelta(seconds=JOINT_SECONDS)
        with self.database.reading() as session:
            return session.scalar(_WAITING, {"member": member, "since": since}) or 0

    def find(self, identifier: str, member: UnlockedMember) -> Proposal:
        """One proposal of a member, made by them or waiting for them.

        Raises:
            NoSuchProposal: there is none, or it is not theirs.
        """
        with self.database.reading() as session:
            return self._opened(self._row(session, identifier, member), member, self._roster())

    def sign(self, identifier: str, member: UnlockedMember) -> Statement:
        """The statement with the second signature: complete, and not handed in yet.

        Raises:
            NoSuchProposal: there is none that waits for this member.
            ProposalLapsed: it must be made again.
            SecondLookNeeded: the member must be asked first.
        """
        proposal = self.find(identifier, member)
        if proposal.waiting_for != member.id:
            raise NoSuchProposal
        if proposal.lapsed:
            raise ProposalLapsed
        return member.add_to(proposal.statement)

    def finish(self, identifier: str, statement: Statement) -> Appended:
        """Have a complete statement logged, then do what follows it; the proposal is gone afterwards.

        Raises:
            NoSuchProposal: there is no such proposal of these two.
            ProposalRefused: the keeper refused it.
            KeeperError: the keeper does not answer; the proposal stays.
        """
        self._require(identifier, statement)
        try:
            appended = self.keeper.append(statement)
        except Refused as error:
            appended = self._after_refusal(identifier, statement, error)
        with self.database.writing() as session:
            self.handlers[statement.body["type"]](session, statement, appended)
            session.execute(_of(identifier))
        return appended

    def withdraw(self, identifier: str, member: UnlockedMember) -> None:
        """Take back what this member proposed.

        Raises:
            NoSuchProposal: there is none that they made.
        """
        self._drop(identifier, ProposalRow.proposer == member.id)

    def refuse(self, identifier: str, member: UnlockedMember) -> None:
        """Decline to sign.

        Raises:
            NoSuchProposal: there is none that waits for them.
        """
        self._drop(identifier, ProposalRow.second == member.id)

    def sweep(self) -> None:
        """Delete what lapsed days ago."""
        before = self.clock.today() - timedelta(days=SHOWN_DAYS)
        with self.database.reading() as session:
            if session.scalar(select(func.count()).where(ProposalRow.made_on < before)) == 0:
                return
        with self.database.writing() as session:
            session.execute(delete(ProposalRow).where(ProposalRow.made_on < before))

    def _after_refusal(self, identifier: str, statement: Statement, error: Refused) -> Appended:
        """What was handed in before and broke off goes on where the roster tells whether it was done."""
        if error.reason is Reason.REPLAYED and statement.body["type"] in CHANGES:
            return Appended(BEFORE)
        if error.reason not in _AGAIN:
            with self.database.writing() as session:
                session.execute(_of(identifier))
        raise ProposalRefused(error.reason) from error

    def _require(self, identifier: str, statement: Statement) -> None:
        with self.database.reading() as session:
            row = session.get(ProposalRow, _key(identifier))
        if row is None or [row.proposer, row.second] != list(statement.signers):
            raise NoSuchProposal
        if row.kind != statement.body["type"] or row.kind not in self.handlers:
            raise NoSuchProposal

    def _listed(self, whose: ColumnElement[bool], member: UnlockedMember) -> list[Proposal]:
        roster, found = self._roster(), []
        with self.database.reading() as session:
            for row in session.scalars(select(ProposalRow).where(whose)):
                try:
                    found.append(self._opened(row, member, roster))
                except NoSuchProposal:
                    continue  # sealed to keys that this member no longer has
        return sorted(found, key=lambda one: (one.statement.body["at"], one.id))

    def _row(self, session: Session, identifier: str, member: UnlockedMember) -> ProposalRow:
        row = session.get(ProposalRow, _key(identifier))
        if row is None or member.id not in (row.proposer, row.second):
            raise NoSuchProposal
        return row

    def _opened(self, row: ProposalRow, member: UnlockedMember, roster: Roster) -> Proposal:
        try:
            opened = age.unseal(row.sealed, [member.seed.identity])
            statement = Statement.decode(padding.unpad(opened))
        except CryptoError as error:
            raise NoSuchProposal from error
        if (row.kind, row.proposer, row.second) != (statement.body["type"], *statement.signers):
            raise NoSuchProposal  # a row that was changed by hand
        return self._shown(row, statement, roster)

    def _shown(self, row: ProposalRow, statement: Statement, roster: Roster) -> Proposal:
        return Proposal(
            id=row.id.hex(),
            kind=row.kind,
            by=MemberId(row.proposer),
            signed_by=tuple(MemberId(signer) for signer in statement.signatures),
            waiting_for=MemberId(row.second),
            statement=statement,
            made_on=row.made_on,
            lapsed=self._is_lapsed(statement, roster),
        )

    def _is_lapsed(self, statement: Statement, roster: Roster) -> bool:
        if self.clock.unix() - statement.body["at"] > JOINT_SECONDS:
            return True
        first = statement.signers[0]
        try:
            roster.signers(statement.body)
            statement.verify_one(first, roster.key_of(first))
        except (RosterRefused, BadSignature):
            return True  # one of the two was removed, or the first has other keys since
        return False

    def _drop(self, identifier: str, whose: ColumnElement[bool]) -> None:
        with self.database.writing() as session:
            gone = session.execute(_of(identifier).where(whose))
            if gone.rowcount != 1:  # type: ignore[attr-defined]
                raise NoSuchProposal

    def _roster(self) -> Roster:
        return self.keeper.roster().as_of(self.clock.today())


def _key(identifier: str) -> bytes:
    try:
        return bytes.fromhex(identifier)
    except ValueError as error:
        raise NoSuchProposal from error


def _of(identifier: str) -> Delete:
    return delete(ProposalRow).where(ProposalRow.id == _key(identifier))
