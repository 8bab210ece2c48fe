"""What the keeper counts of deadlines and outcomes: each stay once, last week's last, and no tip named."""

import json

from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.keeper.test_cases import add_police, advance, move, opened, reason, stated
from tests.keeper.test_clocks import look
from tests.world import World

DAY = 86_400
WEEK = 7 * DAY


def test_what_was_done_this_week_is_not_counted_yet(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    tip = opened(world, keeper)
    advance(world, keeper, tip, "screening")
    for _ in range(6):  # from Tuesday to Sunday
        assert keeper.client.figures().kept == {}
        clock.advance(DAY)
    assert keeper.client.figures().kept == {("2026-03", "received"): 1}
    advance(world, keeper, tip, "triage")
    assert keeper.client.figures().kept == {("2026-03", "received"): 1}


def test_a_stay_counts_once_as_kept_or_as_missed(world: World, keeper: Observed, clock: FixedClock) -> None:
    tips = [opened(world, keeper) for _ in range(3)]
    advance(world, keeper, tips[0], "screening")
    clock.advance(2 * DAY)
    look(keeper.client)  # the two others missed theirs, and the first its second
    clock.advance(5 * DAY)
    look(keeper.client)  # they go to the desk above: that is the same miss
    advance(world, keeper, tips[1], "screening", "triage")
    clock.advance(WEEK)
    found = keeper.client.figures()
    assert found.missed == {("2026-03", "received"): 2, ("2026-03", "screening"): 1}
    assert found.kept == {("2026-03", "received"): 1, ("2026-03", "screening"): 1}


def test_an_outcome_counts_once_it_is_confirmed(world: World, keeper: Observed, clock: FixedClock) -> None:
    tip = opened(world, keeper)
    add_police(world, keeper)
    advance(world, keeper, tip, "screening", "triage", "transferred", "verifying")
    keeper.client.append(move(world, tip, "verifying", "outcome", detail={"outcome": "partly-true"}))
    clock.advance(WEEK)
    assert keeper.client.figures().outcomes == {}
    keeper.client.append(move(world, tip, "outcome", "feedback", by="reviewer-b"))
    clock.advance(WEEK)
    assert keeper.client.figures().outcomes == {("2026-1", "partly-true"): 1}


def test_days_are_counted_from_when_the_log_first_speaks_of_a_tip(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    listed = world.seal_tip()
    look(keeper.client, listed)
    clock.advance(10 * DAY)
    read = opened(world, keeper)
    clock.advance(2 * DAY)
    keeper.client.append(stated(world, "close-spam", "reviewer-a", listed, read, reason=reason()))
    clock.advance(WEEK)
    assert keeper.client.figures().days == {12: 1, 2: 1}


def test_counts_go_back_a_year_and_name_no_tip(world: World, keeper: Observed, clock: FixedClock) -> None:
    tip = opened(world, keeper)
    advance(world, keeper, tip, "screening")
    clock.advance(300 * DAY)
    answer = keeper.ask("figures")
    assert answer["kept"] == [["2026-03", "received", 1]]
    assert tip.id.hex() not in json.dumps(answer)
    clock.advance(70 * DAY)
    assert keeper.client.figures().kept == {}


def test_what_has_changed_since_is_told_with_how_it_stood(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    closed, reopened, quiet = (opened(world, keeper) for _ in range(3))
    keeper.client.append(stated(world, "close-spam", "reviewer-a", reopened, reason=reason(1)))
    clock.advance(WEEK)
    assert keeper.client.figures().open_then == {}
    advance(world, keeper, closed, "screening")
    keeper.client.append(stated(world, "close-spam", "reviewer-a", closed, reason=reason(2)))
    again = move(world, reopened, "closed", "review", by="reviewer-b", reason=reason(3))
    keeper.client.append(again)
    told = keeper.client.figures().open_then
    assert told == {closed.id.hex(): True, reopened.id.hex(): False}
    assert quiet.id.hex() not in told
    clock.advance(WEEK)
    assert keeper.client.figures().open_then == {}
