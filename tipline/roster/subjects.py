"""Whom and what a statement is about, and the roster with one of them changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from tipline.ids import DeskId
from tipline.roster.bodies import text
from tipline.roster.combinations import check_before_the_table, check_combination, check_place
from tipline.roster.errors import RosterRefused
from tipline.roster.rules import not_allowed
from tipline.roster.types import Desk, Member

if TYPE_CHECKING:
    from tipline.roster.replay import Roster


def subject(roster: Roster, body: Mapping[str, Any]) -> Member:
    """The active member whom a statement names."""
    member = roster.member(text(body["member"]))
    if not member.active:
        raise RosterRefused("removed-member", "the member was removed")
    return member


def named_desk(roster: Roster, body: Mapping[str, Any]) -> Desk:
    """The desk that a statement names."""
    try:
        return roster.desks[text(body["desk"])]
    except KeyError as error:
        raise not_allowed("there is no such desk") from error


def stated_on(body: Mapping[str, Any]) -> date:
    """The UTC day of a statement."""
    return datetime.fromtimestamp(body["at"], UTC).date()


def with_member(roster: Roster, member: Member) -> Roster:
    """The roster with one member as they are now."""
    return replace(roster, members={**roster.members, member.id: member})


def with_desk(roster: Roster, desk: Desk) -> Roster:
    """The roster with one desk as it is now."""
    return replace(roster, desks={**roster.desks, desk.id: desk})


def left(roster: Roster, member: Member, desks: Iterable[DeskId]) -> Roster:
    """The roster after a member has left desks: their keys are stale, and they lead none of them."""
    gone = frozenset(desks)
    changed: dict[str, Desk] = {
        desk: replace(known, stale=True, lead=None if known.lead == member.id else known.lead)
        for desk in gone
        for known in (roster.desks[desk],)
    }
    return with_member(replace(roster, desks={**roster.desks, **changed}), member.without(gone))


def check_duties(roster: Roster, member: Member) -> None:
    """Refuse what must not meet in one person, and who does not belong where a duty sits.

    A log whose first entry names no profile is held to what bound it when it began.
    """
    if roster.profile is None:
        check_before_the_table(member, roster.desks)
        return
    check_combination(member, roster.desks)
    if roster.profile == "township":
        check_place(member, roster.desks, roster.units)
