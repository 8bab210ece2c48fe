"""The plan of a new instance: its units, desks and founding members, read from a TOML file."""

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from tipline.instance.errors import BadPlan
from tipline.roster import Profile

LANGUAGES = ("zh", "en")
REGISTRAR = "registrar"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_UNIT = re.compile(r"u[0-9]{1,9}")
_ORIGIN = re.compile(r"[!-*,-~]{1,200}")  # a note's key name: no space, no plus sign (c2sp.org/signed-note)


@dataclass(frozen=True)
class UnitPlan:
    """A unit; `superior` is "" at the top, `inside` means inside the township."""

    id: str
    names: dict[str, str]
    superior: str
    inside: bool

    def body(self) -> dict[str, Any]:
        """As the log's first entry holds it."""
        return {"id": self.id, "names": self.names, "superior": self.superior, "inside": self.inside}


@dataclass(frozen=True)
class DeskPlan:
    """A desk; `reads` means that it may read tips."""

    id: str
    names: dict[str, str]
    reads: bool


@dataclass(frozen=True)
class MemberPlan:
    """A founding member, by the name they sign in with."""

    name: str
    unit: str
    past_units: tuple[tuple[str, str], ...]
    conflicts: tuple[str, ...]
    roles: tuple[str, ...]
    desks: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """Everything `tipline init` must be told. `origin` is the name of the log, `profile` what it serves."""

    origin: str
    profile: Profile
    units: tuple[UnitPlan, ...]
    desks: tuple[DeskPlan, ...]
    members: tuple[MemberPlan, ...]


def held_by_one(plan: Plan) -> tuple[str, ...]:
    """Desks with a single member, and the registrars when there is one alone: lost when that person is."""
    desks = [desk.id for desk in plan.desks if _holders(plan, desk.id) == 1]
    registrars = [member for member in plan.members if REGISTRAR in member.roles]
    return (*desks, *([REGISTRAR] if len(registrars) == 1 else []))


def _holders(plan: Plan, desk: str) -> int:
    return sum(desk in member.desks for member in plan.members)


def read_plan(text: str) -> Plan:
    """Read a plan.

    What may be combined in one person, and what sits at the district, is the roster's rule
    (`tipline.roster.combinations`) and checked when the first entry is made; here it is shape and names.

    Raises:
        BadPlan: the sentence names the place.
    """
    try:
        fields = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPlan(f"The plan is not TOML: {error}.") from error
    plan = Plan(
        origin=_text(fields, "origin", "the plan"),
        profile=_profile(fields),
        units=tuple(_unit(entry) for entry in _tables(fields, "units")),
        desks=tuple(_desk(entry) for entry in _tables(fields, "desks")),
        members=tuple(_member(entry) for entry in _tables(fields, "members")),
    )
    _check(plan)
    return plan


def _check(plan: Plan) -> None:
    if not _ORIGIN.fullmatch(plan.origin):
        raise BadPlan('"origin" names the log, like "tips.example.cn/log": no spaces, no plus sign.')
    units = _unique([unit.id for unit in plan.units], "unit")
    desks = _unique([desk.id for desk in plan.desks], "desk")
    _unique([member.name for member in plan.members], "member")
    for unit in plan.units:
        if not _UNIT.fullmatch(unit.id):
            raise BadPlan(f'A unit\'s id is "u" and a number, like "u1", not "{unit.id}".')
        _known(unit.superior and [unit.superior], units, f'the superior of unit "{unit.id}"')
    for member in plan.members:
        if not _NAME.fullmatch(member.name):
            raise BadPlan(
                f'A member\'s name is lower-case letters, digits, ".", "_" and "-", not "{member.name}".'
            )
        place = f'member "{member.name}"'
        _known([member.unit, *member.conflicts, *(unit for unit, _ in member.past_units)], units, place)
        _known(member.desks, desks, place)
    if not any(REGISTRAR in member.roles for member in plan.members):
        raise BadPlan('At least one member needs roles = ["registrar"], or nobody could ever be added.')
    for desk in sorted(desks):
        if not _holders(plan, desk):
            raise BadPlan(f'Desk "{desk}" has no member: its key would be lost at once.')


def _profile(fields: dict[str, Any]) -> Profile:
    try:
        return Profile(fields.get("profile", Profile.TOWNSHIP))
    except ValueError as error:
        raise BadPlan('"profile" is "township" or "district".') from error


def _unique(names: list[str], what: str) -> frozenset[str]:
    if not names:
        raise BadPlan(f"The plan names no {what}.")
    for name in names:
        if names.count(name) > 1:
            raise BadPlan(f'The plan names the {what} "{name}" twice.')
    return frozenset(names)


def _known(named: Any, known: frozenset[str], place: str) -> None:
    for name in named or ():
        if name not in known:
            raise BadPlan(f'The plan does not describe "{name}", which {place} names.')


def _unit(entry: dict[str, Any]) -> UnitPlan:
    place = f'unit "{entry.get("id", "?")}"'
    return UnitPlan(
        _text(entry, "id", place),
        _names(entry, place),
        str(entry.get("superior", "")),
        _flag(entry, "inside", place),
    )


def _desk(entry: dict[str, Any]) -> DeskPlan:
    place = f'desk "{entry.get("id", "?")}"'
    return DeskPlan(_text(entry, "id", place), _names(entry, place), _flag(entry, "reads", place))


def _member(entry: dict[str, Any]) -> MemberPlan:
    place = f'member "{entry.get("name", "?")}"'
    return MemberPlan(
        name=_text(entry, "name", place),
        unit=_text(entry, "unit", place),
        past_units=tuple(
            (_text(past, "unit", place), _text(past, "until", place)) for past in _tables(entry, "past_units")
        ),
        conflicts=_texts(entry, "conflicts", place),
        roles=_texts(entry, "roles", place),
        desks=_texts(entry, "desks", place),
    )


def _tables(fields: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = fields.get(name, [])
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise BadPlan(f'"{name}" is a list of tables, each under [[{name}]].')
    return value


def _text(fields: dict[str, Any], name: str, place: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadPlan(f'"{name}" is missing in {place}.')
    return value


def _texts(fields: dict[str, Any], name: str, place: str) -> tuple[str, ...]:
    value = fields.get(name, [])
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise BadPlan(f'"{name}" in {place} is a list of texts.')
    return tuple(value)


def _names(fields: dict[str, Any], place: str) -> dict[str, str]:
    value = fields.get("names")
    if not isinstance(value, dict) or set(value) != set(LANGUAGES) or not all(value.values()):
        raise BadPlan(f'{place} needs names = {{ zh = "…", en = "…" }}.')
    return {language: str(value[language]) for language in LANGUAGES}


def _flag(fields: dict[str, Any], name: str, place: str) -> bool:
    value = fields.get(name)
    if not isinstance(value, bool):
        raise BadPlan(f'"{name}" in {place} is true or false.')
    return value
