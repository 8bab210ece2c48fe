"""What each statement changes in the roster, once its rules hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tipline.ids import UnitId
from tipline.roster import rules
from tipline.roster.acknowledging import acknowledge
from tipline.roster.alert_rules import set_alert_rules
from tipline.roster.bodies import (
    BASE_FIELDS,
    malformed,
    read_member,
    read_past_units,
    read_unit,
    read_units,
    require_fields,
    text,
)
from tipline.roster.competent import set_body
from tipline.roster.duties import grant_desk, lapse_desk, revoke_desk, set_lead, set_role
from tipline.roster.keys import (
    known_keys,
    regrant_desk,
    renew_desk,
    set_desk,
    set_new_keys,
    set_passkey,
)
from tipline.roster.log_keys import set_log_key
from tipline.roster.points import set_point
from tipline.roster.rewards import set_mint_keys, set_reward_rules
from tipline.roster.rules import not_allowed
from tipline.roster.subjects import check_duties, left, stated_on, subject, with_member
from tipline.roster.types import Member, Unit
from tipline.roster.witnesses import set_witnesses
from tipline.roster.working_time import set_calendar, set_deadlines

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
    changed = replace(roster, units=units)
    for member in roster.members.values():  # the unit may lie inside the township from now on
        check_duties(changed, member)
    return changed


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
    member = subject(roster, fields)
    past = [*member.past_units, *read_past_units(fields["past_units"])]
    unit = UnitId(text(fields["unit"]))
    if unit != member.unit:
        past.append((member.unit, stated_on(body).isoformat()))
    moved = replace(member, unit=unit, past_units=_latest(past), conflicts=read_units(fields["conflicts"]))
    _check_belongs(roster.units, moved)
    check_duties(roster, moved)
    return with_member(roster, moved)


def remove_member(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Remove a member: inactive from here on, without roles and desks."""
    fields = require_fields(body, BASE_FIELDS | {"member"})
    member = subject(roster, fields)
    rules.require_registrar_to_part(roster, body, member, member.desks)
    if member.id in body["by"]:
        raise not_allowed("nobody removes themselves")
    gone = replace(member, active=False, roles=frozenset())
    return left(roster, gone, member.desks | member.awaiting)


def declare_conflicts(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Add units that a member must not judge: they say so alone, and it binds at once.

    To take one back takes two (`member-unit`).
    """
    fields = require_fields(body, BASE_FIELDS | {"member", "add"})
    member = subject(roster, fields)
    rules.require_only(roster, body, member)
    added = [unit for unit in read_units(fields["add"]) if unit not in member.conflicts]
    if not added:
        raise not_allowed("the member declared this already")
    changed = replace(member, conflicts=(*member.conflicts, *added))
    _check_belongs(roster.units, changed)
    return with_member(roster, changed)


CHANGES: Final[Mapping[str, Change]] = {
    "unit": set_unit,
    "member": add_member,
    "member-unit": set_member_units,
    "grant": grant_desk,
    "revoke": revoke_desk,
    "remove": remove_member,
    "role": set_role,
    "lead": set_lead,
    "lapse": lapse_desk,
    "conflicts": declare_conflicts,
    "desk": set_desk,
    "rekey": renew_desk,
    "new-keys": set_new_keys,
    "regrant": regrant_desk,
    "passkey": set_passkey,
    "calendar": set_calendar,
    "deadlines": set_deadlines,
    "body": set_body,
    "acknowledge": acknowledge,
    "log-key": set_log_key,
    "witnesses": set_witnesses,
    "alert-rules": set_alert_rules,
    "reward-rules": set_reward_rules,
    "point": set_point,
    "mint-keys": set_mint_keys,
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
    others = {other: known for other, known in roster.members.items() if other != member.id}
    if member.signing_key in known_keys(replace(roster, members=others)):
        raise not_allowed("somebody has, or had, this signing key already")
    check_duties(roster, member)


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
