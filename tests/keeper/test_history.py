"""The history of a tip: for whoever read it a moment ago, and for nobody else."""

from collections.abc import Callable

import pytest

from crypto.statements import Statement
from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.world import SealedTip, World, member_id, request
from tipline.keeper.state import GRANT_SECONDS
from tipline.keeper_client import Reason, Refused
from tipline.keeper_client.histories import LATEST_READINGS

A = member_id("reviewer-a")


@pytest.fixture
def tip(world: World, keeper: Observed) -> SealedTip:
    return world.seal_tip()


def kinds(keeper: Observed, world: World, tip: SealedTip) -> list[str]:
    reading = world.read("reviewer-a", tip)
    keeper.client.release(reading, [request(tip.item("text"))])
    return [str(row.entry.statement.body["type"]) for row in keeper.client.history(reading)]


def test_without_a_logged_reading_nothing_is_told(world: World, keeper: Observed, tip: SealedTip) -> None:
    with pytest.raises(Refused) as refused:
        keeper.client.history(world.read("reviewer-a", tip))
    assert refused.value.reason is Reason.NOT_ALLOWED


def test_under_an_audit_statement_no_tips_history_is_told(world: World, keeper: Observed) -> None:
    audit = world.sign("audit", "auditor", first=0, count=10)
    keeper.client.append(audit)
    with pytest.raises(Refused):
        keeper.client.history(audit)


def test_under_a_reading_no_entries_of_others_are_handed_out(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    reading = world.read("reviewer-a", tip)
    keeper.client.release(reading, [request(tip.item("text"))])
    with pytest.raises(Refused):
        keeper.ask("entries", statement=reading.digest, first=0, count=1, seen=0, proofs=1)


def test_after_ten_minutes_it_is_told_no_more(
    world: World, keeper: Observed, tip: SealedTip, clock: FixedClock
) -> None:
    reading = world.read("reviewer-a", tip)
    keeper.client.release(reading, [request(tip.item("text"))])
    assert keeper.client.history(reading)
    clock.advance(GRANT_SECONDS + 1)
    with pytest.raises(Refused):
        keeper.client.history(reading)


def test_only_the_latest_readings_stand_in_it_and_everything_else(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
    keeper.client.append(world.sign("assign", "reviewer-a", desk="intake", tips=[tip.id.hex()], to=""))
    found = [kinds(keeper, world, tip) for _ in range(LATEST_READINGS)]
    assert found[-1] == ["assign", *["read"] * LATEST_READINGS]
    other = world.seal_tip()
    assert kinds(keeper, world, other) == ["read"]


def test_a_history_longer_than_one_answer_comes_whole(
    world: World, keeper: Observed, tip: SealedTip, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
    for _ in range(4):
        keeper.client.append(world.sign("assign", "reviewer-a", desk="intake", tips=[tip.id.hex()], to=""))
    monkeypatch.setattr("tipline.keeper.service.MAX_ROWS", 2)
    assert kinds(keeper, world, tip) == ["read", *["assign"] * 4, "read"]


LOSSES: dict[str, Callable[[World, SealedTip], Statement]] = {
    "the tip excludes them": lambda world, tip: world.route(
        "reviewer-b", tip, desks=["intake"], excluded=["u1", "u2"]
    ),
    "the tip leaves their desk": lambda world, tip: world.route(
        "reviewer-b", tip, desks=["integrity"], excluded=["u1"]
    ),
    "they declare a conflict": lambda world, tip: world.sign("conflicts", "reviewer-a", member=A, add=["u1"]),
    "they leave the desk": lambda world, tip: world.sign("revoke", "registrar", member=A, desk="intake"),
    "they are removed": lambda world, tip: world.sign("remove", "registrar", member=A),
}


@pytest.mark.parametrize("how", LOSSES)
def test_whoever_may_no_longer_read_a_tip_is_told_no_more_of_it(
    world: World, keeper: Observed, how: str
) -> None:
    tip = world.seal_tip(excluded=["u1"])
    reading = world.read("reviewer-a", tip)
    keeper.client.release(reading, [request(tip.item("text"))])
    assert keeper.client.history(reading)
    keeper.client.append(LOSSES[how](world, tip))
    with pytest.raises(Refused) as refused:
        keeper.client.history(reading)
    assert refused.value.reason is Reason.NOT_ALLOWED


def test_after_an_exclusion_a_colleague_is_still_told(world: World, keeper: Observed, tip: SealedTip) -> None:
    reading = world.read("reviewer-b", tip)
    keeper.client.release(reading, [request(tip.item("text"))])
    keeper.client.append(world.route("reviewer-b", tip, desks=["intake"], excluded=["u2"]))
    assert len(keeper.client.history(reading)) == 2


def test_what_is_told_again_is_what_a_new_client_is_told(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    for _ in range(LATEST_READINGS + 2):
        kinds(keeper, world, tip)
        keeper.client.append(world.sign("assign", "reviewer-a", desk="intake", tips=[tip.id.hex()], to=""))
    reading = world.read("reviewer-a", tip)
    keeper.client.release(reading, [request(tip.item("text"))])
    assert keeper.client.history(reading) == world.client("another-seen.json").history(reading)


def test_a_remembered_history_is_not_told_without_a_logged_reading(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    assert kinds(keeper, world, tip) == ["read"]
    with pytest.raises(Refused):
        keeper.client.history(world.read("reviewer-a", tip))
