"""A new route: in the log first; the reporter learns of it, the card leaves its group."""

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from admin.exclusions.errors import (
    AtIntegrityAlready,
    ExclusionNotStored,
    ExclusionRefused,
    NobodyWouldBeLeft,
    NoSuchUnit,
)
from admin.readings.errors import refusal
from admin.tip.reasons import drop_reason, keep_reason
from admin.tip.records import check_returned
from admin.tip.rows import follow
from admin.tip.state import ReadState
from admin.visit import Visit
from tipline.directory.types import Directory
from tipline.ids import INTEGRITY, PROTECTION, DeskId, TipId, UnitId
from tipline.keeper_client import Appended, Reason, Refused
from tipline.routing import Route, protects
from tipline.sealing.items import seal_item
from tipline.tips.columns import unlist
from tipline.tips.models import Tip
from tipline.tips.storing import next_position, store_items


def exclude_unit(visit: Visit, tip: TipId, unit: str, reason: str, state: ReadState) -> Route:
    """Exclude a unit and everything above it inside the township; the route from now on.

    Whoever had the tip and is excluded now has it no longer: the keeper sees to it.

    Raises:
        AdminError: it was not excluded; the sentence says why.
        KeeperError: nothing was proved to be logged.
    """
    route = widened(visit.directory, state.route, unit)
    _state_route(visit, tip, route, reason, state)
    return route


def hand_to_integrity(visit: Visit, tip: TipId, reason: str, state: ReadState) -> Route:
    """Hand a tip to the integrity desk outside the township, and to no other; the route from now on.

    Raises:
        AdminError: it was not handed over; the sentence says why.
        KeeperError: nothing was proved to be logged.
    """
    if state.route.desks == (INTEGRITY,):
        raise AtIntegrityAlready
    if visit.directory.desks[INTEGRITY].is_wholly_excluded(frozenset(map(UnitId, state.route.excluded))):
        raise NobodyWouldBeLeft
    route = Route((INTEGRITY,), state.route.excluded)
    _state_route(visit, tip, route, reason, state)
    return route


def widened(directory: Directory, route: Route, unit: str) -> Route:
    """A route with one more unit excluded; to the integrity desk when its desk has nobody left.

    A protection case keeps its desk in the route all the same: by that it is known from a tip.

    Raises:
        NoSuchUnit: unknown, or excluded already.
        NobodyWouldBeLeft: the integrity desk, to which missed deadlines go, would have nobody left.
    """
    if unit not in directory.units or unit in route.excluded:
        raise NoSuchUnit
    added = UnitId(unit)
    excluded = frozenset(map(UnitId, route.excluded)) | directory.with_superiors(added)
    above = directory.desks[INTEGRITY]
    if above.is_wholly_excluded(excluded) and not above.is_wholly_excluded(
        frozenset(map(UnitId, route.excluded))
    ):
        raise NobodyWouldBeLeft
    desks = tuple(
        desk for desk in route.desks if not directory.desks[DeskId(desk)].is_wholly_excluded(excluded)
    )
    if not desks:
        if above.is_wholly_excluded(excluded):
            raise NobodyWouldBeLeft
        desks = (INTEGRITY,)
    if protects(route) and PROTECTION not in desks:
        desks = tuple(sorted((*desks, PROTECTION)))
    return Route(desks, tuple(sorted(excluded)))


def _state_route(visit: Visit, tip: TipId, route: Route, reason: str, state: ReadState) -> None:
    kept = keep_reason(visit, tip, reason, state)
    fields = {
        "tip": tip.hex(),
        "desk": state.desk,
        "desks": list(route.desks),
        "excluded": list(route.excluded),
        "reason": kept.named if kept else {},
    }
    # Before the statement, so that no list shows the card to the unit if the rows cannot be written after it.
    with visit.services.database.writing() as session:
        _take_out(session, tip)
    try:
        appended = visit.services.keeper.append(visit.sign("route", fields))
    except Refused as refused:
        drop_reason(visit, kept)
        if refused.reason is Reason.NOT_ALLOWED:
            raise ExclusionRefused from refused
        raise refusal(refused.reason) from refused
    expected = {"kind": "route", "tip": tip.hex(), "desks": fields["desks"], "excluded": fields["excluded"]}
    check_returned(appended.record, visit.services.log_key, expected)
    try:
        _remember(visit, tip, appended, state)
    except SQLAlchemyError as error:
        raise ExclusionNotStored from error
    follow(visit, [tip], appended)


def _remember(visit: Visit, tip: TipId, appended: Appended, state: ReadState) -> None:
    # The record names units, so it is sealed to the reporter, who follows it when they write again.
    item = seal_item("route", tip, appended.record, audience=None, reporter=state.recipient)
    with visit.services.database.writing() as session:
        day = visit.services.clock.today()
        store_items(session, [item], first_position=next_position(session, tip), day=day)
        _take_out(session, tip)


def _take_out(session: Session, tip: TipId) -> None:
    """Take the card out of its group, whoever listed it meanwhile."""
    row = session.get(Tip, tip)
    if row is not None:
        unlist(row)
