"""Units, desks and members, as the roster knows them at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from crypto.keys import Recipient, VerifyKey
from tipline.ids import DeskId, MemberId, UnitId

REGISTRAR: Final = "registrar"
ROLES: Final = frozenset({REGISTRAR})


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
    `reads` means that it may read tips.
    """

    id: DeskId
    names: Mapping[str, str]
    epoch: int
    recipient: Recipient
    reads: bool
    past: tuple[Recipient, ...] = ()

    def recipient_of(self, epoch: int) -> Recipient | None:
        """The key of one epoch, or None if there was no such epoch."""
        keys = (*self.past, self.recipient)
        return keys[epoch - 1] if 1 <= epoch <= len(keys) else None


@dataclass(frozen=True)
class Member:
    """A member, their keys and where they belong.

    The roster holds no name: `name_digest` is the hex SHA-256 of a 16-byte salt and the name.
    `past_units` are pairs of a unit and the last day there (ISO), `conflicts` units declared as such.
    A removed member stays, inactive and without roles and desks, so that old signatures can be checked.
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

    @property
    def is_registrar(self) -> bool:
        """Whether this is an active registrar."""
        return self.active and REGISTRAR in self.roles

    def holds(self, desk: str) -> bool:
        """Whether this is an active holder of the desk."""
        return self.active and desk in self.desks
