"""Marking and correcting names: a statement in the log, then a sealed item in place of the one before.

The reporter's own items are never touched. The tags of the tip follow: where one holds a marked name, the
alias takes its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.exc import SQLAlchemyError

from admin.accused.errors import (
    MarkedAlready,
    MarkedMeanwhile,
    NameLeftInTags,
    NamesChanged,
    NamesNotStored,
    NamesRefused,
    TooManyPeople,
)
from admin.accused.forms import BASE, PERSON, NameForm
from admin.errors import AdminError, BadForm, NotFound
from admin.queue.tags import TagForm, set_tags
from admin.readings.accused import NamesReading, base_of, names_chain, read_names
from admin.readings.errors import refusal
from admin.readings.reader import reader_at
from admin.readings.thread import ACCUSED
from admin.tip.page import TipPage
from admin.tip.records import check_returned
from admin.tip.state import ReadState
from admin.visit import Visit
from tipline.accused.marks import code_of
from tipline.accused.record import MAX_PEOPLE, AccusedPerson, AccusedRecord, next_number
from tipline.accused.tags import without_names
from tipline.ids import INTEGRITY, DeskId
from tipline.keeper_client import KeeperError, Reason, Refused
from tipline.routing import Route
from tipline.sealing.audience import Audience
from tipline.sealing.items import NewItem, seal_item
from tipline.tips.purposes import Purpose
from tipline.tips.storing import next_position, store_items

NOBODY = NamesReading(-1, "", ())
"""What is there before anybody was marked; nothing was read for it."""


@dataclass(frozen=True)
class Bound:
    """What an item of a tip is sealed under: desk, latest route and claim key, by the log."""

    desk: str
    route: Route
    claim: bytes


def open_names(visit: Visit, page: TipPage, purpose: Purpose) -> NamesReading:
    """The names of a tip, as one logged reading; `NOBODY`, without a reading, where none is marked.

    Raises:
        AdminError: the reading was refused.
        KeeperError: nothing was proved to be logged, so nothing is shown.
    """
    services, desk = visit.services, page.tip.desk
    with services.database.reading() as session:
        chain = names_chain(session, page.id, desk, services.log_key)
        if not chain:
            return NOBODY
        reader = reader_at(session, visit.session.member, desk, visit.roster)
    return read_names(page.id, chain, reader, purpose, services.keeper, visit.sign)


def mark(visit: Visit, page: TipPage, typed: NameForm, purpose: Purpose) -> None:
    """Mark one more person, on top of those who stand now, whoever marked them.

    Raises:
        AdminError: nobody was marked; the sentence says why.
        NameLeftInTags: the person is marked, and a tag still holds the name.
        KeeperError: nothing was proved to be logged.
    """
    before = open_names(visit, page, purpose)
    people = before.people
    if len(people) >= MAX_PEOPLE:
        raise TooManyPeople
    if typed.names_one_of(people):
        raise MarkedAlready
    number = next_number(people, page.id)
    person = typed.person(code_of(page.id, number), number)
    _keep(visit, page, (*people, person), before.base)


def correct(visit: Visit, page: TipPage, before: NamesReading, form: Mapping[str, str]) -> None:
    """Put one person's names, position and correction in place of what a form started from.

    Raises:
        NamesChanged: somebody else was there meanwhile; theirs stay.
        AdminError: nothing was changed; the sentence says why.
        NameLeftInTags: it is corrected, and a tag still holds the name.
        KeeperError: nothing was proved to be logged.
    """
    if form.get(BASE) != before.base:
        raise NamesChanged
    person = next((one for one in before.people if str(one.number) == form.get(PERSON)), None)
    if person is None:
        raise BadForm
    typed = NameForm.read(form)
    if typed.names_one_of(tuple(one for one in before.people if one is not person)):
        raise MarkedAlready
    corrected = typed.person(person.code, person.number)
    people = tuple(corrected if one is person else one for one in before.people)
    if people != before.people:
        _keep(visit, page, people, before.base)


def hide_in_tags(visit: Visit, page: TipPage, typed: TagForm, state: ReadState) -> TagForm:
    """Tags as they may be kept: without a name that this tip's page hides.

    Raises:
        MarkedMeanwhile: names were marked or corrected since the page was made.
    """
    services = visit.services
    with services.database.reading() as session:
        chain = names_chain(session, page.id, page.tip.desk, services.log_key)
    if base_of(chain) != state.accused_base:
        raise MarkedMeanwhile
    return replace(typed, tags=without_names(typed.tags, state.accused))


def _keep(visit: Visit, page: TipPage, people: tuple[AccusedPerson, ...], base: str) -> None:
    services, bound = visit.services, _bound(page)
    item = _sealed(visit, page, people, bound)
    named = {"item": item.id.hex(), "hash": item.digest.hex(), "after": base}
    fields = {"tip": page.id.hex(), "desk": bound.desk, **named}
    try:
        record = services.keeper.append(visit.sign(ACCUSED, fields)).record
    except Refused as refused:
        if refused.reason in (Reason.NOT_ALLOWED, Reason.ITEM_MISMATCH):
            raise NamesRefused from refused
        raise refusal(refused.reason) from refused
    check_returned(record, services.log_key, {"kind": ACCUSED, "tip": page.id.hex(), **named})
    try:
        with services.database.writing() as session:
            position, today = next_position(session, page.id), services.clock.today()
            store_items(session, [item], first_position=position, day=today, record=record)
            chain = names_chain(session, page.id, bound.desk, services.log_key)
    except SQLAlchemyError as error:
        raise NamesNotStored from error
    if base_of(chain) != item.id.hex():
        raise NamesChanged
    _take_out_of_tags(visit, page, people, bound)


def _bound(page: TipPage) -> Bound:
    if page.view is None:  # nobody has read it: there is nothing whose names could be marked
        raise NotFound
    return Bound(page.tip.desk, Route(page.view.desks, page.view.excluded), page.view.claim)


def _sealed(visit: Visit, page: TipPage, people: tuple[AccusedPerson, ...], bound: Bound) -> NewItem:
    desks = [DeskId(desk) for desk in bound.route.desks]
    audience = Audience(
        visit.directory.keeper, visit.directory.desk_keys(*desks, INTEGRITY), bound.route, bound.claim
    )
    record = AccusedRecord(people, visit.services.clock.today())
    return seal_item(ACCUSED, page.id, record.encode(), audience=audience)


def _take_out_of_tags(visit: Visit, page: TipPage, people: tuple[AccusedPerson, ...], bound: Bound) -> None:
    tags = without_names(page.card.tags, [person.mark for person in people])
    if tags == page.card.tags:
        return
    try:
        set_tags(visit, page.id, TagForm(tags, page.card.tagged), bound)
    except (AdminError, KeeperError) as error:
        raise NameLeftInTags from error
