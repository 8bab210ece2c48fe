"""Danger that somebody under protection tells later: its hour calls the desk above, in every state."""

from datetime import timedelta

import pytest

from crypto.statements import Statement
from tests.clocks import FixedClock
from tests.deadlines.test_look import change, looked, row
from tests.keeper.observed import Observed
from tests.keeper.protecting import DAY, FIRST, advance, begun, form, move, read, second_member, stated
from tests.world import SealedTip, World
from tipline.deadlines import look
from tipline.tips.columns import write_case
from tipline.tips.models import Tip


@pytest.fixture
def case(world: World, keeper: Observed) -> SealedTip:
    """A case that is being assessed, at a desk of two; its row knows."""
    made = begun(world, keeper)
    second_member(world, keeper)
    advance(world, keeper, made, "assessing")
    look.write_down(world.database, keeper.client, [made.id.hex()])
    return made


def by_desk(world: World, keeper: Observed, case: SealedTip, statement: Statement) -> None:
    """A statement of the desk, and the row as the desk's page writes it."""
    records = keeper.client.append(statement).records
    view = keeper.client.states([case.id.hex()])[case.id.hex()]
    with world.database.writing() as session:
        write_case(session.get_one(Tip, case.id), view, records.get(case.id.hex()))


def in_danger(world: World, case: SealedTip) -> None:
    """The person says so: two hours from now."""
    change(world, case, due_at=(world.clock.now() + timedelta(hours=2)).replace(tzinfo=None))


def end(world: World, keeper: Observed, case: SealedTip, clock: FixedClock) -> None:
    """Let the desk end it: the person was told, and the days for an objection have gone by."""
    advance(world, keeper, case, "planning", "approving", "protected", "ending")
    reply = {"tip": case.id.hex(), "desk": "protection", "item": "7e" * 16, "hash": "cd" * 32}
    keeper.client.append(world.sign("reply", FIRST, **reply))
    clock.advance(11 * DAY)
    advance(world, keeper, case, "ended")
    look.write_down(world.database, keeper.client, [case.id.hex()])
    assert (row(world, case).state, row(world, case).due_at) == ("ended", None)


def test_danger_told_in_a_running_case_goes_above_when_its_hour_passes(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    in_danger(world, case)
    assert looked(world, keeper) == {}
    clock.advance(2 * 3600)
    assert looked(world, keeper) == {"missed": 1}
    assert "integrity" in keeper.client.states([case.id.hex()])[case.id.hex()].desks
    assert row(world, case).level == 2
    assert row(world, case).due_at is not None
    assert looked(world, keeper) == {}


def test_danger_goes_above_even_where_the_row_says_that_something_else_did(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    in_danger(world, case)
    clock.advance(2 * 3600)
    change(world, case, level=2)  # as after a check-in that was missed
    assert looked(world, keeper) == {"missed": 1}


def test_danger_told_after_the_end_goes_above_and_stays_until_the_case_is_taken_up_again(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    end(world, keeper, case, clock)
    in_danger(world, case)
    clock.advance(2 * 3600)
    assert looked(world, keeper) == {"missed": 1}
    read(world, keeper, case)
    assert looked(world, keeper) == {}
    assert (row(world, case).state, row(world, case).level) == ("ended", 2)
    assert row(world, case).due_at is not None
    by_desk(world, keeper, case, move(world, case, "ended", "assessing"))
    assert (row(world, case).state, row(world, case).due_at) == ("assessing", None)


def test_the_hour_stays_when_check_ins_are_agreed_on_and_goes_when_the_case_is_reviewed(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    advance(world, keeper, case, "planning", "approving", "protected")
    look.write_down(world.database, keeper.client, [case.id.hex()])
    clock.advance(DAY)
    in_danger(world, case)
    by_desk(world, keeper, case, stated(world, "watch", case, every=2))
    assert row(world, case).due_at is not None
    reviewed = form(world, keeper, case)
    by_desk(world, keeper, case, move(world, case, "protected", "protected", form=reviewed))
    assert row(world, case).due_at is None
