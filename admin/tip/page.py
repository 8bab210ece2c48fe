"""What the page of one tip shows, before and after a reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin.errors import NotFound
from admin.queue.service import current_keys, find_tip, handle, is_overdue, may_know
from admin.readings.reader import reader_at
from admin.readings.sealed import load_items
from admin.readings.thread import THREAD_KINDS, TipReading, read_tip
from admin.tip.state import ReadState
from admin.visit import Visit
from tipline.directory.types import UnitEntry
from tipline.ids import TipId
from tipline.tips.answers import Card, FileEntry
from tipline.tips.models import Item, Tip
from tipline.tips.moves import TIP_MOVES, TipState
from tipline.tips.purposes import Purpose
from tipline.transitions import Move

PURPOSES = (Purpose.TRIAGE, Purpose.VERIFICATION, Purpose.REPLY, Purpose.HANDOVER)
"""What a desk may read for; auditors read nothing but reasons."""


@dataclass(frozen=True)
class TipPage:
    """A tip that this session may know of. `state` is the log's, not the column's."""

    tip: Tip
    card: Card
    state: TipState
    overdue: bool

    @property
    def id(self) -> TipId:
        """The tip's id."""
        return TipId(self.tip.id)

    @property
    def handle(self) -> str:
        """What the tip is called."""
        return handle(self.tip.id.hex())

    @property
    def state_differs(self) -> bool:
        """Whether the column was changed by hand, or is behind."""
        return self.tip.state != self.state


@dataclass(frozen=True)
class FileLine:
    """A file of the tip. `came_with` is the kind of the entry that names it, "" where none does."""

    entry: FileEntry
    is_stored: bool
    came_with: str
    day: date | None


@dataclass(frozen=True)
class ReadPage:
    """A reading with what can be done next, and the hidden field of its forms."""

    reading: TipReading
    purpose: Purpose
    files: Sequence[FileLine]
    moves: Sequence[Move[TipState]]
    units: Sequence[UnitEntry]
    sealed_state: str


def show_tip(visit: Visit, text: str, *, list_new: bool = False) -> TipPage:
    """Find the tip of an address.

    Raises:
        NotFound: nothing that this session may know of.
        KeeperError: the keeper does not answer.
    """
    keys = current_keys(visit, list_new=list_new)
    with visit.services.database.reading() as session:
        tip, card = find_tip(session, text, keys)
        session.expunge_all()
    views = visit.services.keeper.states([tip.id.hex()])
    view = views.get(tip.id.hex())
    if not may_know(visit, tip.desk, view):
        raise NotFound
    # A tip that nobody has read or listed yet is unknown to the keeper, and received.
    state = TipState(view.state) if view else TipState.RECEIVED
    return TipPage(tip, card, state, is_overdue(tip, visit.services.clock.now()))


def read_page(visit: Visit, page: TipPage, purpose: Purpose) -> ReadPage:
    """Read the tip's text and thread, as one logged reading.

    Raises:
        AdminError: the reading was refused.
        KeeperError: nothing was proved to be logged, so nothing is shown.
    """
    services = visit.services
    with services.database.reading() as session:
        reader = reader_at(session, visit.session.member, page.tip.desk, visit.roster)
        items = load_items(session, page.id, page.tip.desk, THREAD_KINDS)
        position = _last_of_thread(session, page.id)
    reading = read_tip(page.id, items, reader, purpose, services.keeper, visit.sign, services.log_key)
    state = ReadState(
        reading.text.recipient,
        reading.text.claim,
        reading.route,
        purpose,
        page.tip.desk,
        page.state,
        position,
    )
    return ReadPage(
        reading,
        purpose,
        _files(visit, page.id, reading),
        TIP_MOVES.next_from(page.state),
        [unit for unit in visit.directory.units_in_order if unit.id not in reading.route.excluded],
        state.seal(visit.session, page.id),
    )


def _last_of_thread(session: Session, tip: TipId) -> int:
    found = session.scalar(
        select(func.max(Item.position)).where(Item.tip_id == tip, Item.kind.in_(THREAD_KINDS))
    )
    return found if found is not None else -1


def _files(visit: Visit, tip: TipId, reading: TipReading) -> list[FileLine]:
    """The files that text and messages name, in their order, then stored ones that none names."""
    with visit.services.database.reading() as session:
        stored = {
            (item.hex(), digest.hex())
            for item, digest in session.execute(
                select(Item.id, Item.digest).where(Item.tip_id == tip, Item.kind == "file")
            )
        }
    named = [
        FileLine(entry, (entry.item, entry.digest) in stored, came_with, day)
        for came_with, day, entry in reading.files
    ]
    known = {line.entry.item for line in named}
    later = sorted(item for item, _ in stored if item not in known)
    return [*named, *(FileLine(FileEntry(item, "", "", 0, ""), True, "", None) for item in later)]
