"""What the page of one tip shows after a reading, and what can be done next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import update

from admin.accused.hiding import HiddenPerson, hidden_people, marks_of, without_names
from admin.exclusions.handlers import KEPT_ROUTE
from admin.exclusions.lifting import pass_on
from admin.holds.service import seconds
from admin.links.service import visible
from admin.members.names import member_names
from admin.queue.rows import QueueRow
from admin.queue.service import current_keys
from admin.queue.similar import Suggestion, similar
from admin.readings.accused import base_of, load_with_names, names_chain
from admin.readings.reader import reader_at
from admin.readings.sealed import load_outline
from admin.readings.thread import THREAD_KINDS, TipReading, read_tip
from admin.replies.identifying import names_of
from admin.replies.templates import suited
from admin.tip.files import FileLine, file_lines
from admin.tip.next_moves import NextMove, next_moves
from admin.tip.page import TipPage
from admin.tip.state import ReadState
from admin.tip.timeline import History, history_of
from admin.visit import Visit
from tipline.accused.clearing import is_cleared
from tipline.accused.tags import without_names as tags_without_names
from tipline.directory.types import UnitEntry
from tipline.ids import INTEGRITY
from tipline.tips.categories import Category
from tipline.tips.models import Tip
from tipline.tips.purposes import Purpose
from tipline.tips.tags import Tag


@dataclass(frozen=True)
class ReadPage:
    """A reading with what can be done next, and the hidden field of its forms.

    Attributes:
        reading: what was opened, with aliases in place of the names that are marked.
        accused: those whose names are marked.
        tags: the tags without marked names.
        units: those that can still be excluded.
        linked: tips on the same matter that this session may know of; of others nothing is told.
        suggestions: tips that look alike, when they were asked for.
        unasked_since: the day on which the reporter last wrote, while no answer has gone out since.
        template: the answer that fits where the tip stands.
        seconds: who may sign beside the reader for a hold.
        umbrella_first: whether officials are in it, so that handing it up, or the three clocks, come first.
    """

    reading: TipReading
    accused: Sequence[HiddenPerson]
    tags: tuple[Tag, ...]
    purpose: Purpose
    files: Sequence[FileLine]
    moves: Sequence[NextMove]
    units: Sequence[UnitEntry]
    history: History
    linked: Sequence[QueueRow]
    suggestions: Sequence[Suggestion] | None
    unasked_since: date | None
    template: str
    seconds: Sequence[str]
    names: Mapping[str, str] = field(repr=False)
    may_hand_up: bool
    umbrella_first: bool
    sealed_state: str = field(repr=False)


def read_page(visit: Visit, page: TipPage, purpose: Purpose, *, with_similar: bool = False) -> ReadPage:
    """Read the tip's text and thread, as one logged reading.

    Raises:
        AdminError: the reading was refused.
        KeeperError: nothing was proved to be logged, so nothing is shown.
    """
    services = visit.services
    with services.database.reading() as session:
        reader = reader_at(session, visit.session.member, page.tip.desk, visit.roster)
        items = load_with_names(session, page.id, page.tip.desk, services.log_key)
        base = base_of(names_chain(session, page.id, page.tip.desk, services.log_key))
        outline = load_outline(session, page.id)
        names = member_names(session, visit)
    opened = read_tip(page.id, items, reader, purpose, services.keeper, visit.sign, services.log_key)
    reading = without_names(opened, cleared=is_cleared(page.case))
    if any(item.kind == KEPT_ROUTE for item in outline):
        pass_on(visit, page.id, reading.text.recipient)
    _remember_position(visit, page, max(item.position for item in items if item.kind in THREAD_KINDS))
    position = max((item.position for item in outline if item.kind in THREAD_KINDS), default=-1)
    stored = {(item.id.hex(), item.digest.hex()) for item in outline if item.kind == "file"}
    excluded = reading.route.excluded
    at_integrity = reading.route.desks == (INTEGRITY,)
    about_umbrella = page.card.category is Category.UMBRELLA and not page.case.umbrella
    names_official = not at_integrity and _names_official(reading)
    return ReadPage(
        reading=reading,
        accused=hidden_people(opened),
        tags=tags_without_names(page.card.tags, marks_of(opened)),
        purpose=purpose,
        files=file_lines(stored, reading),
        moves=next_moves(page.case, visit.member.id, stays=about_umbrella and not at_integrity),
        units=[unit for unit in visit.directory.units_in_order if unit.id not in excluded],
        history=history_of(
            services.keeper, reading.statement, lambda tips: {row.id for row in visible(visit, tips)}
        ),
        linked=visible(visit, _linked(page)),
        suggestions=similar(visit, page.id, current_keys(visit, list_new=False)) if with_similar else None,
        unasked_since=_unasked_since(page, reading),
        template=suited(page.state, page.case.outcome),
        seconds=seconds(visit, page.tip.desk, excluded),
        names=names,
        may_hand_up=not at_integrity and not page.case.has_ended,
        umbrella_first=(about_umbrella or names_official) and not page.case.has_ended,
        sealed_state=_state(page, opened, purpose, position, base).seal(visit.session, page.id),
    )


def _state(page: TipPage, reading: TipReading, purpose: Purpose, position: int, base: str) -> ReadState:
    text = reading.text
    return ReadState(
        recipient=text.recipient,
        claim=text.claim,
        route=reading.route,
        purpose=purpose,
        desk=page.tip.desk,
        tip_state=page.state,
        position=position,
        language=text.language,
        names=names_of(reading, page.card),
        accused=marks_of(reading),
        accused_base=base,
        form=_form_shown(page, reading),
        group=text.asking.group.value if text.asking else "",
    )


def _form_shown(page: TipPage, reading: TipReading) -> str:
    """The form that a protection case rests on, where this reading shows it; "" for none."""
    shown = {entry.item.hex() for entry in reading.thread if entry.kind == "note" and entry.message}
    return page.case.rests_on if page.case.rests_on in shown else ""


def _unasked_since(page: TipPage, reading: TipReading) -> date | None:
    """The day of what the reporter sent last; None when an answer came after it."""
    since: date | None = page.tip.arrived_on
    for entry in reading.thread:
        if entry.message and entry.kind == "reply":
            since = None
        elif entry.message and entry.kind == "message":
            since = entry.day
    return since


def _names_official(reading: TipReading) -> bool:
    """Whether the reporter wrote later, in their mailbox, that an official helps."""
    answers = [entry.message.answers for entry in reading.thread if entry.message]
    return any(one.get(name) for one in answers for name in ("official_who", "official_help"))


def _linked(page: TipPage) -> list[bytes]:
    other = [page.case.duplicate_of] if page.case.duplicate_of else []
    return [bytes.fromhex(tip) for tip in dict.fromkeys((*page.case.links, *other))]


def _remember_position(visit: Visit, page: TipPage, position: int) -> None:
    """How far a desk has read: the list marks what came after."""
    if position <= page.tip.read_position:
        return
    further = update(Tip).where(Tip.id == page.id, Tip.read_position < position)
    with visit.services.database.writing() as session:
        session.execute(further.values(read_position=position))
