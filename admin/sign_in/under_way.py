"""Sign-ins between the right password and the passkey's answer.

The seed is open by then and may not be kept in the process, so it lies boxed in a row; the key is in the page
that asks for the passkey. A row counts once and for a few minutes, and is no session.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from admin.sessions.models import SignInUnderWay
from admin.sessions.token import SessionToken
from crypto import canonical
from crypto.boxes import open_box, seal_box
from crypto.errors import CryptoError
from crypto.keys import MemberSeed
from tipline.accounts.errors import SignInFailed
from tipline.accounts.models import Account
from tipline.accounts.types import UnlockedMember
from tipline.clock import Clock
from tipline.database import Database
from tipline.ids import MemberId

WAITS: Final = timedelta(minutes=3)


class SignInsUnderWay:
    """The sign-ins of the site that wait for a passkey."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def begin(self, member: UnlockedMember) -> SessionToken:
        """Keep a member's seed for the passkey's answer; those that waited too long go."""
        token, now = SessionToken.generate(), self._now()
        row = SignInUnderWay(
            token_hash=token.hash,
            member_id=member.id,
            started_at=now,
            wrapped=seal_box(token.seed_key, member.seed.seed, _context(token, member.id, now)),
        )
        with self._database.writing() as session:
            session.execute(delete(SignInUnderWay).where(SignInUnderWay.started_at <= now - WAITS))
            session.add(row)
        return token

    def take(self, token: SessionToken) -> UnlockedMember:
        """The member of a token, once: whether the passkey answered is for the caller to check.

        Raises:
            SignInFailed: there is none, it waited too long, or its row was altered.
        """
        with self._database.reading() as session:
            row, name = _row(session, token)
        with self._database.writing() as session:
            taken = session.execute(delete(SignInUnderWay).where(SignInUnderWay.token_hash == token.hash))
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            raise SignInFailed  # another request was first
        if not row.started_at <= self._now() < row.started_at + WAITS:
            raise SignInFailed
        context = _context(token, row.member_id, row.started_at)
        try:
            seed = MemberSeed(open_box(token.seed_key, row.wrapped, context))
        except CryptoError as error:
            raise SignInFailed from error
        return UnlockedMember(MemberId(row.member_id), name, seed)

    def _now(self) -> datetime:
        return self._clock.now().astimezone(UTC).replace(microsecond=0, tzinfo=None)


def _row(session: Session, token: SessionToken) -> tuple[SignInUnderWay, str]:
    found = session.execute(
        select(SignInUnderWay, Account.name)
        .join(Account, Account.member_id == SignInUnderWay.member_id)
        .where(SignInUnderWay.token_hash == token.hash)
    ).first()
    if found is None:
        raise SignInFailed
    return found[0], found[1]


def _context(token: SessionToken, member: str, started: datetime) -> bytes:
    return canonical.encode(
        {"sign-in": token.hash.hex(), "member": member, "started": started.isoformat(timespec="seconds")}
    )
