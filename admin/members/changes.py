"""What a form of a member's page asks for, as the kind and fields of the statement that would do it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from admin.members.errors import ChoiceGone, NoLastDay, NoUnit
from admin.visit import Visit
from tipline.ids import DeskId, UnitId
from tipline.members import wording
from tipline.members.types import MemberRow
from tipline.roster.types import ROLES

Asked = tuple[str, Mapping[str, Any]]
Form = MultiDict[str, str]

SUSPEND: Final = "suspend"
"""No statement of its own: one that takes it for each desk."""


def read_change(visit: Visit, row: MemberRow, form: Form) -> Asked:
    """The statement that a form asks for.

    Raises:
        MembersError: a choice is missing, or is none of those that the page offers.
    """
    read = CHANGES.get(form.get("do", ""))
    if read is None or not row.active:
        raise ChoiceGone
    return read(visit, row, form)


def _move(visit: Visit, row: MemberRow, form: Form) -> Asked:
    unit = form.get("unit", "")
    conflicts = form.getlist("conflicts")
    if unit not in visit.roster.units:
        raise NoUnit
    if not set(conflicts) <= visit.roster.units.keys():
        raise ChoiceGone
    member = visit.roster.members[row.id]
    return wording.move(member, UnitId(unit), tuple(sorted({UnitId(one) for one in conflicts})))


def _grant(visit: Visit, row: MemberRow, form: Form) -> Asked:
    desk, until = _desk(visit, form), form.get("until", "").strip()
    if until:
        _check_day(until)
    return wording.grant(row.id, desk, until)


def _revoke(visit: Visit, row: MemberRow, form: Form) -> Asked:
    return wording.revoke(row.id, _desk(visit, form))


def _role(visit: Visit, row: MemberRow, form: Form) -> Asked:
    role = form.get("role", "")
    if role not in ROLES:
        raise ChoiceGone
    return wording.role(row.id, role, held=role not in row.roles)


def _lead(visit: Visit, row: MemberRow, form: Form) -> Asked:
    return wording.lead(_desk(visit, form), row.id)


def _suspend(visit: Visit, row: MemberRow, form: Form) -> Asked:
    if not row.desks:
        raise ChoiceGone
    return SUSPEND, {"member": row.id}


def _remove(visit: Visit, row: MemberRow, form: Form) -> Asked:
    return wording.remove(row.id)


def _desk(visit: Visit, form: Form) -> DeskId:
    desk = form.get("desk", "")
    if desk not in visit.roster.desks:
        raise ChoiceGone
    return DeskId(desk)


def _check_day(text: str) -> None:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise NoLastDay from error
    if day.isoformat() != text:
        raise NoLastDay


CHANGES: Final[Mapping[str, Callable[[Visit, MemberRow, Form], Asked]]] = {
    "move": _move,
    "grant": _grant,
    "revoke": _revoke,
    "role": _role,
    "lead": _lead,
    "suspend": _suspend,
    "remove": _remove,
}
