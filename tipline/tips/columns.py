"""The columns of a tip that say again what the log says, so that a list can sort by them."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tipline.ids import PROTECTION
from tipline.keeper_client import AdminKeeper, TipView
from tipline.routing import Route, desk_of, protects
from tipline.tips.models import Tip
from tipline.tips.moves import STARTS, TipState

NOTHING_DUE = date(9999, 12, 31)
"""What stands in `due_on` of a tip with nothing due: it sorts last."""


def write_case(row: Tip, view: TipView, record: bytes | None = None) -> bool:
    """Make a row say what the log says; whether anything was otherwise.

    The hour of a protection case that was taken up, or has ended, came from its person later. It stays until
    the desk moves the case: reading it, or agreeing on check-ins, meets no danger.

    Args:
        record: the keeper's record of the new standing; None leaves the one that is there.
    """
    before = _said(row)
    case = view.case
    # A review leaves the state where it is, and winds the clock up.
    reviewed = record is not None and row.due_on != (case.due or NOTHING_DUE)
    waits = case.protects and row.state == case.state.value and not reviewed
    row.state = case.state.value
    row.due_on = case.due or NOTHING_DUE
    row.assignee, row.level, row.paused = case.assignee, case.told, case.paused_on is not None
    if case.state not in STARTS and not waits:
        row.due_at = None  # acknowledged: the hour goes
    route = Route(view.desks, view.excluded)
    # What is left of a case is no tip: no figure counts it among those of the desk above.
    desk = PROTECTION if protects(route) and case.state is TipState.ERASED else desk_of(route, row.desk)
    if row.desk != desk:
        row.desk = desk
        unlist(row)
    if record is not None:
        row.state_record = record
    return _said(row) != before


def follow_assignees(session: Session, keeper: AdminKeeper) -> None:
    """Let rows name whom the keeper says: by itself it takes a tip from whoever may no longer have it.

    Raises:
        KeeperError: the keeper does not answer.
    """
    rows = session.execute(select(Tip.id, Tip.assignee).where(Tip.assignee != "")).all()
    views = keeper.states(tip.hex() for tip, _ in rows)
    for tip, assignee in rows:
        view = views.get(tip.hex())
        if view is not None and view.case.assignee != assignee:
            # Only while nobody has written something newer.
            same = (Tip.id == tip) & (Tip.assignee == assignee)
            session.execute(update(Tip).where(same).values(assignee=view.case.assignee))


def unlist(row: Tip) -> None:
    """Take a card out of its group: the next list puts it into that of the tip's latest route."""
    row.card_group, row.card_box, row.card_version = None, None, row.card_version + 1


def _said(row: Tip) -> tuple[object, ...]:
    return (
        *(row.state, row.due_on, row.due_at, row.desk, row.assignee, row.level, row.paused),
        row.state_record,
    )
