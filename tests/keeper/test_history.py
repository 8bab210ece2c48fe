"""The history of a tip: for whoever read it a moment ago, and for nobody else."""

import pytest

from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.world import SealedTip, World, request
from tipline.keeper.log import LATEST_READINGS
from tipline.keeper.state import GRANT_SECONDS
from tipline.keeper_client import Reason, Refused


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
