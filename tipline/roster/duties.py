"""Who holds which desk and role, for how long, and who leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from tipline.roster import rules
from tipline.roster.bodies import BASE_FIELDS, malformed, read_day, read_truth, require_fields, text
from tipline.roster.rules import not_allowed
from tipline.roster.subjects import (
    check_duties,
    left,
    named_desk,
    stated_on,
    subject,
    with_desk,
    with_member,
)
from tipline.roster.types import REGISTRAR, ROLES

if TYPE_CHECKING:
    from tipline.roster.replay import Roster

MOST_DAYS: Final = 366
"""How far ahead a deputy's last day may lie: one who stays longer is no deputy."""


def grant_desk(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Let a member hold a desk; with `until`, as a deputy up to and with that day.

    Statements from before there were deputies have no `until`.
    """
    fields = require_fields(body, BASE_FIELDS | {"member", "desk"} | ({"until"} & body.keys()))
    desk = named_desk(roster, fields)
    rules.require_outside_registrar_and_holder(roster, body, desk.id)
    member = subject(roster, fields)
    if roster.profile is not None and member.id in body["by"]:
        raise not_allowed("nobody gives a desk to themselves, or keeps one longer")
    until = _last_day(body, fields.get("until", ""))
    if desk.id in member.desks and until == member.until.get(desk.id, ""):
        raise not_allowed("the member holds this desk already")
    bare = member.without([desk.id])
    days = {**bare.until, desk.id: until} if until else bare.until
    granted = replace(bare, desks=bare.desks | {desk.id}, until=days)
    check_duties(roster, granted)
    return with_member(roster, granted)


def revoke_desk(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Take a desk from a member."""
    fields = require_fields(body, BASE_FIELDS | {"member", "desk"})
    desk, member = named_desk(roster, fields), subject(roster, fields)
    rules.require_registrar_to_part(roster, body, member, [desk.id])
    if desk.id not in member.desks | member.awaiting:
        raise not_allowed("the member does not hold this desk")
    return left(roster, member, [desk.id])


def lapse_desk(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """A deputy's day is over: the keeper says so by itself."""
    fields = require_fields(body, BASE_FIELDS | {"member", "desk"})
    rules.require_keeper(roster, body)
    desk, member = named_desk(roster, fields), subject(roster, fields)
    if not member.is_over(desk.id, stated_on(body)):
        raise not_allowed("the member is no deputy whose day is over")
    return left(roster, member, [desk.id])


def set_role(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Give a member a role, or take it. Whoever brings people in does not step back alone."""
    fields = require_fields(body, BASE_FIELDS | {"member", "role", "held"})
    held = read_truth(fields["held"])
    if held:
        rules.require_registrar_and_another(roster, body)
    else:
        rules.require_registrar(roster, body)
    member, role = subject(roster, fields), text(fields["role"])
    if role not in ROLES:
        raise malformed("a role is unknown")
    if held == (role in member.roles):
        raise not_allowed("the member's role is so already")
    if not held:
        if role == REGISTRAR and member.id in body["by"]:
            raise not_allowed("no registrar takes the role from themselves")
        return with_member(roster, replace(member, roles=member.roles - {role}))
    changed = replace(member, roles=member.roles | {role})
    check_duties(roster, changed)
    return with_member(roster, changed)


def set_lead(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Name the holder of a desk whom its missed deadlines reach first."""
    fields = require_fields(body, BASE_FIELDS | {"desk", "member"})
    rules.require_registrar_and_another(roster, body)
    desk, member = named_desk(roster, fields), subject(roster, fields)
    if not member.holds(desk.id):
        raise not_allowed("the lead of a desk holds it")
    if desk.lead == member.id:
        raise not_allowed("the member leads this desk already")
    return with_desk(roster, replace(desk, lead=member.id))


def _last_day(body: Mapping[str, Any], value: object) -> str:
    """The day that a deputy ends with, "" for none: today at the soonest."""
    if value == "":
        return ""
    day, today = read_day(value), stated_on(body)
    if not today.isoformat() <= day <= (today + timedelta(days=MOST_DAYS)).isoformat():
        raise not_allowed("a deputy's last day lies within the coming year")
    return day
