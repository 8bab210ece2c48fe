"""Once a day each tip's row is looked at, whatever its columns say to those who only search by them."""

import pytest
from sqlalchemy import false, select

from tests.clocks import FixedClock
from tests.keeper.edited import Scene, assert_stopped
from tests.keeper.observed import Observed
from tests.keeper.test_alerts import DAY, look
from tests.keeper.test_cases import opened, stated
from tests.world import World, member_id
from tipline.keeper import clockwork, daily, models
from tipline.keeper.pins import Pins
from tipline.keeper_client import KeeperStopped


def types(keeper: Observed) -> list[str]:
    return [keeper.entry(index).statement.body["type"] for index in range(keeper.size())]


@pytest.mark.parametrize(
    "change",
    [
        "update tips set due = '' where tip = ?",
        "update tips set assignee = '' where tip = ?",
        "delete from tips where tip = ?",
    ],
)
def test_a_row_that_hides_a_tip_from_the_clocks_stops_the_keeper_within_a_day(
    world: World, keeper: Observed, clock: FixedClock, change: str
) -> None:
    tip = opened(world, keeper)
    keeper.client.append(stated(world, "assign", "reviewer-a", tip, to=member_id("reviewer-b")))
    scene = Scene(world, keeper, tip, tip, ())
    look(keeper)
    scene.run((change, (bytes(tip.id),)))
    clock.advance(DAY)
    with pytest.raises(KeeperStopped):
        look(keeper)
    assert_stopped(scene, "tips")


def test_what_is_due_is_found_by_the_walk_when_a_query_does_not_find_it(
    world: World, keeper: Observed, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(world, keeper)
    monkeypatch.setattr(clockwork, "_passed", lambda _: select(models.tips.c.tip).where(false()))
    clock.advance(20 * DAY)
    look(keeper)
    assert "missed" in types(keeper)


def test_a_tip_that_stayed_with_somebody_who_left_is_nobodys_after_a_day(
    world: World, keeper: Observed, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tip = opened(world, keeper)
    keeper.client.append(stated(world, "assign", "reviewer-a", tip, to=member_id("reviewer-b")))
    with monkeypatch.context() as hidden:
        hidden.setattr(Pins, "assigned_to", lambda *_: [])
        keeper.client.append(world.sign("remove", "registrar", member=member_id("reviewer-b")))
    assert "unassign" not in types(keeper)
    clock.advance(DAY)
    look(keeper)
    assert types(keeper).count("unassign") == 1
    look(keeper)
    assert types(keeper).count("unassign") == 1


def test_a_walk_goes_on_where_the_last_look_left_it(
    world: World, keeper: Observed, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily, "PAGE", 2)
    monkeypatch.setattr(daily, "PAGES_AT_ONCE", 1)
    tips = sorted((opened(world, keeper) for _ in range(3)), key=lambda tip: tip.id)
    scene = Scene(world, keeper, tips[-1], tips[-1], ())
    look(keeper)
    scene.run(("update tips set due = '' where tip = ?", (bytes(tips[-1].id),)))
    with pytest.raises(KeeperStopped):
        look(keeper)
    assert_stopped(scene, "tips")
