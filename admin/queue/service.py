"""What a list shows: tips whose card group the session holds, and of other tips nothing, not even a count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.orm import Session

from admin.errors import NotFound
from admin.queue.choice import Choice
from admin.queue.clear import Counts, Looking, count, page_of, urgent_page
from admin.queue.names import colleagues, names_of
from admin.queue.rows import QueueRow, handle, is_late, key_of, load_rows, open_card
from admin.queue.scan import MOST, scan
from admin.queue.shut import take_out_shut, unlist
from admin.readings.card_keys import CardKeys
from admin.readings.listing import Lister
from admin.readings.reader import Reader, reader_at
from admin.visit import Visit
from tipline.accused.clearing import is_cleared
from tipline.ids import tip_id_from_hex
from tipline.keeper_client import TipView
from tipline.tips.answers import Card
from tipline.tips.models import Tip

__all__ = [
    "QueuePage",
    "current_keys",
    "find_tip",
    "handle",
    "is_overdue",
    "looking",
    "may_know",
    "show_queue",
]

PAGE: Final = 50


@dataclass(frozen=True)
class QueuePage:
    """One page of the list, with the counts of what this session may see.

    `names` are those of the colleagues at the member's desks, by id; `total` is how many tips are chosen.
    """

    choice: Choice
    rows: tuple[QueueRow, ...]
    counts: Counts
    names: Mapping[str, str]
    total: int
    page: int
    pages: int

    @property
    def is_cut(self) -> bool:
        """Whether more tips were found than can be turned to."""
        return self.choice.opens_cards and self.total > MOST


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

    def open_reader() -> Reader:
        with services.database.reading() as session:
            return reader_at(session, visit.session.member, desk, visit.roster)

    return Lister(
        desk,
        open_reader,
        services.keeper,
        visit.directory.keeper,
        services.log_key,
        services.database,
        visit.sign,
    )


def looking(visit: Visit, keys: CardKeys) -> Looking:
    """Who looks at the list, and when."""
    member = visit.member.id
    leads = frozenset(desk for desk in visit.desks if visit.roster.desks[desk].lead == member)
    return Looking(member, leads, keys, visit.services.clock.now())


def show_queue(visit: Visit, choice: Choice) -> QueuePage:
    """One page of the member's list, after what is new was listed.

    Raises:
        AdminError: a list was refused as a whole.
        KeeperError: the keeper does not answer.
    """
    view = looking(visit, current_keys(visit, list_new=True))
    with visit.services.database.reading() as session:
        page, lost = _found(session, view, choice)
        names = names_of(session, visit.roster, colleagues(visit.roster, visit.desks))
    take_out_shut(visit.services.database, view.keys, lost)
    rows, gone = known_rows(visit, page.rows)
    # What was put there by hand is in no count of the page that found it out.
    counts = page.counts.without(row.state for row in gone)
    total = max(page.total - len(gone), 0)
    return replace(page, rows=tuple(rows), names=names, counts=counts, total=total)


def _found(session: Session, view: Looking, choice: Choice) -> tuple[QueuePage, Sequence[bytes]]:
    """A page, and the tips that were met whose cards do not open."""
    counts = count(session, view)
    start = (choice.page - 1) * PAGE
    ids, total, shut = _ids(session, view, choice, counts, start)
    pages = max(1, -(-min(total, MOST if choice.opens_cards else total) // PAGE))
    if choice.page > pages:  # the list has become shorter
        return _found(session, view, replace(choice, page=pages))
    rows = tuple(load_rows(session, view, ids))
    opened = {row.id for row in rows}
    lost = [tip for tip in ids if tip not in opened]
    total = max(total - len(lost), 0)
    return QueuePage(choice, rows, counts, {}, total, choice.page, pages), [*lost, *shut]


def _ids(
    session: Session, view: Looking, choice: Choice, counts: Counts, start: int
) -> tuple[Sequence[bytes], int, Sequence[bytes]]:
    if choice.is_plain:
        return urgent_page(session, view, start, PAGE), counts.open, ()
    if choice.opens_cards:
        return scan(session, view, choice, start, PAGE)
    return *page_of(session, view, choice, start, PAGE), ()


def known_rows(
    visit: Visit, rows: Sequence[QueueRow], *, protects: bool = False
) -> tuple[list[QueueRow], list[QueueRow]]:
    """The lines that the log's routes allow, and those that they forbid: their columns were put back by hand.

    Those of another route are taken out of their group, so that the next list puts them where theirs says,
    and no later page counts them.

    Args:
        protects: whether protection cases are wanted, and no tips, whatever their columns say.

    Raises:
        KeeperError: the keeper does not answer.
    """
    views = visit.services.keeper.states([row.id.hex() for row in rows])
    known: list[QueueRow] = []
    gone: list[QueueRow] = []
    stray: list[QueueRow] = []
    for row in rows:
        view = views.get(row.id.hex())
        fits = view is None or row.excluded == tuple(sorted(view.excluded))
        is_case = view.case.protects if view else row.card.asking is not None
        if not fits or not may_know(visit, row.desk, view):
            stray.append(row)
        elif is_case is protects:
            known.append(replace(row, cleared=view is not None and is_cleared(view.case)))
        else:
            gone.append(row)
    if stray:
        unlist(visit.services.database, [(row.id, row.version) for row in stray])
    return known, [*gone, *stray]


def may_know(visit: Visit, desk: str, view: TipView | None) -> bool:
    """Whether the latest route in the log leaves a tip at this desk, and this member outside its exclusions.

    A tip that the keeper has never seen has no route in the log yet.
    """
    if view is None:
        return True
    today = visit.services.clock.today()
    return desk in view.desks and not visit.roster.is_excluded(visit.member.id, view.excluded, today)


def find_tip(visit: Visit, text: str, keys: CardKeys) -> tuple[Tip, Card]:
    """A tip and its card, by the id in an address; a card that was altered is boxed again by the next list.

    Raises:
        NotFound: unknown, another desk's, not listed, not this session's to open, or altered: all the same.
    """
    try:
        tip_id = tip_id_from_hex(text)
    except ValueError as error:
        raise NotFound from error
    database = visit.services.database
    with database.reading() as session:
        tip = session.get(Tip, tip_id)
        session.expunge_all()
    if tip is None:
        raise NotFound
    card = open_card(key_of(keys, tip.card_group, tip.desk), tip.card_box, tip_id, tip.card_version)
    if card is None:
        take_out_shut(database, keys, [tip_id])
        raise NotFound
    return tip, card


def is_overdue(tip: Tip, now: datetime) -> bool:
    """Whether a tip has stayed in its state for longer than it should."""
    return is_late(
        tip.state, paused=tip.paused, due_on=tip.due_on, due_at=tip.due_at, now=now.astimezone(UTC)
    )
