"""The shapes in which units, desks and members stand in statements and in the directory.

Reading is strict: exactly these fields, each of its type. Whether a unit or a desk exists, the roster knows.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from crypto.assertions import Passkey
from crypto.errors import BadFormat
from crypto.keys import Recipient, VerifyKey
from tipline.ids import DeskId, MemberId, UnitId
from tipline.roster.errors import RosterRefused
from tipline.roster.types import ROLES, Desk, Member, Unit

BASE_FIELDS: Final = frozenset({"v", "log", "type", "at", "nonce", "by"})
LANGUAGES: Final = frozenset({"zh", "en"})

_UNIT_ID = re.compile(r"u[0-9]{1,9}")
_DESK_ID = re.compile(r"[a-z][a-z0-9-]{0,31}")
_MEMBER_ID = re.compile(r"m[0-9a-f]{8}")
_HEX_32 = re.compile(r"[0-9a-f]{64}")
# Wrapped to see whether it can be: a desk to which nobody can seal would stop intake.
_TRIAL_KEY: Final = bytes(16)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def malformed(sentence: str) -> RosterRefused:
    """Return the error for a body of the wrong shape."""
    return RosterRefused("malformed", sentence)


def require_fields(value: object, fields: Collection[str]) -> Mapping[str, Any]:
    """Return the object, which must have exactly these fields."""
    if not isinstance(value, Mapping) or value.keys() != set(fields):
        raise malformed("the statement has other fields than it should")
    return value


def text(value: object, pattern: re.Pattern[str] | None = None) -> str:
    """Return a text that is not empty and, where a pattern is given, matches it."""
    if not isinstance(value, str) or not value or (pattern and not pattern.fullmatch(value)):
        raise malformed("a text of the statement has the wrong shape")
    return value


def listed(value: object) -> list[Any]:
    """Return a list."""
    if not isinstance(value, list):
        raise malformed("a list of the statement is none")
    return value


def read_unit(value: object) -> Unit:
    """Read {"id","names","superior","inside"}."""
    fields = require_fields(value, {"id", "names", "superior", "inside"})
    superior = UnitId(text(fields["superior"], _UNIT_ID)) if fields["superior"] != "" else None
    return Unit(
        UnitId(text(fields["id"], _UNIT_ID)), _names(fields["names"]), superior, read_truth(fields["inside"])
    )


def read_desk(value: object) -> Desk:
    """Read {"id","names","epoch","recipient","reads"}."""
    fields = require_fields(value, {"id", "names", "epoch", "recipient", "reads"})
    epoch = fields["epoch"]
    if type(epoch) is not int or epoch < 1:
        raise malformed("an epoch counts from 1")
    return Desk(
        id=DeskId(text(fields["id"], _DESK_ID)),
        names=_names(fields["names"]),
        epoch=epoch,
        recipient=read_recipient(fields["recipient"]),
        reads=read_truth(fields["reads"]),
    )


def read_member(value: object) -> Member:
    """Read {"id","name_digest","signing_key","recipient","unit","past_units","conflicts","roles","desks"}."""
    fields = require_fields(
        value,
        {
            "id",
            "name_digest",
            "signing_key",
            "recipient",
            "unit",
            "past_units",
            "conflicts",
            "roles",
            "desks",
        },
    )
    roles = _distinct(listed(fields["roles"]))
    if not set(roles) <= ROLES:
        raise malformed("a role is unknown")
    return Member(
        id=MemberId(text(fields["id"], _MEMBER_ID)),
        name_digest=text(fields["name_digest"], _HEX_32),
        signing_key=read_verify_key(fields["signing_key"]),
        recipient=read_recipient(fields["recipient"]),
        unit=UnitId(text(fields["unit"], _UNIT_ID)),
        past_units=read_past_units(fields["past_units"]),
        conflicts=read_units(fields["conflicts"]),
        roles=frozenset(roles),
        desks=frozenset(DeskId(text(desk, _DESK_ID)) for desk in _distinct(listed(fields["desks"]))),
    )


def read_units(value: object) -> tuple[UnitId, ...]:
    """Read a list of unit ids, each once."""
    return tuple(UnitId(text(unit, _UNIT_ID)) for unit in _distinct(listed(value)))


def read_past_units(value: object) -> tuple[tuple[UnitId, str], ...]:
    """Read a list of {"unit","until"}."""
    pairs = [require_fields(pair, {"unit", "until"}) for pair in listed(value)]
    return tuple((UnitId(text(pair["unit"], _UNIT_ID)), read_day(pair["until"])) for pair in pairs)


def read_recipient(value: object) -> Recipient:
    """Read an age recipient of the hybrid kind."""
    try:
        recipient = Recipient.parse(text(value))
        recipient.wrap(_TRIAL_KEY)
    except BadFormat as error:
        raise malformed("a recipient is not a key") from error
    return recipient


def read_passkey(value: object) -> Passkey | None:
    """Read {"id","key","rp","algorithm"}; {} is none."""
    if value == {}:
        return None
    try:
        return Passkey.read(require_fields(value, {"id", "key", "rp", "algorithm"}))
    except BadFormat as error:
        raise malformed("a passkey is none") from error


def read_verify_key(value: object) -> VerifyKey:
    """Read 32 bytes in hex."""
    try:
        return VerifyKey(bytes.fromhex(text(value, _HEX_32)))
    except BadFormat as error:
        raise malformed("a verification key is not a key") from error


def write_unit(unit: Unit) -> dict[str, Any]:
    """Write a UNIT as it was read."""
    return {
        "id": unit.id,
        "names": dict(unit.names),
        "superior": unit.superior or "",
        "inside": unit.inside,
    }


def write_desk(desk: Desk) -> dict[str, Any]:
    """Write a DESK as it was read."""
    return {
        "id": desk.id,
        "names": dict(desk.names),
        "epoch": desk.epoch,
        "recipient": desk.recipient.text,
        "reads": desk.reads,
    }


def _names(value: object) -> dict[str, str]:
    return {language: text(name) for language, name in require_fields(value, LANGUAGES).items()}


def read_truth(value: object) -> bool:
    """Read a truth value."""
    if not isinstance(value, bool):
        raise malformed("a truth value of the statement is none")
    return value


def _distinct(values: list[Any]) -> list[str]:
    texts = [text(value) for value in values]
    if len(set(texts)) != len(texts):
        raise malformed("a list names something twice")
    return texts


def read_day(value: object) -> str:
    """Read a day of the calendar, ISO."""
    day = text(value, _DAY)
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise malformed("a day is not in the calendar") from error
    return day
