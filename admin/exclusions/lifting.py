"""Lifting an exclusion: one at the desk proposes it, one outside signs, neither from an excluded unit."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from admin.exclusions.errors import NothingToLift
from admin.exclusions.handlers import KEPT_ROUTE, ROUTE
from admin.holds.service import propose
from admin.moves.clocks import required
from admin.moves.errors import MovedMeanwhile
from admin.readings.kept import open_kept
from admin.tip.records import check_returned
from admin.tip.state import ReadState
from admin.visit import Visit
from crypto.keys import Recipient
from crypto.notes import NoteVerifier
from tipline.ids import TipId
from tipline.keeper_client import KeeperLied
from tipline.sealing.items import seal_item
from tipline.tips.models import Item
from tipline.tips.storing import next_position, store_items


def propose_lift(
    visit: Visit, tip: TipId, units: Sequence[str], other: str, reason: str, state: ReadState
) -> None:
    """Propose that units may find the tip again; they do once the other has signed.

    Raises:
        NothingToLift: no unit was ticked, or one that is not excluded.
        AdminError: it was not proposed; the sentence says why.
    """
    lifted = set(units)
    if not lifted or not lifted <= set(state.route.excluded):
        raise NothingToLift
    view = visit.services.keeper.states([tip.hex()]).get(tip.hex())
    if view is None or (view.desks, view.excluded) != (state.route.desks, state.route.excluded):
        raise MovedMeanwhile  # what came in between would be undone, unseen
    excluded = [unit for unit in state.route.excluded if unit not in lifted]
    fields = {"desks": list(state.route.desks), "excluded": excluded}
    propose(visit, tip, ROUTE, fields, other, required(reason), state)


def _is_route(record: bytes, log_key: NoteVerifier, tip: TipId) -> bool:
    """A filter: a row that was written by hand keeps no tip from being read."""
    try:
        check_returned(record, log_key, {"kind": ROUTE, "tip": tip.hex()})
    except KeeperLied:
        return False
    return True


def pass_on(visit: Visit, tip: TipId, reporter: Recipient) -> None:
    """Seal to the reporter what was kept for this member until they read the tip again."""
    services = visit.services
    with services.database.reading() as session:
        wanted = select(Item.id, Item.sealed).where(Item.tip_id == tip, Item.kind == KEPT_ROUTE)
        rows = [(row.id, row.sealed) for row in session.execute(wanted) if row.sealed]
    for item, sealed in rows:
        record = open_kept(sealed, visit.session.member, KEPT_ROUTE, tip, item)
        if record is None or not _is_route(record, services.log_key, tip):
            continue  # kept for the colleague who proposed it, or written by hand
        route = seal_item(ROUTE, tip, record, audience=None, reporter=reporter)
        with services.database.writing() as session:
            position = next_position(session, tip)
            store_items(session, [route], first_position=position, day=services.clock.today())
            session.execute(delete(Item).where(Item.id == item))
