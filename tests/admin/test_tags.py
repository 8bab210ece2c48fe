"""Tags of a tip: a statement each time, sealed for its desks, and never lost when the card moves."""

from collections.abc import Iterable

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from admin.errors import NotFound
from admin.queue.errors import TagsChanged, TagsNotStored, TagTooLong, TooManyTags
from admin.queue.rows import key_of, open_card
from admin.queue.tags import TagForm, lines_of, set_tags
from admin.readings.tags import end_of_chain
from admin.visit import Visit
from tests.admin.conftest import Office
from tests.admin.test_queue import shown
from tests.admin.visiting import keys_of, state_of, visit_of
from tests.keeper.observed import Observed
from tipline.ids import TipId
from tipline.tips.answers import Card
from tipline.tips.models import Item, Slip
from tipline.tips.tags import Tag, TagKind

PLATE, PLACE = Tag(TagKind.PLATE, "苏A12345"), Tag(TagKind.PLACE, "采石场")


@pytest.fixture
def tip(office: Office) -> TipId:
    """A tip that was listed."""
    made = office.put_tip()
    shown(office.signed_in("reviewer-a"))
    return made


def card_of(office: Office, tip: TipId, by: str = "reviewer-a") -> Card:
    """The card as it is listed for a member."""
    keys, row = keys_of(visit_of(office, by)), office.row(tip)
    card = open_card(key_of(keys, row.card_group, row.desk), row.card_box, tip, row.card_version)
    assert card
    return card


def give(office: Office, tip: TipId, *tags: Tag, visit: Visit | None = None, base: str | None = None) -> None:
    """Set tags, from what the card shows now unless another base is named."""
    visit = visit or visit_of(office, "reviewer-a")
    base = card_of(office, tip).tagged if base is None else base
    set_tags(visit, tip, TagForm(tags, base), state_of(office, visit, tip))


def items(office: Office, tip: TipId) -> list[Item]:
    with office.database.reading() as session:
        found = session.scalars(select(Item).where(Item.tip_id == tip, Item.kind == "tags")).all()
        session.expunge_all()
        return list(found)


# ------------------------------------------------------------------ what is typed


def form(**fields: str) -> TagForm:
    return TagForm.read(MultiDict(fields))


def test_more_or_longer_tags_than_a_card_takes_are_refused() -> None:
    with pytest.raises(TooManyTags):
        form(tag_plate="\n".join(f"p{number}" for number in range(13)))
    with pytest.raises(TagTooLong):
        form(tag_place="字" * 61)
    assert len(form(tag_plate="\n".join(f"p{number}" for number in range(12))).tags) == 12


def test_a_tag_a_line_and_the_same_once() -> None:
    read = form(tag_plate=" 苏Ａ12345 \r\n\r\n苏a12345\r\n", tag_place="采石场", tagged="ab" * 16)
    assert set(read.tags) == {PLACE, Tag(TagKind.PLATE, "苏a12345")} or set(read.tags) == {PLACE, PLATE}
    assert read.base == "ab" * 16
    assert lines_of([PLATE, PLACE], TagKind.PLATE) == "苏A12345"


# ------------------------------------------------------------------ statements


def test_somebody_whom_the_tip_excludes_sets_no_tags(office: Office, tip: TipId) -> None:
    visit = visit_of(office, "reviewer-a")
    keys_of(visit)
    state = state_of(office, visit, tip)
    colleague = office.signed_in("reviewer-b")
    colleague.act(tip, colleague.read(tip), exclude="u2", reason="A cousin")
    with pytest.raises(NotFound):
        set_tags(visit, tip, TagForm((PLATE,), ""), state)
    assert items(office, tip) == []


def test_every_change_of_tags_is_a_statement_without_their_words(office: Office, tip: TipId) -> None:
    log = Observed(office.world)
    give(office, tip, PLATE)
    entry = log.entry(log.size() - 1)
    assert (entry.outcome, entry.statement.body["type"]) == ("done", "tags")
    [item] = items(office, tip)
    assert entry.statement.body["item"] == item.id.hex()
    assert "12345" not in repr(entry.statement.body)
    assert item.record
    assert "苏A".encode() not in (item.sealed or b"")
    with office.database.reading() as session:
        desks = set(session.scalars(select(Slip.desk).where(Slip.item_id == item.id)))
    assert desks == {"intake", "integrity"}


def test_tags_stand_on_the_card_and_are_replaced_as_a_whole(office: Office, tip: TipId) -> None:
    before = card_of(office, tip)
    give(office, tip, PLATE, PLACE)
    tagged = card_of(office, tip)
    assert (tagged.tags, tagged.category, tagged.day) == ((PLATE, PLACE), before.category, before.day)
    give(office, tip, PLACE)
    assert card_of(office, tip).tags == (PLACE,)
    give(office, tip)
    assert card_of(office, tip).tags == ()
    assert len(items(office, tip)) == 3


def test_tags_survive_when_an_exclusion_moves_the_card_to_another_group(office: Office, tip: TipId) -> None:
    give(office, tip, PLATE)
    group = office.row(tip).card_group
    reviewer = office.signed_in("reviewer-a")
    reviewer.act(tip, reviewer.read(tip), exclude="u4", reason="A cousin")
    shown(reviewer)
    assert office.row(tip).card_group not in (None, group)
    assert card_of(office, tip).tags == (PLATE,)
    give(office, tip, PLATE, PLACE)
    assert card_of(office, tip).tags == (PLATE, PLACE)


def test_tags_go_with_the_tip_to_another_desk(office: Office, tip: TipId) -> None:
    give(office, tip, PLATE)
    view = office.keeper().states([tip.hex()])[tip.hex()]
    statement = office.world.sign(
        "route", "reviewer-a", tip=tip.hex(), desk="intake", desks=["integrity"],
        excluded=list(view.excluded), reason={},
    )  # fmt: skip
    office.keeper().append(statement)
    office.change(
        "update tips set desk = 'integrity', card_group = null, card_box = null,"
        " card_version = card_version + 1"
    )
    shown(office.signed_in("integrity"))
    assert card_of(office, tip, "integrity").tags == (PLATE,)


def test_of_two_who_change_tags_at_once_the_second_is_told_and_the_first_stand(
    office: Office, tip: TipId
) -> None:
    give(office, tip, PLATE, base="")
    size = office.log_size()
    with pytest.raises(TagsChanged):
        give(office, tip, PLACE, base="")
    assert office.log_size() == size + 1  # a list of the visit at hand, and no statement of tags
    assert card_of(office, tip).tags == (PLATE,)


def test_of_two_whose_statements_cross_the_first_in_the_log_stands(
    office: Office, tip: TipId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second looked before the first was stored: both are logged, one counts, and listing agrees."""
    second = visit_of(office, "reviewer-b")
    keys_of(second)
    state = state_of(office, second, tip)
    monkeypatch.setattr("admin.queue.tags._check_base", lambda *_arguments: None)
    give(office, tip, PLATE)
    with pytest.raises(TagsChanged):
        set_tags(second, tip, TagForm((PLACE,), ""), state)
    assert len(items(office, tip)) == 2
    assert card_of(office, tip).tags == (PLATE,)
    office.change("update tips set card_group = null, card_box = null, card_version = card_version + 1")
    shown(office.signed_in("reviewer-a"))
    assert card_of(office, tip).tags == (PLATE,)
    assert "Nowhere." in office.signed_in("auditor", confirmed=True).post(
        "/log/verify", headers={"Accept-Language": "en"}
    ).text  # fmt: skip


def test_tags_that_cannot_be_stored_are_said_to_be_logged(office: Office, tip: TipId) -> None:
    visit, base = visit_of(office, "reviewer-a"), card_of(office, tip).tagged
    office.change(
        "create trigger no_tags before insert on items when new.kind = 'tags'"
        " begin select raise(abort, 'disk full'); end"
    )
    with pytest.raises(TagsNotStored):
        give(office, tip, PLATE, visit=visit, base=base)
    assert card_of(office, tip).tags == ()
    office.change("drop trigger no_tags")
    give(office, tip, PLATE)
    assert card_of(office, tip).tags == (PLATE,)


# ------------------------------------------------------------------ rows written by hand


def relist(office: Office) -> None:
    office.change("update tips set card_group = null, card_box = null, card_version = card_version + 1")
    shown(office.signed_in("reviewer-a"))


@pytest.mark.parametrize("column", ["record", "sealed"])
def test_tags_whose_row_was_altered_are_not_listed(office: Office, tip: TipId, column: str) -> None:
    give(office, tip, PLATE)
    office.change(f"update items set {column} = zeroblob(64) where kind = 'tags'")
    relist(office)
    assert card_of(office, tip).tags == ()


def test_tags_of_another_tip_are_not_listed_for_this_one(office: Office, tip: TipId) -> None:
    other = office.put_tip()
    shown(office.signed_in("reviewer-a"))
    give(office, other, PLATE)
    office.change("update items set tip_id = :tip, position = 90 where kind = 'tags'", tip=bytes(tip))
    relist(office)
    assert card_of(office, tip).tags == ()


def records(*chain: tuple[int, str, str]) -> Iterable[dict[str, object]]:
    return [{"index": index, "item": item, "after": after} for index, item, after in chain]


@pytest.mark.parametrize(
    ("chain", "end"),
    [
        ([], ""),
        ([(1, "a", "")], "a"),
        ([(2, "b", "a"), (1, "a", "")], "b"),
        ([(1, "a", ""), (2, "b", ""), (3, "c", "b")], "a"),  # b lost; c cannot follow it
        ([(1, "a", ""), (3, "c", "a"), (2, "b", "a")], "b"),
        ([(5, "c", "b")], ""),  # its beginning is missing
        ([(1, "a", "b"), (2, "b", "a")], ""),  # a circle
    ],
)
def test_the_records_alone_tell_which_tags_stand(chain: list[tuple[int, str, str]], end: str) -> None:
    assert end_of_chain(records(*chain)) == end
