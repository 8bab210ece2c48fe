"""What the services of this room hand out and take."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from crypto.keys import Recipient, VerifyKey, fingerprint
from tipline.accounts.service import name_digest
from tipline.ids import DeskId, MemberId, UnitId


@dataclass(frozen=True, repr=False)
class NewMember:
    """What the new member is told, once; `fingerprint` is compared aloud with them."""

    id: MemberId
    otp_uri: str
    fingerprint: str

    def __repr__(self) -> str:
        return f"NewMember({self.id!r})"


@dataclass(frozen=True, repr=False)
class Enrolled:
    """What a person's own enrolment made: keys that nobody else has seen, wrapped under their password.

    It is worth nothing before the statement that brings its keys into the roster. For a member who is there
    already these are new keys, and `unit` and `conflicts` say nothing.
    """

    member: MemberId
    name: str
    name_salt: bytes
    wrapped: bytes
    recipient: Recipient
    signing_key: VerifyKey
    unit: UnitId
    conflicts: tuple[UnitId, ...] = ()

    @property
    def fingerprint(self) -> str:
        """What the person reads aloud, and the registrar compares."""
        return fingerprint(self.recipient, self.signing_key)

    @property
    def name_digest(self) -> str:
        """What the log knows of the name."""
        return name_digest(self.name_salt, self.name)

    def __repr__(self) -> str:
        return f"Enrolled({self.member!r})"


@dataclass(frozen=True)
class MemberRow:
    """A line of the list of members, as of today.

    `name` is empty when no account fits what the log knows. `past_units` have the last day there, `until` the
    last day at desks where they are a deputy (ISO days), `leads` are the desks that they lead, `awaiting`
    those whose key they wait for since their own keys were made anew. `dormant` means not seen for long.
    """

    id: MemberId
    name: str
    unit: UnitId
    past_units: tuple[tuple[UnitId, str], ...]
    conflicts: tuple[UnitId, ...]
    roles: tuple[str, ...]
    desks: tuple[DeskId, ...]
    until: Mapping[DeskId, str]
    leads: tuple[DeskId, ...]
    awaiting: tuple[DeskId, ...]
    passkey: bool
    last_seen_on: date | None
    dormant: bool
    active: bool
    fingerprint: str


@dataclass(frozen=True)
class DeskRow:
    """A desk, who holds it, and whether its key is one that somebody who left still knows (`stale`)."""

    id: DeskId
    names: Mapping[str, str]
    reads: bool
    epoch: int
    lead: MemberId | None
    holders: tuple[MemberId, ...]
    stale: bool
