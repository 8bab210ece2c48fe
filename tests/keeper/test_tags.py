"""Tags that a desk gives a tip: stated like a note, listed with the card."""

from typing import Any

import pytest

from crypto.notes import open_json
from crypto.statements import Statement
from tests.keeper.observed import Observed
from tests.world import SealedTip, World, name, request
from tipline.keeper_client import Listing, Reason
from tipline.sealing.items import NewItem


@pytest.fixture
def tip(world: World, keeper: Observed) -> SealedTip:
    """A tip at the intake desk, excluding the village u4, read once."""
    sealed = world.seal_tip(excluded=["u4"])
    keeper.client.release(world.read("reviewer-a", sealed), [request(sealed.item("text"))])
    return sealed


def stated(world: World, by: str, tip: SealedTip, item: NewItem, **changes: Any) -> Statement:
    fields = {"tip": tip.id.hex(), "desk": "intake", "after": "", **name(item)}
    return world.sign("tags", by, **(fields | changes))


def listed(keeper: Observed, by: str, tip: SealedTip, tags: NewItem) -> Listing:
    items = [tip.item("card"), tags]
    statement = keeper.world.sign("list", by, desk="intake", items=[name(item) for item in items])
    return keeper.client.list_cards(statement, [request(item) for item in items])


@pytest.mark.parametrize("after", ["x", "AB" * 16, None, 5])
def test_what_tags_replace_is_an_item_or_nothing(
    world: World, keeper: Observed, tip: SealedTip, after: Any
) -> None:
    statement = stated(world, "reviewer-a", tip, world.staff_item(tip, "tags"), after=after or "é")
    assert keeper.refused(statement) is Reason.MALFORMED


def test_tags_replace_tags_of_the_same_tip_alone(world: World, keeper: Observed, tip: SealedTip) -> None:
    tags, note, following = (world.staff_item(tip, kind) for kind in ("tags", "note", "tags"))
    keeper.client.append(stated(world, "reviewer-a", tip, tags))
    keeper.client.append(world.sign("note", "reviewer-a", tip=tip.id.hex(), desk="intake", **name(note)))
    other = world.seal_tip()
    keeper.client.release(world.read("reviewer-a", other), [request(other.item("text"))])
    for after in ("ab" * 16, note.id.hex(), tip.item("text").id.hex()):
        statement = stated(world, "reviewer-a", tip, following, after=after)
        assert keeper.refused(statement) is Reason.NOT_ALLOWED
    theirs = stated(world, "reviewer-a", other, world.staff_item(other, "tags"), after=tags.id.hex())
    assert keeper.refused(theirs) is Reason.NOT_ALLOWED
    record = keeper.client.append(stated(world, "reviewer-a", tip, following, after=tags.id.hex())).record
    assert open_json(record, world.verifier)["after"] == tags.id.hex()


def test_tags_are_for_holders_whom_the_tip_does_not_exclude(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    tags = world.staff_item(tip, "tags")
    assert keeper.refused(stated(world, "integrity", tip, tags)) is Reason.DESK_NOT_HELD
    keeper.client.append(world.route("reviewer-b", tip, desks=["intake"], excluded=["u2", "u4"]))
    assert keeper.refused(stated(world, "reviewer-a", tip, tags)) is Reason.EXCLUDED


def test_tags_that_no_statement_named_are_withheld_and_the_card_is_not(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    result = listed(keeper, "reviewer-a", tip, world.staff_item(tip, "tags"))
    assert result.inner.keys() == {tip.item("card").id.hex()}


def test_stated_tags_come_with_the_card_but_not_to_whom_the_tip_excludes(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    tags = world.staff_item(tip, "tags")
    keeper.client.append(stated(world, "reviewer-a", tip, tags))
    both = {tip.item("card").id.hex(), tags.id.hex()}
    assert listed(keeper, "reviewer-b", tip, tags).inner.keys() == both
    keeper.client.append(world.route("reviewer-b", tip, desks=["intake"], excluded=["u2", "u4"]))
    assert listed(keeper, "reviewer-a", tip, tags).inner.keys() == set()


def test_a_list_gives_out_cards_and_tags_and_no_other_kind(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    note = world.staff_item(tip, "note")
    keeper.client.append(world.sign("note", "reviewer-a", tip=tip.id.hex(), desk="intake", **name(note)))
    assert listed(keeper, "reviewer-a", tip, note).inner.keys() == {tip.item("card").id.hex()}
