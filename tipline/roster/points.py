"""Where cash is paid out: pickup points, which two people set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from crypto.age_x25519 import X25519Recipient
from crypto.errors import BadFormat
from crypto.keys import Recipient
from tipline.ids import UnitId
from tipline.roster import rules
from tipline.roster.bodies import BASE_FIELDS, LANGUAGES, malformed, read_truth, require_fields, text
from tipline.roster.competent import parse_key
from tipline.roster.rules import not_allowed

if TYPE_CHECKING:
    from tipline.roster.replay import Roster

MAX_LINE: Final = 200
"""Characters of a name, and of an address with its hours."""
MOST_POINTS: Final = 200

_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")


@dataclass(frozen=True)
class Point:
    """A place where vouchers are paid.

    `names` and `places` (address and hours) have "zh" and "en". `unit` says whether it lies inside the
    township. `recipient` is the key of a bank or post office that pays by a printed list. A point that is
    not `open` stays for codes that were given out.
    """

    id: str
    names: Mapping[str, str]
    places: Mapping[str, str]
    unit: UnitId
    recipient: Recipient | X25519Recipient | None
    open: bool


def set_point(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Add a point, or replace what is known of one."""
    fields = require_fields(body, BASE_FIELDS | {"point"})
    rules.require_registrar_and_another(roster, body)
    point = read_point(fields["point"])
    if point.unit not in roster.units:
        raise not_allowed("the unit of the point does not exist")
    known = roster.points.get(point.id)
    if known is not None and (known.recipient is None) != (point.recipient is None):
        # A bank has its list: a code on it that moved to a counter would be paid twice.
        raise not_allowed("a counter does not become a bank, nor a bank a counter: add another point")
    if known is None and len(roster.points) >= MOST_POINTS:
        raise not_allowed("there are too many points")
    return replace(roster, points={**roster.points, point.id: point})


def read_point(value: object) -> Point:
    """Read {"id","names","places","unit","recipient","open"}.

    Raises:
        RosterRefused: malformed.
    """
    fields = require_fields(value, {"id", "names", "places", "unit", "recipient", "open"})
    return Point(
        id=text(fields["id"], _ID),
        names=_lines(fields["names"]),
        places=_lines(fields["places"]),
        unit=UnitId(text(fields["unit"])),
        recipient=_read_recipient(fields["recipient"]),
        open=read_truth(fields["open"]),
    )


def write_point(point: Point) -> dict[str, Any]:
    """Write a point as it was read."""
    return {
        "id": point.id,
        "names": dict(point.names),
        "places": dict(point.places),
        "unit": point.unit,
        "recipient": point.recipient.text if point.recipient else "",
        "open": point.open,
    }


def write_points(roster: Roster) -> list[dict[str, Any]]:
    """What the directory says of all points: whether one lies inside, not in which unit."""
    return [
        {
            "id": point.id,
            "names": dict(point.names),
            "places": dict(point.places),
            "inside": roster.units[point.unit].inside,
            "open": point.open,
            "bank": point.recipient is not None,
        }
        for _, point in sorted(roster.points.items())
    ]


def _lines(value: object) -> dict[str, str]:
    lines = {language: text(line) for language, line in require_fields(value, LANGUAGES).items()}
    if not all(len(line) <= MAX_LINE and line.isprintable() for line in lines.values()):
        raise malformed("a name or a place is one line of at most 200 characters")
    return lines


def _read_recipient(value: object) -> Recipient | X25519Recipient | None:
    if value == "":
        return None
    try:
        return parse_key(text(value))
    except BadFormat as error:
        raise malformed("a recipient is not a key") from error
