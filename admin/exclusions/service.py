"""An exclusion: a new route in the log; the reporter learns of it, the card leaves its group."""

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from admin.exclusions.errors import ExclusionNotStored, ExclusionRefused, NobodyWouldBeLeft, NoSuchUnit
from admin.readings.errors import refusal
from admin.tip.reasons import drop_reason, keep_reason
from admin.tip.records import check_returned
from admin.tip.state import ReadState
from admin.visit import Visit
from tipline.directory.types import Directory
from tipline.ids import INTEGRITY, DeskId, TipId, UnitId
from tipline.keeper_client import Reason, Refused
from tipline.routing import Route
from tipline.sealing.items import seal_item
from tipline.tips.models import Tip
from tipline.tips.storing import next_position, store_items


def exclude_unit(visit: Visit, tip: TipId, unit: str, reason: str, state: ReadState) -> Route:
    """Exclude a unit and everything above it inside the township; the route from now on.

    Raises:
        AdminError: it was not excluded; the sentence says why.
        KeeperError: nothing was proved to be logged.
    """
    route = widened(visit.directory, state.route, unit)
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
        _unlist(session, tip)
    try:
        record = visit.services.keeper.append(visit.sign("route", fields)).record
    except Refused as refused:
        drop_reason(visit, kept)
        if refused.reason is Reason.NOT_ALLOWED:
            raise ExclusionRefused from refused
        raise refusal(refused.reason) from refused
    expected = {"kind": "route", "tip": tip.hex(), "desks": fields["desks"], "excluded": fields["excluded"]}
    check_returned(record, visit.services.log_key, expected)
    try:
        _remember(visit, tip, route, record, state)
    except SQLAlchemyError as error:
        raise ExclusionNotStored from error
    return route


def widened(directory: Directory, route: Route, unit: str) -> Route:
    """A route with one more unit excluded; to the integrity desk when its desk has nobody left.

    Raises:
        NoSuchUnit: unknown, or excluded already.
        NobodyWouldBeLeft: the integrity desk has nobody left either.
    """
    if unit not in directory.units or unit in route.excluded:
        raise NoSuchUnit
    added = UnitId(unit)
    excluded = frozenset(map(UnitId, route.excluded)) | directory.with_superiors(added)
    desks = tuple(
        desk for desk in route.desks if not directory.desks[DeskId(desk)].is_wholly_excluded(excluded)
    )
    if not desks:
        if directory.desks[INTEGRITY].is_wholly_excluded(excluded):
            raise NobodyWouldBeLeft
        desks = (INTEGRITY,)
    return Route(desks, tuple(sorted(excluded)))


def _remember(visit: Visit, tip: TipId, route: Route, record: bytes, state: ReadState) -> None:
    # The record names units, so it is sealed to the reporter, who follows it when they write again.
    item = seal_item("route", tip, record, audience=None, reporter=state.recipient)
    with visit.services.database.writing() as session:
        store_items(
            session,
            [item],
            first_position=next_position(session, tip),
            day=visit.services.clock.today(),
        )
        session.execute(update(Tip).where(Tip.id == tip).values(desk=route.desks[0]))
        _unlist(session, tip)


def _unlist(session: Session, tip: TipId) -> None:
    """Take a card out of its group: the next list puts it into that of the tip's latest route."""
    unlisted = {"card_group": None, "card_box": None, "card_version": Tip.card_version + 1}
    session.execute(update(Tip).where(Tip.id == tip).values(unlisted))
