"""Names of accused persons: stated like tags, and opened by a logged reading alone."""

from typing import Any

import pytest

from crypto.errors import CannotOpen
from crypto.notes import open_json
from crypto.slips import open_inner
from crypto.statements import Statement
from tests.keeper.observed import Observed
from tests.world import SealedTip, World, name, request
from tipline.keeper_client import Reason
from tipline.sealing.items import NewItem


@pytest.fixture
def tip(world: World, keeper: Observed) -> SealedTip:
    """A tip at the intake desk, excluding the village u4, read once."""
    sealed = world.seal_tip(excluded=["u4"])
    keeper.client.release(world.read("reviewer-a", sealed), [request(sealed.item("text"))])
    return sealed


def stated(world: World, by: str, tip: SealedTip, item: NewItem, **changes: Any) -> Statement:
    fields = {"tip": tip.id.hex(), "desk": "intake", "after": "", **name(item)}
    return world.sign("accused", by, **(fields | changes))


@pytest.mark.parametrize("after", ["x", "AB" * 16, None, 5])
def test_what_names_replace_is_an_item_or_nothing(
    world: World, keeper: Observed, tip: SealedTip, after: Any
) -> None:
    statement = stated(world, "reviewer-a", tip, world.staff_item(tip, "accused"), after=after or "é")
    assert keeper.refused(statement) is Reason.MALFORMED


def test_names_replace_names_of_the_same_tip_alone(world: World, keeper: Observed, tip: SealedTip) -> None:
    names, tags, following = (world.staff_item(tip, kind) for kind in ("accused", "tags", "accused"))
    keeper.client.append(stated(world, "reviewer-a", tip, names))
    fields = {"tip": tip.id.hex(), "desk": "intake", "after": ""}
    keeper.client.append(world.sign("tags", "reviewer-a", **fields, **name(tags)))
    for after in ("ab" * 16, tags.id.hex(), tip.item("text").id.hex()):
        statement = stated(world, "reviewer-a", tip, following, after=after)
        assert keeper.refused(statement) is Reason.NOT_ALLOWED
    record = keeper.client.append(stated(world, "reviewer-a", tip, following, after=names.id.hex())).record
    assert open_json(record, world.verifier)["after"] == names.id.hex()


def test_names_are_for_holders_whom_the_tip_does_not_exclude(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    names = world.staff_item(tip, "accused")
    assert keeper.refused(stated(world, "integrity", tip, names)) is Reason.DESK_NOT_HELD
    keeper.client.append(world.route("reviewer-b", tip, desks=["intake"], excluded=["u2", "u4"]))
    assert keeper.refused(stated(world, "reviewer-a", tip, names)) is Reason.EXCLUDED


def test_no_name_is_released_without_a_statement_that_marked_it_and_one_that_reads_it(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    names = world.staff_item(tip, "accused")
    assert keeper.refused(world.read("reviewer-a", tip, names), names) is Reason.ITEM_MISMATCH
    keeper.client.append(stated(world, "reviewer-a", tip, names))
    listed = world.sign("list", "reviewer-a", desk="intake", items=[name(names)])
    assert keeper.client.list_cards(listed, [request(names)]).inner == {}
    with pytest.raises(CannotOpen):
        open_inner(request(names).slip, world.desks["intake"])
    size = keeper.size()
    released = keeper.client.release(world.read("reviewer-a", tip, names), [request(names)])
    assert keeper.entry(released.index).statement.body["items"] == [name(names)]
    assert keeper.size() == size + 1
    keeper.client.append(world.route("reviewer-b", tip, desks=["intake"], excluded=["u2", "u4"]))
    assert keeper.refused(world.read("reviewer-a", tip, names), names) is Reason.EXCLUDED
