"""Changing a tip's tags: a statement in the log, a sealed item for its desks, and the card boxed anew."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from admin.queue.errors import TagsChanged, TagsNotStored, TagsRefused, TagTooLong, TooManyTags
from admin.queue.rows import key_of, open_card
from admin.queue.service import current_keys
from admin.queue.shut import unlist
from admin.readings.card_keys import CardKeys
from admin.readings.errors import refusal
from admin.readings.tags import NONE_YET, TAGS, standing_tags
from admin.tip.records import check_returned
from admin.visit import Visit
from tipline.ids import INTEGRITY, DeskId, TipId
from tipline.keeper_client import Reason, Refused
from tipline.routing import Route
from tipline.sealing.audience import Audience
from tipline.sealing.items import NewItem, seal_item
from tipline.tips.models import Tip
from tipline.tips.storing import next_position, store_items
from tipline.tips.tags import MAX_TAG_CHARACTERS, MAX_TAGS, Tag, TagKind, encode_tags, tidy

FIELDS: Final = {kind: f"tag_{kind.value}" for kind in TagKind}
"""The fields of the form: a text of one tag a line for each kind."""
BASE_FIELD: Final = "tagged"
"""The item (hex) whose tags the form was filled with; it names nothing."""


class Bound(Protocol):
    """What tags are sealed under: desk, route and claim key of the tip."""

    @property
    def desk(self) -> str:
        """The desk whose tags they are."""
        ...

    @property
    def route(self) -> Route:
        """The route of the tip."""
        ...

    @property
    def claim(self) -> bytes:
        """The reporter's raw claim key."""
        ...


@dataclass(frozen=True)
class TagForm:
    """What was typed, and which tags it started from."""

    tags: tuple[Tag, ...] = field(repr=False)
    base: str

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> "TagForm":
        """Read the form's fields: a tag a line.

        Raises:
            TooManyTags: over `MAX_TAGS`.
            TagTooLong: one is over `MAX_TAG_CHARACTERS`.
        """
        typed = [
            Tag(kind, text)
            for kind, name in FIELDS.items()
            for line in form.get(name, "").splitlines()
            if (text := tidy(line))
        ]
        tags = tuple({(tag.kind, tag.folded): tag for tag in typed}.values())
        if any(len(tag.text) > MAX_TAG_CHARACTERS for tag in tags):
            raise TagTooLong
        if len(tags) > MAX_TAGS:
            raise TooManyTags
        return cls(tags, form.get(BASE_FIELD, NONE_YET))


def lines_of(tags: Sequence[Tag], kind: TagKind) -> str:
    """The tags of one kind as the form's field has them."""
    return "\n".join(tag.text for tag in tags if tag.kind is kind)


def set_tags(visit: Visit, tip: TipId, tags: TagForm, state: Bound) -> None:
    """Give a tip these tags in place of those that the form started from.

    They lie in a sealed item of their own, so that they survive when the card moves into another group; the
    card is boxed anew with them if it is listed now.

    Raises:
        TagsChanged: somebody else changed them meanwhile; theirs stay.
        AdminError: they were not changed; the sentence says why.
        KeeperError: nothing was proved to be logged.
    """
    keys = _current_keys(visit, tip)
    _check_base(visit, tip, tags, state)
    item = _sealed(visit, tip, tags.tags, state)
    named = {"item": item.id.hex(), "hash": item.digest.hex(), "after": tags.base}
    fields = {"tip": tip.hex(), "desk": state.desk, **named}
    try:
        record = visit.services.keeper.append(visit.sign(TAGS, fields)).record
    except Refused as refused:
        if refused.reason in (Reason.NOT_ALLOWED, Reason.ITEM_MISMATCH):
            raise TagsRefused from refused
        raise refusal(refused.reason) from refused
    check_returned(record, visit.services.log_key, {"kind": TAGS, "tip": tip.hex(), **named})
    try:
        with visit.services.database.writing() as session:
            position, today = next_position(session, tip), visit.services.clock.today()
            store_items(session, [item], first_position=position, day=today, record=record)
            is_ours = _standing(session, visit, tip, state.desk) == item.id.hex()
            if is_ours:
                _box(session, tip, tags.tags, item, keys)
    except SQLAlchemyError as error:
        raise TagsNotStored from error
    if not is_ours:
        raise TagsChanged


def _current_keys(visit: Visit, tip: TipId) -> CardKeys:
    """The member's card keys, after a card of an older key of the desk moved to the present one.

    Whoever left the desk may have kept the older card key: what is new must not lie under it.
    """
    keys = current_keys(visit, list_new=False)
    with visit.services.database.reading() as session:
        row = session.get_one(Tip, tip)
        key, version = key_of(keys, row.card_group, row.desk), row.card_version
    if key is None or key.epoch == visit.roster.desks[key.desk].epoch:
        return keys
    unlist(visit.services.database, [(tip, version)])
    return current_keys(visit, list_new=True)


def _check_base(visit: Visit, tip: TipId, tags: TagForm, state: Bound) -> None:
    with visit.services.database.reading() as session:
        if _standing(session, visit, tip, state.desk) != tags.base:
            raise TagsChanged


def _standing(session: Session, visit: Visit, tip: TipId, desk: str) -> str:
    found = standing_tags(session, [tip], desk, visit.services.log_key).get(tip)
    return found.id.hex() if found else NONE_YET


def _sealed(visit: Visit, tip: TipId, tags: Sequence[Tag], state: Bound) -> NewItem:
    desks = [DeskId(desk) for desk in state.route.desks]
    audience = Audience(
        visit.directory.keeper, visit.directory.desk_keys(*desks, INTEGRITY), state.route, state.claim
    )
    return seal_item(TAGS, tip, encode_tags(tags), audience=audience)


def _box(session: Session, tip: TipId, tags: Sequence[Tag], item: NewItem, keys: CardKeys) -> None:
    """Box the card anew with its tags; one that left its group meanwhile gets them when it is listed."""
    row = session.get(Tip, tip)
    if row is None:
        return
    key = key_of(keys, row.card_group, row.desk)
    card = open_card(key, row.card_box, tip, row.card_version)
    if key is None or card is None:
        return
    version = row.card_version + 1
    box = key.seal_card(replace(card, tags=tuple(tags), tagged=item.id.hex()), tip, version)
    session.execute(
        update(Tip)
        .where(Tip.id == tip, Tip.card_version == row.card_version, Tip.card_group == key.group)
        .values(card_box=box, card_version=version)
    )
