"""What a clerk does at the desk: choose a point, look at a code, confirm that the cash lies on the table."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from admin.pay_desk.errors import CodeOver, Mistyped, NoPoint, NotThisPayment, explained
from admin.visit import Visit
from crypto.pickup_codes import MistypedPickup, PickupCode
from tipline.keeper_client import Refused
from tipline.keeper_client.paying import SeenPickup
from tipline.roster.points import Point

LOOK: Final = "pay-look"
PAY: Final = "pay"
POINT: Final = "pay-point"
"""The name under which a session keeps where its clerk sits."""
_PICKUP: Final = re.compile(r"[0-9a-f]{32}")
_VALUE: Final = re.compile(r"[1-9][0-9]{2,5}")


@dataclass(frozen=True)
class OnTheTable:
    """A code that is known: what a clerk sees of it, and nothing else.

    `by_me` means that the clerk at hand confirmed it first; another one must.
    """

    code: str
    seen: SeenPickup
    by_me: bool


@dataclass(frozen=True)
class Confirmed:
    """What became of a confirmation. `paid` is the day, or None while the second clerk is awaited."""

    code: str
    value: int
    point: str
    paid: date | None


def known_points(visit: Visit) -> Sequence[Point]:
    """All points by id: closed ones too, for codes that were given out."""
    return [point for _, point in sorted(visit.roster.points.items())]


def chosen_point(visit: Visit) -> Point | None:
    """Where the clerk of this session sits; None before they said so."""
    return visit.roster.points.get(visit.session.held.get(POINT, ""))


def choose_point(visit: Visit, point: str) -> None:
    """Keep with the session where its clerk sits.

    Raises:
        NoPoint: there is no such point.
    """
    if point not in visit.roster.points:
        raise NoPoint

    def kept(held: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**held, POINT: point}

    visit.services.sessions.hold(visit.session, kept)


def read_code(text: str) -> str:
    """A code as the page where it comes from shows it, from how somebody typed it.

    Raises:
        Mistyped: it is none; the keeper need not be asked.
    """
    try:
        return PickupCode.parse(text).reveal()
    except MistypedPickup as error:
        raise Mistyped from error


def look(visit: Visit, text: str, point: str) -> OnTheTable:
    """Ask the keeper what a code is worth at a point. That a clerk asked is an entry; the code is not in it.

    Raises:
        PayError: there is nothing to confirm; the sentence says why, and what to do.
        KeeperError: the keeper does not answer.
    """
    code = read_code(text)
    if point not in visit.roster.points:
        raise NoPoint
    try:
        seen = visit.services.keeper.paying.look(visit.sign(LOOK, {"point": point}), code)
    except Refused as refused:
        raise explained(refused.reason) from refused
    if seen.over:
        raise CodeOver
    return OnTheTable(code, seen, by_me=seen.first == visit.member.id)


def confirm(visit: Visit, form: Mapping[str, str]) -> Confirmed:
    """Confirm what the page showed. The keeper compares it with the code once more.

    Raises:
        PayError: nothing was confirmed; the sentence says why, and what to do.
        KeeperError: nothing was proved to be logged.
    """
    code, point = read_code(form.get("pickup_code", "")), chosen_point(visit)
    if point is None:
        raise NoPoint
    pickup, value = read_shown(form)
    fields = {"pickup": pickup, "point": point.id, "value": value}
    try:
        done = visit.services.keeper.paying.pay(visit.sign(PAY, fields), code)
    except Refused as refused:
        raise explained(refused.reason) from refused
    return Confirmed(code, value, point.id, done.paid)


def read_shown(form: Mapping[str, str]) -> tuple[str, int]:
    """What the page showed of a code: what names it in statements, and its value in yuan.

    Raises:
        NotThisPayment: these are no fields of ours.
    """
    pickup, value = form.get("pickup", ""), form.get("value", "")
    if not _PICKUP.fullmatch(pickup) or not _VALUE.fullmatch(value):
        raise NotThisPayment
    return pickup, int(value)
