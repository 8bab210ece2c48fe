"""Alerts decide whether another is stated, and who explains and reviews: only the keeper writes them."""

from typing import Final

import pytest

from tests.keeper.edited import Scene, assert_stopped
from tests.keeper.observed import Observed
from tests.keeper.test_alerts import burst, index_of, look, review, rules
from tests.keeper.test_explanations import answer, ask
from tests.world import World, member_id
from tipline.alerts.rules import Rule
from tipline.keeper_client import KeeperStopped
from tipline.lookups.groups import ALERTS

DECOY: Final = Rule.DECOY.value


def scene_of(world: World, keeper: Observed) -> Scene:
    return Scene(world, keeper, world.seal_tip(), world.seal_tip(), ())


def test_no_decoy_is_opened_without_an_alert_because_a_row_says_that_one_waits(
    world: World, keeper: Observed
) -> None:
    scene = scene_of(world, keeper)
    keeper.client.append(rules(world, decoy={"on": True}))
    keeper.client.append(world.sign("decoy", "auditor", tip=scene.tip.id.hex()))
    row = (7777, DECOY, member_id("reviewer-b"), "2026-03-03", scene.tip.id.hex(), -1)
    scene.run(("insert into alerts values (?, ?, ?, ?, ?, ?)", row))
    with pytest.raises(KeeperStopped):
        scene.read("reviewer-b")
    assert_stopped(scene, "alerts")


@pytest.mark.parametrize("deed", ["review", "answer", "ask"])
def test_whom_an_alert_is_about_no_row_by_hand_says(world: World, keeper: Observed, deed: str) -> None:
    scene = scene_of(world, keeper)
    burst(world, keeper)
    look(keeper)
    alert = index_of(keeper)
    if deed == "answer":
        keeper.client.append(ask(world, alert))
    by_hand = (member_id("reviewer-b"), alert)
    scene.run(('update alerts set member = ? where "index" = ?', by_hand))
    stated = {
        "review": review(world, alert),
        "ask": ask(world, alert),
        "answer": answer(world, alert, "reviewer-b"),
    }
    with pytest.raises(KeeperStopped):
        keeper.client.append(stated[deed])
    assert_stopped(scene, "alerts")


@pytest.mark.parametrize(
    "statement", ["delete from alerts", "update alerts set review = 1", "update alerts set review = 'x'"]
)
def test_no_alert_that_waits_is_hidden_from_an_auditor(
    world: World, keeper: Observed, statement: str
) -> None:
    scene = scene_of(world, keeper)
    burst(world, keeper)
    look(keeper)
    audit = {"first": 2**40, "count": 50, "view": "alerts", "filter": {"type": ALERTS}}
    signed = world.sign("audit", "auditor", **audit)
    keeper.client.append(signed)
    assert len(keeper.client.alerts.page(signed, 2**40, is_open=True).alerts) == 1
    scene.run((statement, ()))
    with pytest.raises(KeeperStopped):
        keeper.client.alerts.page(signed, 2**40, is_open=True)
    assert_stopped(scene, "alerts")


def test_after_its_review_an_alert_waits_no_longer(world: World, keeper: Observed) -> None:
    burst(world, keeper)
    look(keeper)
    keeper.client.append(review(world, index_of(keeper)))
    audit = {"first": 2**40, "count": 50, "view": "alerts", "filter": {"type": ALERTS}}
    signed = world.sign("audit", "auditor", **audit)
    keeper.client.append(signed)
    assert keeper.client.alerts.page(signed, 2**40, is_open=True).alerts == ()
    assert len(keeper.client.alerts.page(signed, 2**40, is_open=False).alerts) == 1
