"""What a list shows: tips whose card group the session holds, and of other tips nothing, not even a count."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from admin.errors import NotFound
from admin.readings.card_keys import CardKeys
from admin.readings.listing import Lister
from admin.readings.reader import reader_at
from admin.visit import Visit
from crypto.errors import CryptoError
from tipline.ids import GroupId, TipId, tip_id_from_hex
from tipline.keeper_client import TipView
from tipline.tips.answers import Card
from tipline.tips.models import Tip
from tipline.tips.moves import TipState

PAGE: Final = 50
HANDLE: Final = 8
ENDED: Final = (TipState.CLOSED,)


@dataclass(frozen=True)
class QueueRow:
    """One line of the list: what stands in clear, and the card."""

    id: TipId
    desk: str
    state: str
    due_on: date
    due_at: datetime | None
    overdue: bool
    age: int
    card: Card

    @property
    def handle(self) -> str:
        """A short name to say aloud; the whole id is in the address."""
        return handle(self.id.hex())


@dataclass(frozen=True)
class QueuePage:
    """One page of the list, with the counts of what this session may see."""

    rows: tuple[QueueRow, ...]
    counts: Mapping[str, int]
    total: int
    page: int
    pages: int


def handle(tip: str) -> str:
    """How a tip is called on pages: the first eight digits of its id, in two groups."""
    return f"{tip[: HANDLE // 2]}-{tip[HANDLE // 2 : HANDLE]}"


def current_keys(visit: Visit, *, list_new: bool) -> CardKeys:
    """The card keys that this member may use now.

    Args:
        list_new: list cards that are new to the desks; without it, only a
            session that has never listed does.

    Raises:
        AdminError: a list was refused as a whole.
        KeeperError: the keeper does not answer.
    """
    services, session = visit.services, visit.session
    before = CardKeys.from_session(session.held)
    keys = before
    for desk in visit.desks:
        if list_new or desk not in keys.listed:
            keys = _lister(visit, desk).bring_up_to_date(keys)
    if keys != before:
        services.sessions.hold(
            session, lambda held: {**held, **CardKeys.from_session(held).joined(keys).for_session()}
        )
    return keys.allowed(visit.roster, visit.member.id, visit.desks, services.clock.today())


def _lister(visit: Visit, desk: str) -> Lister:
    services = visit.services
    with services.database.reading() as session:
        reader = reader_at(session, visit.session.member, desk, visit.roster)
    return Lister(reader, services.keeper, visit.directory.keeper, services.database, visit.sign)


def queue_page(session: Session, keys: CardKeys, state: str, page: int, now: datetime) -> QueuePage:
    """One page of tips, most urgent first: a danger tip's due hour, then due days.

    Args:
        state: a state, "all", or "open" for what has not ended.
        page: from 1.
    """
    mine = _held_by(keys)
    counts = {
        str(name): int(count)
        for name, count in session.execute(select(Tip.state, func.count()).where(mine).group_by(Tip.state))
    }
    wanted = mine if state == "all" else and_(mine, _state_filter(state))
    total = sum(counts.values()) if state == "all" else _matching(counts, state)
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    ended = Tip.state.in_(ENDED)
    tips = session.scalars(
        select(Tip)
        .where(wanted)
        .order_by(ended, Tip.due_at.is_(None), Tip.due_at, Tip.due_on, Tip.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    rows = [row for tip in tips if (row := _row(tip, keys, now)) is not None]
    return QueuePage(tuple(rows), counts, total, page, pages)


def without_excluded(visit: Visit, page: QueuePage) -> QueuePage:
    """The page without rows that the log's routes forbid: their columns were put back by hand.

    The counts stay: only the rows shown are looked up.

    Raises:
        KeeperError: the keeper does not answer.
    """
    views = visit.services.keeper.states([row.id.hex() for row in page.rows])
    rows = [row for row in page.rows if may_know(visit, row.desk, views.get(row.id.hex()))]
    return replace(page, rows=tuple(rows))


def may_know(visit: Visit, desk: str, view: TipView | None) -> bool:
    """Whether the latest route in the log leaves a tip at this desk, and this member outside its exclusions.

    A tip that the keeper has never seen has no route in the log yet.
    """
    if view is None:
        return True
    today = visit.services.clock.today()
    return desk in view.desks and not visit.roster.is_excluded(visit.member.id, view.excluded, today)


def find_tip(session: Session, text: str, keys: CardKeys) -> tuple[Tip, Card]:
    """A tip and its card, by the id in an address.

    Raises:
        NotFound: unknown, another desk's, not listed, not this session's to open, or altered: all the same.
    """
    try:
        tip_id = tip_id_from_hex(text)
    except ValueError as error:
        raise NotFound from error
    tip = session.get(Tip, tip_id)
    if tip is None:
        raise NotFound
    card = _card(tip, keys)
    if card is None:
        raise NotFound
    return tip, card


def _held_by(keys: CardKeys) -> ColumnElement[bool]:
    return Tip.card_group.in_(list(keys.groups))


def _state_filter(state: str) -> ColumnElement[bool]:
    return Tip.state.not_in(ENDED) if state == "open" else Tip.state == state


def _matching(counts: Mapping[str, int], state: str) -> int:
    if state == "open":
        return sum(count for name, count in counts.items() if name not in ENDED)
    return counts.get(state, 0)


def _card(tip: Tip, keys: CardKeys) -> Card | None:
    key = keys.groups.get(GroupId(tip.card_group)) if tip.card_group else None
    if key is None or key.desk != tip.desk or tip.card_box is None:
        return None
    try:
        return key.open_card(tip.card_box, TipId(tip.id), tip.card_version)
    except CryptoError:
        return None


def _row(tip: Tip, keys: CardKeys, now: datetime) -> QueueRow | None:
    card = _card(tip, keys)
    if card is None:
        return None
    due_at = tip.due_at.replace(tzinfo=UTC) if tip.due_at else None
    return QueueRow(
        TipId(tip.id),
        tip.desk,
        tip.state,
        tip.due_on,
        due_at,
        is_overdue(tip, now),
        (now.date() - tip.arrived_on).days,
        card,
    )


def is_overdue(tip: Tip, now: datetime) -> bool:
    """Whether a tip has stayed in its state for longer than it should."""
    if tip.state in ENDED:
        return False
    if tip.due_at is not None and tip.due_at.replace(tzinfo=UTC) <= now:
        return True
    return tip.due_on < now.date()
