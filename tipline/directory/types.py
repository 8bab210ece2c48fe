"""A directory that was checked, and the units and desks in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from crypto.errors import CryptoError
from crypto.keys import Recipient, VerifyKey
from crypto.log_keys import LogVerifier, open_following
from crypto.notes import NoteVerifier
from tipline.deadlines import DEFAULT_CLOCKS, Calendar, Clocks
from tipline.directory.errors import BadDirectory
from tipline.ids import DeskId, UnitId
from tipline.sealing.audience import DeskKey


@dataclass(frozen=True)
class UnitEntry:
    """A unit that a tip may name. `inside` means inside the township."""

    id: UnitId
    names: Mapping[str, str]
    superior: UnitId
    inside: bool


@dataclass(frozen=True)
class DeskEntry:
    """A desk: its key, and for each member the units they stand for."""

    id: DeskId
    names: Mapping[str, str]
    key: DeskKey
    reads: bool
    staff: tuple[frozenset[UnitId], ...]

    def is_wholly_excluded(self, excluded: frozenset[UnitId]) -> bool:
        """Whether no member of this desk may read a tip that excludes these units."""
        return all(units & excluded for units in self.staff)


class Crowd(StrEnum):
    """How many awards hide one another under a mint key, as of the end of yesterday."""

    FEW = "few"
    """It redeems none now: too few would stay behind."""
    THIN = "thin"
    """It redeems, though few hide one another: its year is over, or two people opened it."""
    ENOUGH = "enough"
    MANY = "many"


@dataclass(frozen=True)
class PointEntry:
    """Where vouchers are paid.

    `names` and `places` (address and hours) have "zh" and "en"; `inside` means inside the township; `bank`
    that a bank or post office pays there, by a list.
    """

    id: str
    names: Mapping[str, str]
    places: Mapping[str, str]
    inside: bool
    open: bool
    bank: bool


@dataclass(frozen=True)
class Directory:
    """The public keys that the keeper vouches for, at one version of the roster.

    `day` is the UTC day for which it was signed, ISO. `mint` has for each year pairs of a voucher's value (in
    yuan, ascending) and its key's modulus (768 hex digits), `crowds` a word for each year and value.
    """

    version: int
    keeper: Recipient
    log_key: VerifyKey
    units: Mapping[UnitId, UnitEntry]
    desks: Mapping[DeskId, DeskEntry]
    clocks: Clocks = DEFAULT_CLOCKS
    day: str = ""
    mint: Mapping[int, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    points: tuple[PointEntry, ...] = ()
    crowds: Mapping[tuple[int, int], Crowd] = field(default_factory=dict)

    @property
    def age(self) -> tuple[int, str]:
        """What is larger in a later one: on each day the same version is signed anew."""
        return self.version, self.day

    @cached_property
    def units_in_order(self) -> tuple[UnitEntry, ...]:
        """Units by identifier, as a form lists them."""
        return tuple(sorted(self.units.values(), key=lambda unit: (len(unit.id), unit.id)))

    def with_superiors(self, unit: UnitId) -> frozenset[UnitId]:
        """A known unit, and everything above it inside the township."""
        found: set[UnitId] = set()
        while unit in self.units and unit not in found and (not found or self.units[unit].inside):
            found.add(unit)
            unit = self.units[unit].superior
        return frozenset(found)

    def desk_keys(self, *desks: DeskId) -> list[DeskKey]:
        """The current keys of these desks.

        Raises:
            BadDirectory: one of them is not in the directory.
        """
        try:
            return [self.desks[desk].key for desk in dict.fromkeys(desks)]
        except KeyError as error:
            raise BadDirectory(f"the directory has no desk {error.args[0]}") from error


def open_directory(note: bytes, verifier: NoteVerifier, origin: str, genesis: str) -> Directory:
    """Check a signed directory against the pinned log.

    Where the log's keys changed since, it brings the statements that lead to the one that signed it, and a
    `LogVerifier` learns them.

    Raises:
        BadDirectory: not signed by this log's key, for another log, or malformed.
    """
    try:
        return _parse(open_following(note, LogVerifier.of(verifier)), origin, genesis)
    except (CryptoError, KeyError, TypeError, ValueError) as error:
        raise BadDirectory("the directory is not one that our keeper signed") from error


def _parse(body: dict[str, Any], origin: str, genesis: str) -> Directory:
    if (body["type"], body["log"], body["genesis"]) != ("directory", origin, genesis):
        raise BadDirectory("the directory belongs to another log")
    return Directory(
        version=int(body["version"]),
        keeper=Recipient.parse(body["keeper"]),
        log_key=VerifyKey(bytes.fromhex(body["log_key"])),
        units={
            UnitId(unit["id"]): UnitEntry(
                UnitId(unit["id"]), dict(unit["names"]), UnitId(unit["superior"]), bool(unit["inside"])
            )
            for unit in body["units"]
        },
        desks={DeskId(desk["id"]): _desk(desk) for desk in body["desks"]},
        clocks=_clocks(body["clocks"]) if "clocks" in body else DEFAULT_CLOCKS,
        day=str(body.get("day", "")),
        mint={int(of["year"]): _keys(of["keys"]) for of in body["mint"]},
        points=tuple(map(_point, body.get("points", ()))),
        crowds={(int(of["year"]), int(of["value"])): Crowd(of["size"]) for of in body.get("crowds", ())},
    )


def _keys(value: list[dict[str, Any]]) -> tuple[tuple[int, str], ...]:
    return tuple((int(key["value"]), str(key["n"])) for key in value)


def _point(value: dict[str, Any]) -> PointEntry:
    return PointEntry(
        id=str(value["id"]),
        names=dict(value["names"]),
        places=dict(value["places"]),
        inside=bool(value["inside"]),
        open=bool(value["open"]),
        bank=bool(value["bank"]),
    )


def _clocks(value: dict[str, Any]) -> Clocks:
    off, worked = (frozenset(map(date.fromisoformat, value[name])) for name in ("off", "worked"))
    return Clocks(Calendar(off, worked), {str(name): int(days) for name, days in value["days"].items()})


def _desk(desk: dict[str, Any]) -> DeskEntry:
    identifier = DeskId(desk["id"])
    return DeskEntry(
        id=identifier,
        names=dict(desk["names"]),
        key=DeskKey(identifier, int(desk["epoch"]), Recipient.parse(desk["recipient"])),
        reads=bool(desk["reads"]),
        staff=tuple(frozenset(UnitId(unit) for unit in units) for units in desk["staff"]),
    )
