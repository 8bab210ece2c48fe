"""A transfer as the keeper sees it: to a known body, under the next number, followed by a receipt."""

from typing import Any

import pytest

from tests.keeper.observed import Observed
from tests.world import SealedTip, World, name, request
from tipline.keeper_client import Reason, Refused
from tipline.sealing.items import NewItem

PACKET = "ab" * 32


def body(identifier: str, *, accepts: bool = True) -> dict[str, Any]:
    names = {"zh": "某县公安局", "en": "County police"}
    return {"id": identifier, "names": names, "recipient": "", "accepts": accepts}


@pytest.fixture(autouse=True)
def bodies(world: World, keeper: Observed) -> None:
    for each in (body("police"), body("court"), body("gone", accepts=False)):
        keeper.client.append(world.sign("body", "registrar", "integrity", body=each))


def in_triage(world: World, keeper: Observed, *desks: str, excluded: tuple[str, ...] = ()) -> SealedTip:
    tip = world.seal_tip(*desks, excluded=excluded)
    keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
    for source, target in (("received", "screening"), ("screening", "triage")):
        move(world, keeper, tip, source, target)
    return tip


def move(
    world: World,
    keeper: Observed,
    tip: SealedTip,
    source: str,
    target: str,
    by: str = "reviewer-a",
    **more: Any,
) -> None:
    fields = {"tip": tip.id.hex(), "desk": "intake", "from": source, "to": target, "detail": {}, "reason": {}}
    keeper.client.append(world.sign("move", by, **(fields | more)))


def letter(number: str, **changes: str) -> dict[str, str]:
    return {"body": "police", "number": number, "packet": PACKET, **changes}


def transfer(world: World, keeper: Observed, tip: SealedTip, number: str, **changes: str) -> None:
    move(world, keeper, tip, "triage", "transferred", detail=letter(number, **changes))


def again(world: World, tip: SealedTip, by: str = "reviewer-a", **changes: str) -> Any:
    fields = {"tip": tip.id.hex(), "desk": "intake", **letter("2026-1")}
    return world.sign("packet", by, **(fields | changes))


def note(world: World, keeper: Observed, tip: SealedTip) -> NewItem:
    item = world.staff_item(tip, "note")
    fields = {"tip": tip.id.hex(), "desk": "intake", "item": item.id.hex(), "hash": item.digest.hex()}
    keeper.client.append(world.sign("note", "reviewer-a", **fields))
    return item


def refused(reason: Reason, step: Any, *arguments: Any, **more: Any) -> None:
    with pytest.raises(Refused) as caught:
        step(*arguments, **more)
    assert caught.value.reason is reason


@pytest.mark.parametrize("unknown", ["nobody", "gone"])
def test_a_letter_goes_to_no_body_that_the_roster_does_not_name(
    world: World, keeper: Observed, unknown: str
) -> None:
    tip = in_triage(world, keeper)
    refused(Reason.NOT_ALLOWED, transfer, world, keeper, tip, "2026-1", body=unknown)
    assert keeper.client.next_letter("intake") == "2026-1"


@pytest.mark.parametrize("number", ["2026-2", "2025-1", "2027-1"])
def test_a_number_that_is_not_the_next_of_this_year_is_refused(
    world: World, keeper: Observed, number: str
) -> None:
    refused(Reason.NUMBER_TAKEN, transfer, world, keeper, in_triage(world, keeper), number)


def test_two_transfers_get_two_numbers_and_the_same_number_is_given_once(
    world: World, keeper: Observed
) -> None:
    one, two = in_triage(world, keeper), in_triage(world, keeper)
    transfer(world, keeper, one, "2026-1")
    refused(Reason.NUMBER_TAKEN, transfer, world, keeper, two, "2026-1")
    transfer(world, keeper, two, "2026-2")
    views = keeper.client.states([one.id.hex(), two.id.hex()])
    cases = [views[tip.id.hex()].case for tip in (one, two)]
    assert [(case.letter, case.body) for case in cases] == [("2026-1", "police"), ("2026-2", "police")]


def test_a_transferred_tip_goes_on_with_a_receipt_that_is_a_note_of_this_tip(
    world: World, keeper: Observed
) -> None:
    tip, other = in_triage(world, keeper), in_triage(world, keeper)
    transfer(world, keeper, tip, "2026-1")
    made_up = name(world.staff_item(tip, "note"))
    foreign = name(note(world, keeper, other))
    for receipt in (made_up, foreign, name(tip.item("text"))):
        refused(
            *(Reason.ITEM_MISMATCH, move, world, keeper, tip, "transferred", "verifying"),
            detail={"receipt": receipt},
        )
    refused(Reason.NOT_ALLOWED, move, world, keeper, tip, "transferred", "verifying")
    kept = name(note(world, keeper, tip))
    move(world, keeper, tip, "transferred", "verifying", detail={"receipt": kept})
    assert keeper.client.states([tip.id.hex()])[tip.id.hex()].state == "verifying"


def test_a_packet_is_made_again_for_the_letter_that_went_out_and_no_other(
    world: World, keeper: Observed
) -> None:
    tip = in_triage(world, keeper)
    refused(Reason.NOT_ALLOWED, keeper.client.append, again(world, tip))
    transfer(world, keeper, tip, "2026-1")
    for changes in ({"number": "2026-2"}, {"body": "court"}):
        refused(Reason.NOT_ALLOWED, keeper.client.append, again(world, tip, **changes))
    keeper.client.append(again(world, tip))
    move(world, keeper, tip, "transferred", "verifying", detail={"receipt": name(note(world, keeper, tip))})
    refused(Reason.NOT_ALLOWED, keeper.client.append, again(world, tip))


def test_whoever_is_excluded_packs_nothing(world: World, keeper: Observed) -> None:
    tip = in_triage(world, keeper, excluded=("u3",))
    transfer(world, keeper, tip, "2026-1")
    refused(Reason.EXCLUDED, keeper.client.append, again(world, tip, "reviewer-b"))
    refused(Reason.DESK_NOT_HELD, keeper.client.append, again(world, tip, "integrity"))


def test_a_returned_tip_is_transferred_anew_under_another_number(world: World, keeper: Observed) -> None:
    tip = in_triage(world, keeper)
    transfer(world, keeper, tip, "2026-1")
    reason = name(world.staff_item(tip, "reason", "auditors"))
    move(world, keeper, tip, "transferred", "triage", reason=reason)
    transfer(world, keeper, tip, "2026-2", body="court")
    case = keeper.client.states([tip.id.hex()])[tip.id.hex()].case
    assert (case.letter, case.body) == ("2026-2", "court")
    refused(Reason.NOT_ALLOWED, keeper.client.append, again(world, tip))


def test_each_desk_counts_its_own_letters_so_that_a_gap_tells_of_no_other_desk_s_transfer(
    world: World, keeper: Observed
) -> None:
    here, there = in_triage(world, keeper), world.seal_tip("integrity")
    keeper.client.release(
        world.read("integrity", there, desk="integrity"), [request(there.item("text"), "integrity")]
    )
    at_integrity: dict[str, Any] = {"by": "integrity", "desk": "integrity"}
    for source, target in (("received", "screening"), ("screening", "triage")):
        move(world, keeper, there, source, target, **at_integrity)
    transfer(world, keeper, here, "2026-1")
    way = (world, keeper, there, "triage", "transferred")
    refused(Reason.NUMBER_TAKEN, move, *way, **at_integrity, detail=letter("2026-2"))
    move(*way, **at_integrity, detail=letter("2026-1"))
    views = keeper.client.states([here.id.hex(), there.id.hex()])
    cases = [views[tip.id.hex()].case for tip in (here, there)]
    assert [(case.letter_desk, case.letter) for case in cases] == [
        ("intake", "2026-1"),
        ("integrity", "2026-1"),
    ]
    assert [keeper.client.next_letter(desk) for desk in ("intake", "integrity", "nobody")] == [
        *("2026-2", "2026-2", "2026-1"),
    ]
