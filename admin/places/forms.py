"""What a form about a unit, desk or body asks for, as the statement that would do it.

A form brings the identifier and the public key that its page has made: a passkey answers over the
statement, so it must be the same when the form is sent again.
"""

import re
from collections.abc import Mapping
from typing import Final

from werkzeug.datastructures import MultiDict

from admin.members.changes import Asked
from admin.members.errors import ChoiceGone
from admin.places.errors import (
    AboveItself,
    NoChineseName,
    NoEnglishName,
    NoKey,
    NoShortName,
    NothingNew,
    NotSaidWhether,
    PlaceTaken,
)
from crypto.errors import BadFormat
from crypto.keys import Recipient
from tipline.ids import DeskId, UnitId
from tipline.members import wording
from tipline.roster import Body, Desk, Roster, Unit
from tipline.roster.competent import parse_key

MAX_NAME: Final = 100
"""Characters."""

_UNIT: Final = re.compile(r"u[0-9]{1,9}")
_SHORT: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")

Form = MultiDict[str, str]


def read_unit(form: Form, roster: Roster) -> Asked:
    """A unit that is new, or as it shall be from now on.

    Raises:
        MembersError: a field cannot be taken.
    """
    identifier = UnitId(form.get("place", ""))
    if not _UNIT.fullmatch(identifier):
        raise ChoiceGone
    names, above = _names(form), _superior(form, identifier, roster)
    unit = Unit(identifier, names, above, _choice(form, "inside"))
    if roster.units.get(identifier) == unit:
        raise NothingNew
    return wording.unit(unit)


def read_body(form: Form, roster: Roster) -> Asked:
    """A competent body that is new, or as it shall be from now on.

    Raises:
        MembersError: a field cannot be taken.
    """
    identifier, changes = form.get("place", "").strip(), form.get("changes") == "yes"
    if not _SHORT.fullmatch(identifier):
        raise NoShortName
    if changes != (identifier in roster.bodies):
        raise ChoiceGone if changes else PlaceTaken
    text = form.get("key", "").strip()
    try:
        key = parse_key(text) if text else None
    except BadFormat as error:
        raise NoKey from error
    body = Body(identifier, _names(form), key, _choice(form, "accepts"))
    if roster.bodies.get(identifier) == body:
        raise NothingNew
    return wording.body(body)


def read_desk(form: Form, roster: Roster) -> Asked:
    """A new desk, under a first key that nobody has: its first holder makes the next.

    Raises:
        MembersError: a field cannot be taken.
    """
    identifier = DeskId(form.get("place", "").strip())
    if not _SHORT.fullmatch(identifier):
        raise NoShortName
    if identifier in roster.desks:
        raise PlaceTaken
    names, reads = _names(form), _choice(form, "reads")
    try:
        key = Recipient.parse(form.get("recipient", ""))
    except BadFormat as error:
        raise ChoiceGone from error
    return wording.desk(Desk(identifier, names, 1, key, reads))


def _names(form: Form) -> Mapping[str, str]:
    chinese, english = form.get("name_zh", "").strip(), form.get("name_en", "").strip()
    if not _is_name(chinese):
        raise NoChineseName
    if not _is_name(english):
        raise NoEnglishName
    return {"zh": chinese, "en": english}


def _is_name(text: str) -> bool:
    return bool(text) and len(text) <= MAX_NAME and text.isprintable()


def _superior(form: Form, unit: UnitId, roster: Roster) -> UnitId | None:
    chosen = above = UnitId(form.get("superior", ""))
    while above:
        if above == unit:
            raise AboveItself
        if above not in roster.units:
            raise ChoiceGone
        above = roster.units[above].superior or UnitId("")
    return chosen or None


def _choice(form: Form, name: str) -> bool:
    if form.get(name) not in ("yes", "no"):
        raise NotSaidWhether(name)
    return form[name] == "yes"
