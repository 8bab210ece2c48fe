"""Pickup points, as a form asks for them: the statement that a registrar and another sign."""

import re
from collections.abc import Mapping
from typing import Final

from werkzeug.datastructures import MultiDict

from admin.members.changes import Asked
from admin.members.errors import ChoiceGone, MembersError, NoUnit
from admin.places.errors import (
    NoChineseName,
    NoEnglishName,
    NoShortName,
    NothingNew,
    NotSaidWhether,
    PlaceTaken,
)
from admin.rewards.errors import NoChinesePlace, NoEnglishPlace, NoPointKey
from crypto.errors import BadFormat
from tipline.ids import UnitId
from tipline.roster import Roster
from tipline.roster.competent import parse_key
from tipline.roster.points import MAX_LINE, Point, write_point

FIELDS: Final = ("place_zh", "place_en")
"""What this form has beside those of other places."""

_SHORT: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")

Form = MultiDict[str, str]


def read_new_point(form: Form, roster: Roster) -> Asked:
    """A point that is new, or as it shall be from now on.

    Raises:
        MembersError: a field cannot be taken.
    """
    identifier, changes = form.get("place", "").strip(), form.get("changes") == "yes"
    if not _SHORT.fullmatch(identifier):
        raise NoShortName
    if changes != (identifier in roster.points):
        raise ChoiceGone if changes else PlaceTaken
    unit, text = UnitId(form.get("unit", "")), form.get("key", "").strip()
    names = _lines(form, "name", NoChineseName, NoEnglishName)
    places = _lines(form, "place", NoChinesePlace, NoEnglishPlace)
    if unit not in roster.units:
        raise NoUnit
    if form.get("open") not in ("yes", "no"):
        raise NotSaidWhether("open")
    try:
        key = parse_key(text) if text else None
    except BadFormat as error:
        raise NoPointKey from error
    point = Point(identifier, names, places, unit, key, form["open"] == "yes")
    if roster.points.get(identifier) == point:
        raise NothingNew
    return "point", {"point": write_point(point)}


def _lines(
    form: Form, name: str, no_chinese: type[MembersError], no_english: type[MembersError]
) -> Mapping[str, str]:
    chinese, english = form.get(f"{name}_zh", "").strip(), form.get(f"{name}_en", "").strip()
    if not _is_line(chinese):
        raise no_chinese
    if not _is_line(english):
        raise no_english
    return {"zh": chinese, "en": english}


def _is_line(text: str) -> bool:
    return bool(text) and len(text) <= MAX_LINE and text.isprintable()
