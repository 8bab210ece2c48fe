"""The statements about members, as kind and fields: whoever signs them says no more and no less."""

from collections.abc import Iterable, Mapping
from typing import Any

from tipline.ids import DeskId, MemberId, UnitId
from tipline.members.types import Enrolled
from tipline.roster import Body, Desk, Member, Unit
from tipline.roster.bodies import write_desk, write_unit
from tipline.roster.competent import write_body

Wording = tuple[str, Mapping[str, Any]]
"""(type of the statement, its own fields)."""


def admit(enrolled: Enrolled) -> Wording:
    """A new member with the keys of their own enrolment, without desks and roles."""
    member = {
        "id": enrolled.member,
        "name_digest": enrolled.name_digest,
        "signing_key": enrolled.signing_key.raw.hex(),
        "recipient": enrolled.recipient.text,
        "unit": enrolled.unit,
        "past_units": [],
        "conflicts": sorted(enrolled.conflicts),
        "roles": [],
        "desks": [],
    }
    return "member", {"member": member}


def new_keys(enrolled: Enrolled) -> Wording:
    """Other keys for a member who lost the password or the second factor to theirs."""
    keys = {"signing_key": enrolled.signing_key.raw.hex(), "recipient": enrolled.recipient.text}
    return "new-keys", {"member": enrolled.member, **keys}


def grant(member: MemberId, desk: DeskId, until: str = "") -> Wording:
    """A desk; with `until` (ISO), as a deputy up to and with that day."""
    return "grant", {"member": member, "desk": desk, "until": until}


def regrant(member: MemberId, desk: DeskId) -> Wording:
    """A desk that the member held before their keys were made anew."""
    return "regrant", {"member": member, "desk": desk}


def revoke(member: MemberId, desk: DeskId) -> Wording:
    """A desk is taken."""
    return "revoke", {"member": member, "desk": desk}


def remove(member: MemberId) -> Wording:
    """A member goes for good."""
    return "remove", {"member": member}


def role(member: MemberId, name: str, held: bool) -> Wording:
    """A role is given, or taken."""
    return "role", {"member": member, "role": name, "held": held}


def lead(desk: DeskId, member: MemberId) -> Wording:
    """Who leads a desk."""
    return "lead", {"desk": desk, "member": member}


def move(member: Member, unit: UnitId, conflicts: Iterable[UnitId]) -> Wording:
    """Where a member belongs, and every unit that they have declared: one left out is taken back.

    The unit that they leave stays among their past ones, whatever is said here.
    """
    fields = {"member": member.id, "unit": unit, "past_units": [], "conflicts": sorted(set(conflicts))}
    return "member-unit", fields


def conflicts(member: MemberId, units: Iterable[UnitId]) -> Wording:
    """Units that a member must not judge, beside those declared before."""
    return "conflicts", {"member": member, "add": sorted(set(units))}


def unit(one: Unit) -> Wording:
    """A unit, new or as it shall be."""
    return "unit", {"unit": write_unit(one)}


def desk(one: Desk) -> Wording:
    """A desk with its first key, or its next one."""
    return "desk", {"desk": write_desk(one)}


def body(one: Body) -> Wording:
    """A competent body, new or as it shall be."""
    return "body", {"body": write_body(one)}


def rekey(desk: Desk) -> Wording:
    """A desk's next key; the desk is given as it shall be."""
    return "rekey", {"desk": write_desk(desk)}
