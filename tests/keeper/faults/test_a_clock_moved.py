"""A clock moved by an hour or a year, forward or back: order stands, nothing is missed by mistake."""

import pytest

from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.keeper.test_acknowledging import works
from tests.keeper.test_joint import joint, verify
from tests.world import SealedTip, World, member_body, request
from tipline.keeper_client import KeeperUnavailable, Reason, Refused

HOUR, DAY, YEAR = 3_600, 86_400, 365 * 86_400
BY_AN_HOUR = pytest.mark.parametrize("leap", [HOUR, -HOUR])
BY_A_YEAR = pytest.mark.parametrize("leap", [YEAR, -YEAR])


def in_order(world: World, keeper: Observed) -> list[int]:
    """The times of all entries, which never go back; the log verifies."""
    times = [keeper.entry(index).at for index in range(keeper.size())]
    assert times == sorted(times)
    assert verify(world, keeper.client).size == keeper.size()
    return times


def is_refused(world: World, keeper: Observed) -> None:
    """A reading is refused, with an entry, and nothing is handed out."""
    tip = world.seal_tip()
    assert keeper.refused(world.read("reviewer-a", tip), tip.item("text")) is Reason.STALE


def opened(world: World, keeper: Observed) -> SealedTip:
    """A tip that the keeper knows: its clock runs."""
    tip = world.seal_tip()
    keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
    return tip


@BY_AN_HOUR
def test_a_clock_moved_by_an_hour_while_the_keeper_runs_is_followed(
    world: World, keeper: Observed, clock: FixedClock, leap: int
) -> None:
    works(world, keeper)
    clock.leap(leap)
    works(world, keeper)
    clock.leap(-leap)
    works(world, keeper)
    in_order(world, keeper)


@BY_AN_HOUR
def test_a_clock_moved_by_an_hour_while_the_keeper_is_off_is_followed(
    world: World, clock: FixedClock, leap: int
) -> None:
    for by in (leap, -leap):
        with world.keeper():
            works(world, Observed(world))
        clock.leap(by)
    with world.keeper() as running:
        keeper = Observed(world)
        works(world, keeper)
        in_order(world, keeper)
        assert running.writer.alarms() == (["clock-back"] if leap > 0 else [])


def test_a_clock_that_is_behind_the_log_says_what_to_do(world: World, clock: FixedClock) -> None:
    with world.keeper():
        works(world, Observed(world))
    clock.leap(-HOUR)
    with world.keeper() as running:
        assert running.writer.doubt.startswith("The clock of the keeper's machine is 60 minutes behind")
        assert "Set it right." in running.writer.doubt
        clock.leap(HOUR)
        assert running.writer.alarms() == []


@BY_A_YEAR
def test_a_clock_moved_by_a_year_while_the_keeper_runs_is_not_followed(
    world: World, keeper: Observed, clock: FixedClock, leap: int
) -> None:
    works(world, keeper)
    clock.leap(leap)
    is_refused(world, keeper)
    assert abs(keeper.entry(keeper.size() - 1).at - keeper.entry(1).at) < DAY
    with pytest.raises(KeeperUnavailable, match="leapt by 365 days") as refused:
        keeper.client.look_at_clocks([], [], [])
    assert "Set the clock right." in str(refused.value)
    clock.leap(-leap)
    works(world, keeper)
    in_order(world, keeper)


@BY_A_YEAR
def test_a_leap_of_a_year_misses_no_deadline_and_ends_no_deputy(
    world: World, clock: FixedClock, leap: int
) -> None:
    with world.keeper() as running:
        keeper = Observed(world)
        tip = opened(world, keeper)
        clock.leap(leap)
        with pytest.raises(KeeperUnavailable, match="leapt"):
            keeper.client.look_at_clocks([], [], [tip.id.hex()])
        with pytest.raises(KeeperUnavailable, match="leapt"):
            keeper.client.erase([tip.id.hex()])
        assert running.writer.alarms() == ["clock-back"]
        clock.leap(-leap)
        assert keeper.client.look_at_clocks([], [], []).stated == {}
        assert running.writer.alarms() == []
        clock.advance(2 * DAY)  # and what is really late is stated
        assert keeper.client.look_at_clocks([], [], []).stated == {"missed": 1}


def test_after_a_start_with_a_clock_that_is_a_year_ahead_nothing_is_missed_for_a_day(
    world: World, clock: FixedClock
) -> None:
    with world.keeper():
        tip = opened(world, Observed(world))
    clock.leap(YEAR)
    with world.keeper() as running:
        keeper = Observed(world)
        works(world, keeper)
        with pytest.raises(KeeperUnavailable, match="last entry is 365 days old"):
            keeper.client.look_at_clocks([], [], [])
        with pytest.raises(KeeperUnavailable, match="nothing is erased"):
            keeper.client.erase([tip.id.hex()])
        assert running.writer.alarms() == ["clock-back"]
        clock.advance(DAY)
        assert running.writer.alarms() == []
        assert keeper.client.look_at_clocks([], [], []).stated == {"missed": 1}


def test_after_a_year_ahead_and_back_everything_works_and_stays_in_order(
    world: World, clock: FixedClock
) -> None:
    with world.keeper():
        keeper = Observed(world)
        tip = opened(world, keeper)
    clock.leap(YEAR)
    with world.keeper():
        works(world, Observed(world))
    clock.leap(-YEAR)
    with world.keeper() as running:
        keeper = Observed(world)
        works(world, keeper)
        assert running.writer.alarms() == ["clock-back"]
        assert "is 365 days behind the log's last entry" in running.writer.doubt
        clock.advance(2 * DAY)
        works(world, keeper)
        # Those of before and after are late; the one that was opened a year ahead is not.
        assert keeper.client.look_at_clocks([], [], []).stated == {"missed": 2}
        assert keeper.client.states([tip.id.hex()])
        times = in_order(world, keeper)
        assert times[-1] == times[2], "entries carry the later time until it has come"


def test_a_statement_is_taken_once_however_the_clock_goes(world: World, clock: FixedClock) -> None:
    with world.keeper():
        keeper, tip = Observed(world), world.seal_tip()
        statement, calls = world.read("reviewer-a", tip), [request(tip.item("text"))]
        keeper.client.release(statement, calls)
        for leap in (HOUR, -HOUR, YEAR, -YEAR):
            clock.leap(leap)
            with pytest.raises(Refused):
                keeper.client.release(statement, calls)
    for leap in (HOUR, -HOUR, YEAR, -YEAR):
        clock.leap(leap)
        with world.keeper(), pytest.raises(Refused):
            Observed(world).client.release(statement, calls)


def test_a_statement_is_taken_once_by_a_keeper_that_started_with_a_clock_ahead(
    world: World, clock: FixedClock
) -> None:
    tip = world.seal_tip()
    statement, calls = world.read("reviewer-a", tip), [request(tip.item("text"))]
    with world.keeper():
        Observed(world).client.release(statement, calls)
    clock.leap(HOUR)
    with world.keeper():
        clock.leap(-HOUR)
        with pytest.raises(Refused) as refused:
            Observed(world).client.release(statement, calls)
        assert refused.value.reason is Reason.REPLAYED


def test_entries_are_handed_out_under_one_question_for_ten_minutes_however_the_clock_goes(
    world: World, clock: FixedClock
) -> None:
    with world.keeper():
        works(world, Observed(world))
    clock.leap(YEAR)
    with world.keeper():
        works(world, Observed(world))
    clock.leap(-YEAR)
    with world.keeper():
        keeper = Observed(world)
        audit = world.sign("audit", "auditor", first=0, count=2)
        keeper.client.append(audit)
        assert keeper.client.entries(audit, 0, 2).rows
        clock.advance(HOUR)
        with pytest.raises(Refused):
            keeper.client.entries(audit, 0, 2)


def test_a_statement_is_taken_once_when_the_clock_goes_back_an_hour_after_it_was_forgotten(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    tip = world.seal_tip()
    statement, calls = world.read("reviewer-a", tip), [request(tip.item("text"))]
    keeper.client.release(statement, calls)
    for _ in range(9):
        clock.advance(400)
        works(world, keeper)
    clock.leap(-HOUR)
    assert keeper.refusal(lambda: keeper.client.release(statement, calls)) is Reason.REPLAYED
    works(world, keeper)
    clock.advance(2 * HOUR)
    works(world, keeper)  # it is forgotten now
    clock.leap(-HOUR)
    works(world, keeper)
    clock.leap(-HOUR)
    assert keeper.refusal(lambda: keeper.client.release(statement, calls)) is Reason.STALE
    assert verify(world, keeper.client).size == keeper.size()


def test_a_statement_is_taken_once_when_the_clock_goes_back_an_hour_after_a_start(
    world: World, clock: FixedClock
) -> None:
    tip = world.seal_tip()
    statement, calls = world.read("reviewer-a", tip), [request(tip.item("text"))]
    with world.keeper():
        Observed(world).client.release(statement, calls)
        clock.advance(3_000)
        works(world, Observed(world))
    with world.keeper():
        keeper = Observed(world)
        works(world, keeper)
        clock.leap(-3_000)
        assert keeper.refusal(lambda: keeper.client.release(statement, calls)) is Reason.REPLAYED


def test_a_second_start_does_not_end_the_day_of_waiting(world: World, clock: FixedClock) -> None:
    with world.keeper():
        tip = opened(world, Observed(world))
    clock.leap(YEAR)
    for _ in range(2):
        with world.keeper() as running:
            keeper = Observed(world)
            works(world, keeper)
            with pytest.raises(KeeperUnavailable, match="last entry is 365 days old"):
                keeper.client.erase([tip.id.hex()])
            assert running.writer.alarms() == ["clock-back"]
            clock.advance(HOUR)
    clock.leap(-YEAR)
    with world.keeper():
        assert Observed(world).client.look_at_clocks([], [], []).stated == {}
    clock.leap(YEAR)
    with world.keeper():
        keeper = Observed(world)
        with pytest.raises(KeeperUnavailable, match="no missed deadline"):
            keeper.client.look_at_clocks([], [], [])
        clock.advance(DAY)
        assert keeper.client.look_at_clocks([], [], []).stated
    with world.keeper() as running:
        assert running.writer.alarms() == []


def test_a_start_with_a_clock_that_is_a_year_ahead_ends_no_deputy(world: World, clock: FixedClock) -> None:
    def deputies(keeper: Observed) -> list[str]:
        return [one.id for one in keeper.client.roster().members.values() if one.until]

    with world.keeper():
        keeper = Observed(world)
        keeper.client.append(world.sign("member", "registrar", member=member_body("newcomer", "u2")))
        keeper.client.append(joint(world, until="2026-06-30"))
        (deputy,) = deputies(keeper)
    clock.leap(YEAR)
    with world.keeper():
        keeper = Observed(world)
        works(world, keeper)
        assert deputies(keeper) == [deputy]
    clock.leap(-YEAR)
    with world.keeper():
        keeper = Observed(world)
        works(world, keeper)
        assert deputies(keeper) == [deputy]
    clock.leap(YEAR)
    with world.keeper():
        clock.advance(DAY)  # and one whose day is really over goes
        keeper = Observed(world)
        works(world, keeper)
        assert deputies(keeper) == []
