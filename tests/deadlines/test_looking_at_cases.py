"""`tipline clocks` and protection cases: their hour, and the messages of people who agreed on check-ins."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from tests.clocks import FixedClock
from tests.deadlines.test_look import change, looked, row, told
from tests.keeper.observed import Observed
from tests.keeper.protecting import DAY, advance, begun, message, read, stated, where
from tests.world import SealedTip, World
from tipline.deadlines import look
from tipline.sealing.items import NewItem
from tipline.tips.columns import NOTHING_DUE
from tipline.tips.models import Item, Slip
from tipline.tips.storing import store_items


@pytest.fixture
def case(world: World, keeper: Observed) -> SealedTip:
    """A case that is being assessed, with a check-in agreed for every second day; its row knows."""
    made = begun(world, keeper)
    advance(world, keeper, made, "assessing")
    keeper.client.append(stated(world, "watch", made, every=2))
    look.write_down(world.database, keeper.client, [made.id.hex()])
    return made


def send(world: World, case: SealedTip, position: int = 2) -> NewItem:
    """A message that the person's mailbox stores today."""
    sent = message(case, world.clock.today())
    with world.database.writing() as session:
        store_items(session, [sent], first_position=position, day=world.clock.today())
    return sent


def test_a_message_is_handed_over_on_the_day_after_and_moves_the_check_in(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    clock.advance(2 * DAY)
    send(world, case)
    assert looked(world, keeper) == {}
    clock.advance(DAY)
    assert looked(world, keeper) == {"checked-in": 1}
    assert where(keeper, case).watch_due == clock.today() + timedelta(days=1)
    assert told(world, case)["watch"] == (clock.today() + timedelta(days=1)).isoformat()
    assert looked(world, keeper) == {}


def test_what_is_hidden_or_forged_in_the_rows_is_told_as_silence(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    clock.advance(DAY)
    sent = send(world, case)
    with world.database.writing() as session:
        session.execute(delete(Slip).where(Slip.item_id == sent.id))
        session.execute(delete(Item).where(Item.id == sent.id))
    clock.advance(2 * DAY)
    assert looked(world, keeper) == {"missed": 1}
    assert row(world, case).level == 1


def test_a_case_whose_row_pretends_to_be_something_else_is_put_right_and_its_person_heard(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    clock.advance(2 * DAY)
    send(world, case)
    change(world, case, state="ended", due_on=NOTHING_DUE)
    clock.advance(DAY)
    assert looked(world, keeper) == {"checked-in": 1}
    assert (row(world, case).state, row(world, case).due_on) == ("assessing", where(keeper, case).due)


def test_a_case_is_taken_in_whatever_its_row_says(world: World, keeper: Observed, clock: FixedClock) -> None:
    case = world.put_in(world.seal_tip("protection"))
    change(world, case, state="closed", due_on=NOTHING_DUE)
    clock.advance(DAY)
    assert looked(world, keeper)["received"] == 1
    looked(world, keeper)
    assert (row(world, case).state, row(world, case).due_on) == ("asked", where(keeper, case).due)


def test_a_case_of_which_the_desk_above_was_told_stays_with_the_desk_that_protects(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    for _ in range(2):  # to the desk's lead, and then above
        clock.advance(5 * DAY)
        looked(world, keeper)
    view = keeper.client.states([case.id.hex()])[case.id.hex()]
    assert view.desks == ("integrity", "protection")
    assert (row(world, case).desk, row(world, case).level) == ("protection", 2)


def test_a_case_that_began_above_stays_there(world: World, keeper: Observed, clock: FixedClock) -> None:
    case = world.put_in(world.seal_tip("integrity", "protection"))
    change(world, case, desk="integrity")
    clock.advance(DAY)
    assert looked(world, keeper)["received"] == 1
    look.write_down(world.database, keeper.client, [case.id.hex()])
    assert row(world, case).desk == "integrity"


def test_a_reading_that_heard_somebody_is_told_to_them(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    clock.advance(DAY)
    read(world, keeper, case, send(world, case))
    assert looked(world, keeper) == {}
    assert told(world, case)["watch"] == (clock.today() + timedelta(days=2)).isoformat()
    assert told(world, case)["kind"] == "restated"


def test_all_messages_of_a_day_are_taken_in_so_that_none_counts_later(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    clock.advance(DAY)
    read(world, keeper, case, send(world, case))
    due = where(keeper, case).watch_due
    later = [send(world, case, position) for position in (3, 4)]
    clock.advance(DAY)
    looked(world, keeper)
    clock.advance(DAY)
    read(world, keeper, case, *later)
    assert where(keeper, case).watch_due == due


def test_a_danger_that_nobody_took_up_waits_for_its_hour_and_no_longer(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    case = world.put_in(world.seal_tip("protection"))
    change(world, case, due_at=(clock.now() + timedelta(hours=2)).replace(tzinfo=None))
    assert looked(world, keeper) == {}
    clock.advance(2 * 3600)
    assert looked(world, keeper) == {"received": 1, "missed": 1}
    assert (row(world, case).desk, row(world, case).level, row(world, case).state) == (
        "protection",
        2,
        "asked",
    )
    assert row(world, case).due_at is not None
    advance(world, keeper, case, "assessing")
    look.write_down(world.database, keeper.client, [case.id.hex()])
    assert (row(world, case).due_at, row(world, case).state) == (None, "assessing")


def test_an_hour_that_came_later_stays_until_the_desk_takes_a_step(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    hour = (clock.now() + timedelta(hours=2)).replace(tzinfo=None)
    change(world, case, due_at=hour)
    clock.advance(DAY)
    looked(world, keeper)
    assert row(world, case).due_at == hour
    advance(world, keeper, case, "planning")
    look.write_down(world.database, keeper.client, [case.id.hex()])
    assert row(world, case).due_at is None


def test_a_case_that_came_is_taken_in_on_the_next_day(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    case = world.put_in(world.seal_tip("protection"))
    assert looked(world, keeper) == {}
    clock.advance(DAY)
    assert looked(world, keeper) == {"received": 1, "missed": 1}  # its day was over with the day it came
    assert row(world, case).level == 1
