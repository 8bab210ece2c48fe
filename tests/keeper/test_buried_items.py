"""Nobody buries what a reporter sent by naming its item as one of theirs first."""

from datetime import timedelta

import pytest

from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.keeper.protecting import DAY, advance, begun, message, read, slip_of, stated, where
from tests.keeper.test_cases import opened
from tests.keeper.test_check_ins import TODAY
from tests.world import SealedTip, World
from tipline.sealing.items import NewItem

ANOTHER = "cd" * 32


def name_as_a_note(world: World, keeper: Observed, tip: SealedTip, item: NewItem) -> None:
    """A reviewer's note on a tip of theirs that has the item's id."""
    named = {"item": item.id.hex(), "hash": ANOTHER}
    keeper.client.append(world.sign("note", "reviewer-a", tip=tip.id.hex(), desk="intake", **named))


@pytest.fixture
def tip(world: World, keeper: Observed) -> SealedTip:
    """A tip of the reviewer's own desk."""
    return opened(world, keeper)


def test_a_case_whose_items_somebody_named_first_is_read_and_its_clock_runs(
    world: World, keeper: Observed, clock: FixedClock, tip: SealedTip
) -> None:
    case = world.put_in(world.seal_tip("protection"))
    for kind in ("text", "card"):
        name_as_a_note(world, keeper, tip, case.item(kind))
    clock.advance(DAY)
    looked = keeper.client.look_at_clocks([slip_of(case.item("card"))], [TODAY], [])
    assert looked.stated == {"received": 1}
    read(world, keeper, case)


def test_a_check_in_that_somebody_named_first_counts_and_is_read(
    world: World, keeper: Observed, clock: FixedClock, tip: SealedTip
) -> None:
    case = begun(world, keeper)
    advance(world, keeper, case, "assessing")
    keeper.client.append(stated(world, "watch", case, every=2))
    sent = message(case, TODAY + timedelta(days=1))
    name_as_a_note(world, keeper, tip, sent)
    clock.advance(2 * DAY)
    keeper.client.look_at_clocks([slip_of(sent)], [TODAY + timedelta(days=1)], [])
    assert where(keeper, case).watch_due == TODAY + timedelta(days=3)
    read(world, keeper, case, sent)
