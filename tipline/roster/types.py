"""Units, desks and members, as the roster knows them at one moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Self

from crypto.assertions import Passkey
from crypto.keys import Recipient, VerifyKey
from tipline.ids import DeskId, MemberId, UnitId

REGISTRAR: Final = "registrar"
OFFICE_CLERK: Final = "office-clerk"
LEADER: Final = "leader"
LIAISON: Final = "liaison"
PROPOSER: Final = "proposer"
VERIFIER: Final = "verifier"
APPROVER: Final = "approver"
PAY_CLERK: Final = "pay-clerk"
ROLES: Final = frozenset(
    (REGISTRAR, OFFICE_CLERK, LEADER, LIAISON, PROPOSER, VERIFIER, APPROVER, PAY_CLERK),
)
"""What a person may be beside the desks that they hold."""
REWARD_ROLES: Final = frozenset((PROPOSER, VERIFIER, APPROVER, PAY_CLERK))
"""Those that rewards alone need."""


@dataclass(frozen=True)
class Unit:
    """A unit that members belong to and tips may name.

    `names` has "zh" and "en"; `superior` is the unit above it, if any; `inside` means inside the township.
    """

    id: UnitId
    names: Mapping[str, str]
    superior: UnitId | None
    inside: bool


@dataclass(frozen=True)
class Desk:
    """A desk and its key.

    `epoch` counts its keys from 1, `past` holds the recipients of the epochs before, the oldest first;
    `reads` means that it may read tips. `lead` is whom a missed deadline reaches first. `stale` means that
    somebody who is no longer here knows its key: its next holder makes another.
    """

    id: DeskId
    names: Mapping[str, str]
    epoch: int
    recipient: Recipient
    reads: bool
    past: tuple[Recipient, ...] = ()
    lead: MemberId | None = None
    stale: bool = False

    def recipient_of(self, epoch: int) -> Recipient | None:
        """The key of one epoch, or None if there was no such epoch."""
        keys = (*self.past, self.recipient)
        return keys[epoch - 1] if 1 <= epoch <= len(keys) else None


@dataclass(frozen=True)
class Member:
    """A member, their keys and where they belong.

    The roster holds no name: `name_digest` is the hex SHA-256 of a 16-byte salt and the name.
    `past_units` are pairs of a unit and the last day there (ISO), `conflicts` units declared as such.
    `until` has, for each desk that they hold as a deputy, the last day (ISO, UTC). `awaiting` are desks that
    they held before their keys were made anew, until a holder passes the desk's key on. `past_keys` are the
    keys with which they signed before.
    A removed member stays, inactive and without roles and desks, so that old signatures can be checked.
    `passkey` answers for what they sign of `tipline.roster.sensitive`.
    """

    id: MemberId
    name_digest: str
    signing_key: VerifyKey
    recipient: Recipient
    unit: UnitId
    past_units: tuple[tuple[UnitId, str], ...]
    conflicts: tuple[UnitId, ...]
    roles: frozenset[str]
    desks: frozenset[DeskId]
    active: bool = True
    passkey: Passkey | None = None
    until: Mapping[DeskId, str] = field(default_factory=dict)
    awaiting: frozenset[DeskId] = frozenset()
    past_keys: tuple[VerifyKey, ...] = ()

    @property
    def is_registrar(self) -> bool:
        """Whether this is an active registrar."""
        return self.active and REGISTRAR in self.roles

    def holds(self, desk: str) -> bool:
        """Whether this is an active holder of the desk."""
        return self.active and desk in self.desks

    def is_over(self, desk: DeskId, day: date) -> bool:
        """Whether this is a deputy of the desk whose last day lies before a day."""
        return desk in self.until and self.until[desk] < day.isoformat()

    def on(self, day: date) -> Self:
        """The same member on a day: no deputy any more where their last day lies before it."""
        over = [desk for desk in self.until if self.is_over(desk, day)]
        return self.without(over) if over else self

    def without(self, desks: Iterable[DeskId]) -> Self:
        """The same member, no longer at these desks."""
        left = frozenset(desks)
        return replace(
            self,
            desks=self.desks - left,
            awaiting=self.awaiting - left,
            until={desk: until for desk, until in self.until.items() if desk not in left},
        )
