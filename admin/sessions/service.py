"""Starting, resuming and ending staff sessions.

Source: docs/threat-model.md, T6 (a stolen database holds no open key: a row
without its cookie opens nothing).
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from admin.sessions.errors import NoSession
from admin.sessions.models import SignInUnderWay, StaffSession
from admin.sessions.token import SessionToken
from crypto import canonical
from crypto.boxes import open_box, seal_box
from crypto.errors import CryptoError
from crypto.keys import MemberSeed
from crypto.randomness import random_bytes
from tipline.accounts.models import Account
from tipline.accounts.types import UnlockedMember
from tipline.clock import Clock
from tipline.database import Database
from tipline.ids import MemberId

IDLE: Final = timedelta(minutes=15)
ABSOLUTE: Final = timedelta(hours=8)
TOUCH: Final = timedelta(seconds=30)
"""How stale `seen_at` may be: a write at every request would cost a durable commit each."""
PUBLIC_ID_BYTES: Final = 8

# Built once: putting a statement together takes longer than carrying it out.
_OF_TOKEN: Final = (
    select(StaffSession, Account.name, Account.wrapped)
    .join(Account, Account.member_id == StaffSession.member_id)
    .where(StaffSession.token_hash == bindparam("token"))
)


@dataclass(frozen=True)
class OpenSession:
    """A session whose cookie was shown: the member's keys are open for this request.

    `held` is what the session keeps for itself, a canonical object. `seal` names the
    account's wrapped seed, which a new password replaces.
    """

    token: SessionToken
    member: UnlockedMember
    held: Mapping[str, Any]
    public_id: str
    seal: str


@dataclass(frozen=True)
class SessionRow:
    """A session as its member sees it: nothing in it tells from where."""

    public_id: str
    started_at: datetime
    seen_at: datetime


class StaffSessions:
    """The sessions of the site."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def start(self, member: UnlockedMember) -> SessionToken:
        """Open a session under a fresh token. Rows that have ended go."""
        token, now = SessionToken.generate(), self._now()
        with self._database.writing() as session:
            context = _context(token, member.id, now, _seal(_wrapped(session, member.id)))
            session.execute(
                delete(StaffSession).where(
                    (StaffSession.ends_at <= now) | (StaffSession.seen_at <= now - IDLE)
                )
            )
            row = StaffSession(
                token_hash=token.hash,
                member_id=member.id,
                started_at=now,
                seen_at=now,
                ends_at=now + ABSOLUTE,
                wrapped=seal_box(token.seed_key, member.seed.seed, context),
                keys=seal_box(token.cards_key, canonical.encode({}), context),
                public_id=random_bytes(PUBLIC_ID_BYTES).hex(),
            )
            session.add(row)
        return token

    def resume(self, cookie: str) -> OpenSession:
        """The session of a cookie.

        Raises:
            NoSession: there is none, it has ended, or its row was altered.
        """
        try:
            token = SessionToken.parse(cookie)
        except ValueError as error:
            raise NoSession from error
        now = self._now()
        with self._database.reading() as session:
            found = session.execute(_OF_TOKEN, {"token": token.hash}).first()
        if found is None:
            raise NoSession
        row, name, wrapped = found
        # The end is counted from the start, which the boxes are bound to: `ends_at` serves the sweep.
        if not row.started_at <= now < row.started_at + ABSOLUTE or now >= row.seen_at + IDLE:
            self.end(cookie)
            raise NoSession
        opened = _open(row, name, token, _seal(wrapped))
        if now - row.seen_at >= TOUCH:
            self._touch(token, now)
        return opened

    def hold(self, opened: OpenSession, add: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        """Keep a canonical object with the session, boxed under its cookie.

        Args:
            add: gives what to keep from what is kept now, which another request may have changed.
        """
        with self._database.writing() as session:
            row = session.get(StaffSession, opened.token.hash)
            if row is None:
                return  # ended meanwhile: there is nothing to keep it with
            kept = add(_open(row, opened.member.name, opened.token, opened.seal).held)
            context = _context(opened.token, row.member_id, row.started_at, opened.seal)
            row.keys = seal_box(opened.token.cards_key, canonical.encode(dict(kept)), context)

    def end(self, cookie: str) -> None:
        """Delete the session of a cookie, if there is one."""
        try:
            token = SessionToken.parse(cookie)
        except ValueError:
            return
        with self._database.writing() as session:
            session.execute(delete(StaffSession).where(StaffSession.token_hash == token.hash))

    def end_all(self, member: MemberId) -> None:
        """Delete every session of a member, and what is under way to become one."""
        with self._database.writing() as session:
            session.execute(delete(StaffSession).where(StaffSession.member_id == member))
            session.execute(delete(SignInUnderWay).where(SignInUnderWay.member_id == member))

    def end_one(self, member: MemberId, public_id: str) -> None:
        """Delete one session of a member, if they have it."""
        with self._database.writing() as session:
            session.execute(
                delete(StaffSession).where(
                    StaffSession.member_id == member, StaffSession.public_id == public_id
                )
            )

    def end_others(self, opened: OpenSession) -> None:
        """Delete every session of a member but the one at hand."""
        with self._database.writing() as session:
            session.execute(
                delete(StaffSession).where(
                    StaffSession.member_id == opened.member.id,
                    StaffSession.token_hash != opened.token.hash,
                )
            )

    def of(self, member: MemberId) -> list[SessionRow]:
        """The sessions of a member that have not ended, the latest first."""
        now = self._now()
        rows = select(StaffSession.public_id, StaffSession.started_at, StaffSession.seen_at).where(
            StaffSession.member_id == member,
            StaffSession.ends_at > now,
            StaffSession.seen_at > now - IDLE,
        )
        with self._database.reading() as session:
            found = [SessionRow(*row) for row in session.execute(rows)]
        return sorted(found, key=lambda row: (row.started_at, row.public_id), reverse=True)

    def _touch(self, token: SessionToken, now: datetime) -> None:
        with self._database.writing() as session:
            session.execute(
                update(StaffSession).where(StaffSession.token_hash == token.hash).values(seen_at=now)
            )

    def _now(self) -> datetime:
        return self._clock.now().astimezone(UTC).replace(microsecond=0, tzinfo=None)


def _open(row: StaffSession, name: str, token: SessionToken, seal: str) -> OpenSession:
    context = _context(token, row.member_id, row.started_at, seal)
    try:
        seed = MemberSeed(open_box(token.seed_key, row.wrapped, context))
        held = canonical.decode(open_box(token.cards_key, row.keys, context))
    except CryptoError as error:
        raise NoSession from error
    member = UnlockedMember(MemberId(row.member_id), name, seed)
    return OpenSession(token, member, held, row.public_id, seal)


def _wrapped(session: Session, member: MemberId) -> bytes:
    wrapped = session.scalar(select(Account.wrapped).where(Account.member_id == member))
    if wrapped is None:
        raise NoSession
    return wrapped


def _seal(wrapped: bytes) -> str:
    return hashlib.sha256(wrapped).hexdigest()


def _context(token: SessionToken, member: str, started: datetime, seal: str) -> bytes:
    # Bound to member and start: a row whose member or start was changed does not open. Bound to the account's
    # wrapped seed: after a new password, new keys or a removal not even a row that is put back opens.
    return canonical.encode(
        {
            "session": token.hash.hex(),
            "member": member,
            "started": started.isoformat(timespec="seconds"),
            "account": seal,
        }
    )
