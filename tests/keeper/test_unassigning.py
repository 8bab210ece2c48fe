"""Nobody has a tip that they may not read: not one day longer, and without a word about why."""

from collections.abc import Callable
from typing import Any

import pytest

from crypto.statements import Statement
from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.keeper.test_cases import case, opened, stated
from tests.world import SealedTip, World, member_body, member_id, request
from tipline.keeper.shapes import MAX_TIPS
from tipline.keeper_client import Reason

DAY = 86_400
A = member_id("reviewer-a")


def given(world: World, keeper: Observed, *tips: SealedTip, to: str = "reviewer-a") -> None:
    """Have tips given to somebody."""
    keeper.client.append(stated(world, "assign", to, *tips, to=member_id(to)))


def conflict(world: World, unit: str) -> Statement:
    return world.sign("conflicts", "reviewer-a", member=A, add=[unit])


def moved_to(world: World, unit: str) -> Statement:
    fields = {"unit": unit, "past_units": [], "conflicts": []}
    return world.sign("member-unit", "registrar", "integrity", member=A, **fields)


LEAVING: dict[str, Callable[[World], Statement]] = {
    "declares a conflict": lambda world: conflict(world, "u4"),
    "belongs to the unit": lambda world: moved_to(world, "u4"),
    "leaves the desk": lambda world: world.sign("revoke", "registrar", member=A, desk="intake"),
    "is removed": lambda world: world.sign("remove", "registrar", member=A),
}


@pytest.mark.parametrize("how", LEAVING)
def test_whoever_may_no_longer_read_a_tip_no_longer_has_it(world: World, keeper: Observed, how: str) -> None:
    tip = opened(world, keeper, excluded=["u4"])
    given(world, keeper, tip)
    size = keeper.size()
    keeper.client.append(LEAVING[how](world))
    assert case(keeper, tip).assignee == ""
    last = keeper.entry(keeper.size() - 1).statement
    assert (keeper.size(), last.signers) == (size + 2, ("keeper",))
    assert last.body["tips"] == [tip.id.hex()]


def test_what_is_stated_then_names_neither_the_member_nor_a_reason(world: World, keeper: Observed) -> None:
    tip = opened(world, keeper, excluded=["u4"])
    given(world, keeper, tip)
    keeper.client.append(conflict(world, "u4"))
    body = keeper.entry(keeper.size() - 1).statement.body
    assert body.keys() == {"v", "log", "type", "at", "nonce", "by", "tips"}
    assert A not in str(body)
    reading = world.read("reviewer-b", tip)
    keeper.client.release(reading, [request(tip.item("text"))])
    told = [row.entry.statement.body for row in keeper.client.history(reading)]
    assert [one["type"] for one in told].count("unassign") == 1
    assert not [one for one in told if one["type"] in ("conflicts", "member-unit")]


def test_tips_that_they_may_read_stay_theirs(world: World, keeper: Observed) -> None:
    kept, gone, other = (opened(world, keeper, excluded=units) for units in ([], ["u4"], ["u4"]))
    given(world, keeper, kept, gone)
    given(world, keeper, other, to="reviewer-b")
    keeper.client.append(conflict(world, "u4"))
    assert [case(keeper, tip).assignee for tip in (kept, gone, other)] == [A, "", member_id("reviewer-b")]


def test_a_change_that_takes_nothing_from_anybody_states_nothing_more(world: World, keeper: Observed) -> None:
    given(world, keeper, opened(world, keeper, excluded=["u4"]))
    size = keeper.size()
    keeper.client.append(conflict(world, "u1"))
    assert keeper.refused(conflict(world, "u1")) is Reason.NOT_ALLOWED
    assert keeper.size() == size + 2


def test_a_deputy_s_tips_are_nobody_s_when_their_day_is_over(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    body = member_body("newcomer", "u1")
    keeper.client.append(world.sign("member", "registrar", member=body))
    deputy = {"member": body["id"], "desk": "intake", "until": "2026-03-03"}
    keeper.client.append(world.sign("grant", "registrar", "reviewer-a", **deputy))
    tip = opened(world, keeper)
    keeper.client.append(stated(world, "assign", "reviewer-a", tip, to=body["id"]))
    clock.advance(DAY)
    keeper.client.append(world.sign("audit", "auditor", first=0, count=1))
    assert case(keeper, tip).assignee == ""


def test_keys_that_are_made_anew_take_no_tip_away_from_their_owner(world: World, keeper: Observed) -> None:
    tip = opened(world, keeper)
    given(world, keeper, tip)
    fresh = member_body("another seed", "u2")
    keys = {name: fresh[name] for name in ("signing_key", "recipient")}
    keeper.client.append(world.sign("new-keys", "registrar", "integrity", member=A, **keys))
    assert case(keeper, tip).assignee == A


def test_many_tips_go_by_statements_of_two_hundred(world: World, keeper: Observed) -> None:
    tips = [world.seal_tip(excluded=["u4"]) for _ in range(MAX_TIPS + 1)]
    for start in range(0, len(tips), MAX_TIPS):
        some = tips[start : start + MAX_TIPS]
        days = [world.clock.today()] * len(some)
        keeper.client.look_at_clocks([request(tip.item("card")) for tip in some], days, [])
        given(world, keeper, *some)
    keeper.client.append(conflict(world, "u4"))
    bodies: list[Any] = [keeper.entry(keeper.size() - last).statement.body for last in (2, 1)]
    assert [len(body["tips"]) for body in bodies] == [MAX_TIPS, 1]
    assert sorted(bodies[0]["tips"] + bodies[1]["tips"]) == sorted(tip.id.hex() for tip in tips)
