"""Opening and making accounts, and the desk seeds that their members hold.

An account row grants nothing: the roster, replayed from the log, says what a
member may do, and their keys must be the ones that it knows.
"""

import base64
import hashlib
import hmac
import threading

import pyotp
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crypto import age, passwords
from crypto.errors import CannotOpen, CryptoError
from crypto.keys import Identity, MemberSeed, Recipient
from crypto.randomness import random_bytes
from tipline.accounts.errors import DeskKeyMissing, SignInFailed
from tipline.accounts.models import Account, DeskSeal
from tipline.accounts.types import UnlockedMember
from tipline.clock import Clock
from tipline.database import Database
from tipline.ids import MemberId
from tipline.sealing.audience import DeskKey

SEED_BYTES = 32
OTP_SECRET_BYTES = 20
OTP_SECONDS = 30
OTP_WINDOW = 1
"""Steps accepted before and after the present one, for phones whose clock is off."""

MEMORY_HARD_AT_ONCE = 2


class Accounts:
    """The accounts of one instance; at most two password checks run at once (64 MiB each)."""

    def __init__(self, database: Database, key_file: bytes, clock: Clock) -> None:
        self._database = database
        self._key_file = key_file
        self._clock = clock
        self._places = threading.BoundedSemaphore(MEMORY_HARD_AT_ONCE)
        # Opened for unknown names, so that they take as long as known ones.
        self._nobody = passwords.wrap(bytes(SEED_BYTES + OTP_SECRET_BYTES), "", key_file)

    def unlock(self, name: str, password: str, otp: str) -> UnlockedMember:
        """Open a member's seed.

        Raises:
            SignInFailed: the name, password or one-time code is wrong, or the code was used before.
        """
        with self._database.reading() as session:
            account = session.scalar(select(Account).where(Account.name == name))
        opened = self._opened(account.wrapped if account else self._nobody, password)
        if account is None:
            raise SignInFailed
        self._spend(account.member_id, opened[SEED_BYTES:], otp)
        return UnlockedMember(MemberId(account.member_id), account.name, MemberSeed(opened[:SEED_BYTES]))

    def create(
        self, session: Session, member: MemberId, name: str, password: str, seed: MemberSeed
    ) -> tuple[Account, bytes]:
        """Add an account; returns it and the new secret of its one-time codes (20 bytes)."""
        secret = random_bytes(OTP_SECRET_BYTES)
        with self._places:
            wrapped = passwords.wrap(seed.seed + secret, password, self._key_file)
        account = Account(
            member_id=member, name=name, name_salt=random_bytes(16), wrapped=wrapped, last_step=0
        )
        session.add(account)
        return account, secret

    def _opened(self, wrapped: bytes, password: str) -> bytes:
        with self._places:
            try:
                return passwords.unwrap(wrapped, password, self._key_file)
            except CannotOpen as error:
                raise SignInFailed from error

    def _spend(self, member: str, secret: bytes, otp: str) -> None:
        step = matching_step(secret, otp, self._clock)
        with self._database.writing() as session:
            spent = session.execute(
                update(Account)
                .where(Account.member_id == member, Account.last_step < step)
                .values(last_step=step)
            )
            if spent.rowcount != 1:  # type: ignore[attr-defined]
                raise SignInFailed


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
    sealed = session.scalar(
        select(DeskSeal.sealed).where(
            DeskSeal.desk == desk.id, DeskSeal.epoch == desk.epoch, DeskSeal.member_id == member.id
        )
    )
    if sealed is None:
        raise DeskKeyMissing
    try:
        identity = Identity.from_seed(age.unseal(sealed, [member.seed.identity]))
    except (CryptoError, ValueError) as error:
        raise DeskKeyMissing from error
    if identity.recipient != desk.recipient:
        raise DeskKeyMissing
    return identity
