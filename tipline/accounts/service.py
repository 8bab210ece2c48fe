"""Opening and making accounts, and the desk seeds that their members hold.

An account row grants nothing: the roster, replayed from the log, says what a
member may do, and their keys must be the ones that it knows.
"""

import base64
import hashlib
import hmac
from collections.abc import Collection

import pyotp
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from crypto import age, passwords
from crypto.errors import CannotOpen, CryptoError
from crypto.keys import Identity, MemberSeed, Recipient
from crypto.randomness import random_bytes
from tipline.accounts.errors import DeskKeyMissing, SignInFailed
from tipline.accounts.models import Account, DeskSeal
from tipline.accounts.places import Places
from tipline.accounts.strength import check_password
from tipline.accounts.types import UnlockedMember
from tipline.clock import Clock
from tipline.database import Database
from tipline.ids import MemberId
from tipline.sealing.audience import DeskKey

SEED_BYTES = 32
OTP_SECRET_BYTES = 20
OTP_SECONDS = 30
OTP_WINDOW = 1

# Built once: putting a statement together takes longer than carrying it out.
_SEAL = select(DeskSeal.sealed).where(
    DeskSeal.desk == bindparam("desk"),
    DeskSeal.epoch == bindparam("epoch"),
    DeskSeal.member_id == bindparam("member"),
)
"""Steps accepted before and after the present one, for phones whose clock is off."""


class Accounts:
    """The accounts of one instance; at most two password checks run at once (64 MiB each).

    Whatever opens or wraps a seed raises TooBusy when as many wait already as may wait.
    """

    def __init__(self, database: Database, key_file: bytes, clock: Clock) -> None:
        self._database = database
        self._key_file = key_file
        self._clock = clock
        self._places = Places()
        # Opened for unknown names and for accounts that were emptied, so that they take as long as others.
        self._nobody = passwords.wrap(bytes(SEED_BYTES + OTP_SECRET_BYTES), "", key_file)

    def unlock(self, name: str, password: str, otp: str) -> UnlockedMember:
        """Open a member's seed by password and one-time code, and remember the day.

        Raises:
            SignInFailed: the name, password or one-time code is wrong, or the code was used before.
        """
        account, opened = self._account(name, password)
        self._spend(account.member_id, opened[SEED_BYTES:], otp)
        return _unlocked(account, opened)

    def unlock_for_passkey(self, name: str, password: str) -> UnlockedMember:
        """Open a member's seed by password alone, where their passkey is asked next.

        Whoever calls this hands out nothing before the passkey has answered.

        Raises:
            SignInFailed: the name or password is wrong.
        """
        return _unlocked(*self._account(name, password))

    def seen(self, member: MemberId) -> None:
        """Remember the day of a sign-in that spent no one-time code."""
        with self._database.writing() as session:
            session.execute(
                update(Account).where(Account.member_id == member).values(last_seen_on=self._clock.today())
            )

    def names(self, members: Collection[str]) -> dict[str, str]:
        """The names of members, by id; the log knows none."""
        query = select(Account.member_id, Account.name).where(Account.member_id.in_(members))
        with self._database.reading() as session:
            return {row.member_id: row.name for row in session.execute(query)}

    def change_password(self, name: str, old: str, otp: str, new: str) -> UnlockedMember:
        """Wrap a member's seed anew, under a new password.

        Raises:
            SignInFailed: the old password or the one-time code is wrong, or the account changed meanwhile.
            WeakPassword: the new one is too short or easy to guess; no code was spent.
        """
        check_password(new, name)
        account, opened = self._account(name, old)
        self._spend(account.member_id, opened[SEED_BYTES:], otp)
        with self._places.taken(name):
            wrapped = passwords.wrap(opened, new, self._key_file)
        with self._database.writing() as session:
            changed = session.execute(
                update(Account)
                .where(Account.member_id == account.member_id, Account.wrapped == account.wrapped)
                .values(wrapped=wrapped)
            )
            if changed.rowcount != 1:  # type: ignore[attr-defined]
                raise SignInFailed  # somebody else changed it in between: theirs stands
        return _unlocked(account, opened)

    def create(
        self, session: Session, member: MemberId, name: str, password: str, seed: MemberSeed
    ) -> tuple[Account, bytes]:
        """Add an account; returns it and the new secret of its one-time codes (20 bytes)."""
        secret = random_bytes(OTP_SECRET_BYTES)
        wrapped = self.wrap(name, seed, secret, password)
        account = Account(
            member_id=member, name=name, name_salt=random_bytes(16), wrapped=wrapped, last_step=0
        )
        session.add(account)
        return account, secret

    def wrap(self, name: str, seed: MemberSeed, secret: bytes, password: str) -> bytes:
        """A seed, and the secret of its one-time codes, as an account keeps them under a password."""
        with self._places.taken(name):
            return passwords.wrap(seed.seed + secret, password, self._key_file)

    def _account(self, name: str, password: str) -> tuple[Account, bytes]:
        """The account of a name, and what the password opened in it."""
        with self._database.reading() as session:
            account = session.scalar(select(Account).where(Account.name == name))
        wrapped = account.wrapped if account and account.wrapped else self._nobody
        with self._places.taken(name):
            try:
                opened = passwords.unwrap(wrapped, password, self._key_file)
            except CannotOpen as error:
                raise SignInFailed from error
        if account is None or wrapped is self._nobody:
            raise SignInFailed
        return account, opened

    def _spend(self, member: str, secret: bytes, otp: str) -> None:
        step = matching_step(secret, otp, self._clock)
        with self._database.writing() as session:
            spent = session.execute(
                update(Account)
                .where(Account.member_id == member, Account.last_step < step)
                .values(last_step=step, last_seen_on=self._clock.today())
            )
            if spent.rowcount != 1:  # type: ignore[attr-defined]
                raise SignInFailed


def _unlocked(account: Account, opened: bytes) -> UnlockedMember:
    return UnlockedMember(MemberId(account.member_id), account.name, MemberSeed(opened[:SEED_BYTES]))


def matching_step(secret: bytes, otp: str, clock: Clock) -> int:
    """The time step that a one-time code belongs to.

    Raises:
        SignInFailed: it fits none near the present.
    """
    codes = one_time_codes(secret)
    present = clock.unix() // OTP_SECONDS
    digits = "".join(otp.split())
    for step in range(present - OTP_WINDOW, present + OTP_WINDOW + 1):
        if hmac.compare_digest(codes.generate_otp(step).encode(), digits.encode()):
            return step
    raise SignInFailed


def one_time_codes(secret: bytes) -> pyotp.TOTP:
    """The one-time codes of a secret (RFC 6238, six digits, 30 seconds)."""
    return pyotp.TOTP(base64.b32encode(secret).decode())


def otp_uri(secret: str, name: str) -> str:
    """What an authenticator app reads to make the one-time codes of a secret (base32)."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="tipline")


def name_digest(salt: bytes, name: str) -> str:
    """What the log knows of a member's name: hex SHA-256(salt ‖ name)."""
    return hashlib.sha256(salt + name.encode()).hexdigest()


def seal_desk_seed(session: Session, desk: DeskKey, seed: bytes, member: MemberId, to: Recipient) -> None:
    """Give a member a desk's seed (32 bytes), sealed to them."""
    sealed = age.seal(seed, [to])
    session.merge(DeskSeal(desk=desk.id, epoch=desk.epoch, member_id=member, sealed=sealed))


def desk_identity(session: Session, member: UnlockedMember, desk: DeskKey) -> Identity:
    """The private key of a desk, from the member's own seal.

    Raises:
        DeskKeyMissing: there is no seal, or it holds another key than the directory's.
    """
    sealed = session.scalar(_SEAL, {"desk": desk.id, "epoch": desk.epoch, "member": member.id})
    if sealed is None:
        raise DeskKeyMissing
    try:
        identity = Identity.from_seed(age.unseal(sealed, [member.seed.identity]))
    except (CryptoError, ValueError) as error:
        raise DeskKeyMissing from error
    if identity.recipient != desk.recipient:
        raise DeskKeyMissing
    return identity
