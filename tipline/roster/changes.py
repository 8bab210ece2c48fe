"""What each statement changes in the roster, once its rules hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tipline.ids import UnitId
from tipline.roster import rules
from tipline.roster.bodies import (
    BASE_FIELDS,
    malformed,
    read_desk,
    read_member,
    read_past_units,
    read_unit,
    read_units,
    require_fields,
    text,
)
from tipline.roster.errors import RosterRefused
from tipline.roster.rules import check_combination, not_allowed
from tipline.roster.types import Desk, Member, Unit

if TYPE_CHECKING:
    from tipline.roster.replay import Roster

Change = Callable[["Roster", Mapping[str, Any]], "Roster"]


def set_unit(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Add a unit, or replace what is known of one."""
    fields = require_fields(body, BASE_FIELDS | {"unit"})
    rules.require_registrar_and_another(roster, body)
    unit = read_unit(fields["unit"])
    units = {**roster.units, unit.id: unit}
    check_units(units)
    return replace(roster, units=units)


def add_member(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Add a member, without roles and desks: those need grants."""
    fields = require_fields(body, BASE_FIELDS | {"member"})
    rules.require_registrar(roster, body)
    member = read_member(fields["member"])
    if member.roles or member.desks:
        raise malformed("a new member has no roles and no desks")
    if member.id in roster.members:
        raise not_allowed("there is such a member, or was")
    check_member(roster, member)
    return replace(roster, members={**roster.members, member.id: member})


def set_member_units(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Change where a member belongs.

    The unit they leave, and those known from before, stay among their past units whatever the statement says:
    nobody sheds an exclusion by changing desks. Five years later they no longer count (`Roster.units_of`).
    """
    fields = require_fields(body, BASE_FIELDS | {"member", "unit", "past_units", "conflicts"})
    rules.require_registrar_and_another(roster, body)
    member = _subject(roster, fields)
    past = [*member.past_units, *read_past_units(fields["past_units"])]
    unit = UnitId(text(fields["unit"]))
    if unit != member.unit:
        past.append((member.unit, datetime.fromtimestamp(body["at"], UTC).date().isoformat()))
    moved = replace(member, unit=unit, past_units=_latest(past), conflicts=read_units(fields["conflicts"]))
    _check_belongs(roster.units, moved)
    return _with(roster, moved)


def grant_desk(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Let a member hold a desk."""
    fields = require_fields(body, BASE_FIELDS | {"member", "desk"})
    desk = _desk(roster, fields)
    rules.require_outside_registrar_and_holder(roster, body, desk.id)
    member = _subject(roster, fields)
    if desk.id in member.desks:
        raise not_allowed("the member holds this desk already")
    granted = replace(member, desks=member.desks | {desk.id})
    check_combination(granted, roster.desks)
    return _with(roster, granted)


def revoke_desk(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Take a desk from a member."""
    fields = require_fields(body, BASE_FIELDS | {"member", "desk"})
    rules.require_registrar(roster, body)
    desk, member = _desk(roster, fields), _subject(roster, fields)
    if desk.id not in member.desks:
        raise not_allowed("the member does not hold this desk")
    return _with(roster, replace(member, desks=member.desks - {desk.id}))


def remove_member(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Remove a member: inactive from here on, without roles and desks."""
    fields = require_fields(body, BASE_FIELDS | {"member"})
    rules.require_registrar(roster, body)
    member = _subject(roster, fields)
    if member.id in body["by"]:
        raise not_allowed("nobody removes themselves")
    return _with(roster, replace(member, active=False, roles=frozenset(), desks=frozenset()))


def set_desk(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Add a desk with its first key, or give one its next key."""
    fields = require_fields(body, BASE_FIELDS | {"desk"})
    desk = read_desk(fields["desk"])
    old = roster.desks.get(desk.id)
    if old is None:
        rules.require_registrar_and_another(roster, body)
        if desk.epoch != 1:
            raise not_allowed("a new desk begins with epoch 1")
    else:
        rules.require_registrar_and_holder(roster, body, desk.id)
        if desk.epoch != old.epoch + 1 or desk.recipient in (old.recipient, *old.past):
            raise not_allowed("a desk's next key has the next epoch, and is new")
        desk = replace(desk, past=(*old.past, old.recipient))
    desks = {**roster.desks, desk.id: desk}
    for member in roster.members.values():  # the desk may read from now on
        check_combination(member, desks)
    return replace(roster, desks=desks)


CHANGES: Final[Mapping[str, Change]] = {
    "unit": set_unit,
    "member": add_member,
    "member-unit": set_member_units,
    "grant": grant_desk,
    "revoke": revoke_desk,
    "remove": remove_member,
    "desk": set_desk,
}
"""The statements that change the roster. Each function checks its rules first and raises `RosterRefused`."""


def check_units(units: Mapping[str, Unit]) -> None:
    """Refuse a superior that does not exist, and units that stand above themselves."""
    for unit in units.values():
        seen = {unit.id}
        above = unit.superior
        while above is not None:
            if above not in units:
                raise not_allowed("a superior unit does not exist")
            if above in seen:
                raise not_allowed("a unit cannot stand above itself")
            seen.add(above)
            above = units[above].superior


def check_member(roster: Roster, member: Member) -> None:
    """Refuse a member whose units do not exist, or whose signing key somebody has.

    One key under two ids would sign for "two people".
    """
    _check_belongs(roster.units, member)
    keys = [
        roster.log_key,
        *(other.signing_key for other in roster.members.values() if other.id != member.id),
    ]
    if member.signing_key in keys:
        raise not_allowed("somebody has this signing key already")
    check_combination(member, roster.desks)


def _check_belongs(units: Mapping[str, Unit], member: Member) -> None:
    named = {member.unit, *member.conflicts, *(unit for unit, _ in member.past_units)}
    if not named <= units.keys():
        raise not_allowed("a unit of the member does not exist")


def _latest(past: list[tuple[UnitId, str]]) -> tuple[tuple[UnitId, str], ...]:
    """Keep the last day of each unit; ISO days sort as texts."""
    last: dict[UnitId, str] = {}
    for unit, until in past:
        last[unit] = max(until, last.get(unit, until))
    return tuple(sorted(last.items()))


def _with(roster: Roster, member: Member) -> Roster:
    return replace(roster, members={**roster.members, member.id: member})


def _subject(roster: Roster, body: Mapping[str, Any]) -> Member:
    member = roster.member(text(body["member"]))
    if not member.active:
        raise RosterRefused("removed-member", "the member was removed")
    return member


def _desk(roster: Roster, body: Mapping[str, Any]) -> Desk:
    try:
        return roster.desks[text(body["desk"])]
    except KeyError as error:
        raise not_allowed("there is no such desk") from error
