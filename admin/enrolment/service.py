"""Links, the keys that a person makes with one, and what then waits for the registrar.

Source: docs/decisions/0005-triage-and-people.md (no back door: keys are made by the person alone, and count
once the log names them).
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from admin.enrolment.errors import LostPlace, WeakChoice, WrongCode
from admin.enrolment.models import Enrolment
from admin.enrolment.token import LinkToken
from admin.errors import NotFound
from crypto.boxes import open_box, seal_box
from crypto.canonical import decode, encode
from crypto.errors import CryptoError
from crypto.keys import MemberSeed, Recipient, VerifyKey
from crypto.randomness import random_bytes
from tipline.accounts.errors import SignInFailed, WeakPassword
from tipline.accounts.models import Account
from tipline.accounts.service import OTP_SECRET_BYTES, Accounts, matching_step, one_time_codes, otp_uri
from tipline.accounts.strength import check_password
from tipline.clock import Clock
from tipline.database import Database
from tipline.ids import MemberId, UnitId
from tipline.members.errors import NameTaken
from tipline.members.types import Enrolled

LASTS: Final = timedelta(days=3)
"""How long a link is good, and then how long the keys wait for the registrar."""
SALT_BYTES: Final = 16


@dataclass(frozen=True)
class Invited:
    """An enrolment as the registrar sees it. `enrolled` is None while the link was not used."""

    member: MemberId
    name: str
    unit: UnitId
    conflicts: tuple[UnitId, ...]
    ends_at: datetime
    enrolled: Enrolled | None

    @property
    def digest(self) -> str:
        """Names all that the registrar was shown, in 64 hex digits: what changes in the row is noticed."""
        keys = self.enrolled.fingerprint if self.enrolled else ""
        shown = [self.member, self.name, self.unit, *self.conflicts, keys]
        return sha256(encode({"enrolment": shown})).hexdigest()


@dataclass(frozen=True, repr=False)
class Prepared:
    """A new second factor, and the hidden field that the next page brings back."""

    otp_uri: str
    otp_secret: str
    field: str


class Enrolments:
    """The enrolments of one site."""

    def __init__(self, database: Database, accounts: Accounts, clock: Clock) -> None:
        self._database = database
        self._accounts = accounts
        self._clock = clock

    # ------------------------------------------------------------------ the registrar's side

    def invite(self, member: MemberId, name: str, unit: UnitId, conflicts: Sequence[UnitId]) -> LinkToken:
        """Make a link; an older one of the same member is worth nothing from now on.

        Raises:
            NameTaken: somebody else has this name, or is being enrolled under it.
        """
        token = LinkToken.generate()
        row = Enrolment(
            member_id=member,
            token_hash=token.hash,
            name=name,
            name_salt=random_bytes(SALT_BYTES),
            unit=unit,
            conflicts=" ".join(conflicts),
            ends_at=self._now() + LASTS,
            wrapped=b"",
            recipient="",
            signing_key=b"",
        )
        with self._database.writing() as session:
            ended = Enrolment.ends_at <= self._now()
            session.execute(delete(Enrolment).where(or_(ended, Enrolment.member_id == member)))
            for kind in (Account, Enrolment):
                other = select(kind.member_id).where(kind.name == name, kind.member_id != member)
                if session.scalar(other) is not None:
                    raise NameTaken(f'Somebody has the name "{name}" already, or is being enrolled under it.')
            session.add(row)
        return token

    def invited(self) -> list[Invited]:
        """Everybody who is being enrolled, by name."""
        query = select(Enrolment).where(Enrolment.ends_at > self._now()).order_by(Enrolment.name)
        with self._database.reading() as session:
            return [_invited(row) for row in session.scalars(query)]

    def to_compare(self) -> int:
        """How many have made their keys and wait for a registrar."""
        return sum(one.enrolled is not None for one in self.invited())

    def one(self, member: str) -> Invited:
        """One of them.

        Raises:
            NotFound: nobody with this id is being enrolled.
        """
        found = [one for one in self.invited() if one.member == member]
        if not found:
            raise NotFound
        return found[0]

    def end(self, member: str) -> None:
        """Forget an enrolment: its link and its keys are worth nothing."""
        with self._database.writing() as session:
            session.execute(delete(Enrolment).where(Enrolment.member_id == member))

    # ------------------------------------------------------------------ the person's side

    def name_of(self, token: LinkToken) -> str:
        """Whom a link is for.

        Raises:
            NotFound: there is no such link, it was used, or its time is over: not said which.
        """
        with self._database.reading() as session:
            return self._waiting(session, token).name

    def prepare(self, token: LinkToken, password: str) -> Prepared:
        """Make the person's keys under their password; nothing is stored yet.

        Raises:
            NotFound: as `name_of`.
            WeakChoice: the password is too easily guessed.
        """
        with self._database.reading() as session:
            row = self._waiting(session, token)
            member, name = row.member_id, row.name
        try:
            check_password(password, name)
        except WeakPassword as error:
            raise WeakChoice from error
        seed, secret = MemberSeed.generate(), random_bytes(OTP_SECRET_BYTES)
        made = {
            "wrapped": self._accounts.wrap(name, seed, secret, password).hex(),
            "secret": secret.hex(),
            "recipient": seed.identity.recipient.text,
            "signing_key": seed.signing_key.public.raw.hex(),
        }
        box = seal_box(token.form_key, encode(made), member.encode())
        return _prepared(secret, name, base64.urlsafe_b64encode(box).decode())

    def again(self, token: LinkToken, field: str) -> Prepared:
        """The page of a code that was mistyped.

        Raises:
            NotFound: as `name_of`.
            LostPlace: the field was not made for this link.
        """
        with self._database.reading() as session:
            row = self._waiting(session, token)
        return _prepared(bytes.fromhex(_opened(token, field, row.member_id)["secret"]), row.name, field)

    def confirm(self, token: LinkToken, field: str, otp: str) -> str:
        """Store the keys for the registrar, once the authenticator works; returns their fingerprint.

        Raises:
            NotFound: as `name_of`.
            LostPlace: as `again`.
            WrongCode: it is not the authenticator's.
        """
        with self._database.writing() as session:
            row = self._waiting(session, token)
            made = _opened(token, field, row.member_id)
            try:
                matching_step(bytes.fromhex(made["secret"]), otp, self._clock)
            except SignInFailed as error:
                raise WrongCode from error
            row.token_hash = None
            row.wrapped = bytes.fromhex(made["wrapped"])
            row.recipient, row.signing_key = made["recipient"], bytes.fromhex(made["signing_key"])
            row.ends_at = self._now() + LASTS
            enrolled = _enrolled(row)
        return enrolled.fingerprint

    def _waiting(self, session: Session, token: LinkToken) -> Enrolment:
        row = session.scalar(select(Enrolment).where(Enrolment.token_hash == token.hash))
        if row is None or row.ends_at <= self._now():
            raise NotFound
        return row

    def _now(self) -> datetime:
        return self._clock.now().astimezone(UTC).replace(microsecond=0, tzinfo=None)


def read_token(text: str) -> LinkToken:
    """The token at the end of a link.

    Raises:
        NotFound: it is none; not told from one that was used.
    """
    try:
        return LinkToken.parse(text)
    except ValueError as error:
        raise NotFound from error


def _prepared(secret: bytes, name: str, field: str) -> Prepared:
    text = one_time_codes(secret).secret
    return Prepared(otp_uri(text, name), text, field)


def _opened(token: LinkToken, field: str, member: str) -> dict[str, str]:
    try:
        box = base64.b64decode(field.encode("ascii"), altchars=b"-_", validate=True)
        return dict(decode(open_box(token.form_key, box, member.encode())))
    except (CryptoError, UnicodeEncodeError, binascii.Error) as error:
        raise LostPlace from error


def _invited(row: Enrolment) -> Invited:
    return Invited(
        MemberId(row.member_id),
        row.name,
        UnitId(row.unit),
        tuple(UnitId(unit) for unit in row.conflicts.split()),
        row.ends_at,
        _enrolled(row) if row.wrapped else None,
    )


def _enrolled(row: Enrolment) -> Enrolled:
    return Enrolled(
        member=MemberId(row.member_id),
        name=row.name,
        name_salt=row.name_salt,
        wrapped=row.wrapped,
        recipient=Recipient.parse(row.recipient),
        signing_key=VerifyKey(row.signing_key),
        unit=UnitId(row.unit),
        conflicts=tuple(UnitId(unit) for unit in row.conflicts.split()),
    )
