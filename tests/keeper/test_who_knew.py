"""When a unit is excluded from a tip that members of it have read, auditors are told who knew, at once."""

from typing import Any

from crypto.statements import Statement
from tests.keeper.observed import Observed
from tests.keeper.test_alerts import read, rules, stated
from tests.keeper.test_cases import opened
from tests.world import SealedTip, World, member_id
from tipline.keeper_client import Reason


def exclude(world: World, tip: SealedTip, *units: str, by: str = "reviewer-b") -> Statement:
    return world.route(by, tip, desks=["intake"], excluded=sorted(units))


def knew(keeper: Observed) -> list[dict[str, Any]]:
    return [alert for alert in stated(keeper) if alert["rule"] == "read-before-exclusion"]


def unit_of(keeper: Observed, name: str) -> str:
    return keeper.client.roster().members[member_id(name)].unit


def test_a_member_who_read_before_their_unit_was_excluded_is_named_at_once(
    world: World, keeper: Observed
) -> None:
    tip = opened(world, keeper)  # by reviewer-a
    first = keeper.size() - 1
    read(world, keeper, tip)
    read(world, keeper, tip, "reviewer-b")
    keeper.client.append(exclude(world, tip, unit_of(keeper, "reviewer-a")))
    [alert] = knew(keeper)
    assert (alert["member"], alert["tip"], alert["count"]) == (member_id("reviewer-a"), tip.id.hex(), 1)
    assert alert["entries"] == [first, keeper.size() - 2]  # since when they knew, and the exclusion
    assert keeper.refused(world.read("reviewer-a", tip), tip.item("text")) is Reason.EXCLUDED


def test_several_who_knew_are_one_alert(world: World, keeper: Observed) -> None:
    tip = opened(world, keeper)
    keeper.client.append(world.sign("conflicts", "reviewer-b", member=member_id("reviewer-b"), add=["u4"]))
    read(world, keeper, tip, "reviewer-b")
    units = sorted({unit_of(keeper, "reviewer-a"), "u4"})
    keeper.client.append(world.route("reviewer-b", tip, desks=["integrity"], excluded=units))
    [alert] = knew(keeper)
    assert (alert["member"], alert["count"], len(alert["entries"])) == ("", 2, 3)


def test_where_nobody_of_the_unit_has_read_it_nothing_is_stated(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    read(world, keeper, tip, "reviewer-b")
    keeper.client.append(exclude(world, tip, unit_of(keeper, "reviewer-a")))
    assert knew(keeper) == []


def test_an_exclusion_that_stood_before_is_no_news(world: World, keeper: Observed) -> None:
    tip = opened(world, keeper)
    read(world, keeper, tip, "reviewer-b")
    keeper.client.append(exclude(world, tip, unit_of(keeper, "reviewer-a")))
    keeper.client.append(exclude(world, tip, unit_of(keeper, "reviewer-a"), "u4"))
    assert len(knew(keeper)) == 1


def test_a_refused_route_says_nothing(world: World, keeper: Observed) -> None:
    tip = opened(world, keeper)
    statement = world.route("integrity", tip, desks=["intake"], excluded=[unit_of(keeper, "reviewer-a")])
    assert keeper.refused(statement)
    assert knew(keeper) == []


def test_two_people_switch_the_rule_off(world: World, keeper: Observed) -> None:
    keeper.client.append(rules(world, **{"read-before-exclusion": {"on": False}}))
    tip = opened(world, keeper)
    read(world, keeper, tip, "reviewer-b")
    keeper.client.append(exclude(world, tip, unit_of(keeper, "reviewer-a")))
    assert knew(keeper) == []
