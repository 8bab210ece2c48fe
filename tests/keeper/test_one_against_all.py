"""What one person at a desk cannot do to a tip, alone or with somebody who is nobody."""

from typing import Any

import pytest

from tests.keeper.observed import Observed
from tests.world import SealedTip, World, member_body, request
from tipline.keeper_client import Reason

REASON = {"item": "ab" * 16, "hash": "cd" * 32}
BOTH = ["intake", "integrity"]


@pytest.fixture
def tip(world: World, keeper: Observed) -> SealedTip:
    sealed = world.seal_tip(excluded=["u4"])
    keeper.client.release(world.read("reviewer-a", sealed), [request(sealed.item("text"))])
    return sealed


def test_nobody_at_the_desk_below_takes_a_tip_back_from_above(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    keeper.client.append(world.route("reviewer-a", tip, desks=BOTH, excluded=["u4"]))
    back: dict[str, Any] = {"desks": ["intake"], "excluded": ["u4"]}
    assert keeper.refused(world.route("reviewer-a", tip, **back)) is Reason.NOT_ALLOWED
    keeper.client.append(world.route("integrity", tip, desk="integrity", **back))
    assert keeper.client.states([tip.id.hex()])[tip.id.hex()].desks == ("intake",)


def test_one_person_does_not_shut_out_everybody_above(world: World, keeper: Observed, tip: SealedTip) -> None:
    wall: dict[str, Any] = {"desks": ["intake"], "excluded": ["u4", "u9"]}
    assert keeper.refused(world.route("reviewer-a", tip, **wall)) is Reason.TWO_SIGNATURES
    two = world.sign("route", "reviewer-a", "registrar", tip=tip.id.hex(), desk="intake", reason={}, **wall)
    keeper.client.append(two)


@pytest.mark.parametrize("kind", ["hold", "route"])
def test_somebody_who_holds_nothing_is_no_second_person(
    world: World, keeper: Observed, tip: SealedTip, kind: str
) -> None:
    keeper.client.append(world.sign("member", "registrar", member=member_body("puppet", "u1")))
    fields: dict[str, Any] = {"tip": tip.id.hex(), "desk": "intake", "reason": REASON}
    more: dict[str, Any] = {"desks": ["intake"], "excluded": []} if kind == "route" else {}
    puppet = world.sign(kind, "reviewer-a", "puppet", **fields, **more)
    assert keeper.refused(puppet) is Reason.TWO_SIGNATURES
    keeper.client.append(world.sign(kind, "reviewer-a", "integrity", **fields, **more))


def test_whoever_closed_as_spam_does_not_judge_the_objection(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    name = tip.id.hex()
    keeper.client.append(world.sign("close-spam", "reviewer-a", desk="intake", tips=[name], reason=REASON))
    moves: dict[str, Any] = {"tip": name, "desk": "intake", "detail": {}}

    def reason(number: int) -> dict[str, str]:
        return {"item": f"{number:032x}", "hash": "cd" * 32}

    review = {**moves, "from": "closed", "to": "review", "reason": reason(1)}
    keeper.client.append(world.sign("move", "reviewer-a", **review))
    upheld = {**moves, "from": "review", "to": "triage", "reason": reason(2)}
    assert keeper.refused(world.sign("move", "reviewer-a", **upheld)) is Reason.ANOTHER_PERSON
    keeper.client.append(world.sign("move", "reviewer-b", **upheld))
