"""Tips that staff enter, and the sheets they print: what the keeper takes, and what it pins."""

from dataclasses import replace
from typing import Any

import pytest

from crypto.notes import open_json
from crypto.policies import Route
from crypto.statements import Statement
from tests.keeper.observed import Observed
from tests.world import SealedTip, World, name, request
from tipline.keeper_client import Reason, SlipRequest
from tipline.sealing.items import seal_item

SHEET = "5e" * 32


def entered_tip(world: World, *desks: str, excluded: tuple[str, ...] = ()) -> SealedTip:
    """A text and a card as staff seal them: for a claim key whose private half they do not have."""
    tip = world.seal_tip(*desks, excluded=excluded)
    items = tuple(
        seal_item(kind, tip.id, b"{}", audience=tip.audience, reporter=tip.code.identity.recipient)
        for kind in ("text", "card")
    )
    return replace(tip, items=items)


def entry(world: World, by: str, tip: SealedTip, /, **changes: Any) -> Statement:
    fields: dict[str, Any] = {
        "tip": tip.id.hex(),
        "desk": "intake",
        "claim": tip.audience.claim.hex(),
        "channel": "letter",
        "sheet": SHEET,
        "items": [name(item) for item in tip.items],
    }
    return world.sign("entry", by, **(fields | changes))


def slips(tip: SealedTip, desk: str = "intake") -> list[SlipRequest]:
    return [request(item, desk) for item in tip.items]


def refused(keeper: Observed, statement: Statement, frames: list[SlipRequest]) -> Reason:
    return keeper.refusal(lambda: keeper.client.enter(statement, frames))


@pytest.mark.parametrize("kind", ["entry", "sheets"])
@pytest.mark.parametrize(
    ("by", "desk", "reason"),
    [
        ("registrar", "intake", Reason.DESK_NOT_HELD),
        ("integrity", "intake", Reason.DESK_NOT_HELD),
        ("auditor", "auditors", Reason.NOT_ALLOWED),
        ("custodian-1", "custodians", Reason.NOT_ALLOWED),
    ],
)
def test_only_a_desk_that_reads_prints_and_enters(
    world: World, keeper: Observed, kind: str, by: str, desk: str, reason: Reason
) -> None:
    tip = entered_tip(world)
    if kind == "sheets":
        assert keeper.refused(world.sign("sheets", by, desk=desk, sheets=[SHEET])) is reason
    else:
        assert refused(keeper, entry(world, by, tip, desk=desk), slips(tip)) is reason


def test_two_signers_are_one_too_many(world: World, keeper: Observed) -> None:
    tip = entered_tip(world)
    fields = entry(world, "reviewer-a", tip).body
    both = world.sign(
        "entry",
        "reviewer-a",
        "reviewer-b",
        **{each: fields[each] for each in ("tip", "desk", "claim", "channel", "sheet", "items")},
    )
    assert refused(keeper, both, slips(tip)) is Reason.NOT_ALLOWED


def test_a_tip_that_is_known_is_not_entered(world: World, keeper: Observed) -> None:
    read = world.seal_tip()
    keeper.client.release(world.read("reviewer-a", read), [request(read.item("text"))])
    mine = entered_tip(world)
    over = replace(
        mine,
        id=read.id,
        items=tuple(seal_item(kind, read.id, b"{}", audience=mine.audience) for kind in ("text", "card")),
    )
    assert refused(keeper, entry(world, "reviewer-b", over), slips(over)) is Reason.TIP_EXISTS


def test_an_entry_is_made_once(world: World, keeper: Observed) -> None:
    tip = entered_tip(world)
    statement = entry(world, "reviewer-a", tip)
    keeper.client.enter(statement, slips(tip))
    assert refused(keeper, statement, slips(tip)) is Reason.REPLAYED
    assert refused(keeper, entry(world, "reviewer-a", tip), slips(tip)) is Reason.TIP_EXISTS


@pytest.mark.parametrize(
    "changes",
    [
        {"channel": "rumour"},
        {"sheet": "none"},
        {"claim": "ab"},
        {"items": []},
        {"text": "A gang runs the quarry."},
    ],
)
def test_an_entry_of_another_shape_is_refused(
    world: World, keeper: Observed, changes: dict[str, Any]
) -> None:
    tip = entered_tip(world)
    assert refused(keeper, entry(world, "reviewer-a", tip, **changes), slips(tip)) is Reason.MALFORMED


@pytest.mark.parametrize("sheets", [[], ["5e"], [SHEET, SHEET], [f"{n:064x}" for n in range(21)], "5e" * 32])
def test_sheets_of_another_shape_are_refused(world: World, keeper: Observed, sheets: Any) -> None:
    statement = world.sign("sheets", "reviewer-a", desk="intake", sheets=sheets)
    assert keeper.refused(statement) is Reason.MALFORMED


def test_slips_of_another_tip_claim_key_or_desk_are_refused(world: World, keeper: Observed) -> None:
    tip, other = entered_tip(world), entered_tip(world)
    for statement, frames in (
        (entry(world, "reviewer-a", tip), slips(other)),
        (entry(world, "reviewer-a", tip), slips(tip)[:1]),
        (entry(world, "reviewer-a", tip), list(reversed(slips(tip)))),
        (entry(world, "reviewer-a", tip, tip=other.id.hex()), slips(tip)),
        (entry(world, "reviewer-a", tip, claim=other.audience.claim.hex()), slips(tip)),
        (entry(world, "reviewer-a", tip), slips(tip, "integrity")),
    ):
        assert refused(keeper, statement, frames) is Reason.POLICY_MISMATCH


def test_an_entry_is_one_text_and_one_card(world: World, keeper: Observed) -> None:
    tip = entered_tip(world)
    for items in (tip.items[:1], tip.items[1:], (*tip.items, *tip.items)):
        part = replace(tip, items=items)
        reason = refused(keeper, entry(world, "reviewer-a", part), slips(part))
        assert reason in (Reason.POLICY_MISMATCH, Reason.MALFORMED)


@pytest.mark.parametrize(
    ("desks", "excluded"), [(("intake",), ("u7",)), (("nowhere",), ()), (("intake",), ("u2", "u3"))]
)
def test_a_route_that_nobody_reads_under_or_knows_is_refused(
    world: World, keeper: Observed, desks: tuple[str, ...], excluded: tuple[str, ...]
) -> None:
    if desks == ("nowhere",):
        tip = entered_tip(world)
        audience = replace(tip.audience, route=Route(("intake", "nowhere"), ()))
        items = tuple(seal_item(kind, tip.id, b"{}", audience=audience) for kind in ("text", "card"))
        tip = replace(tip, audience=audience, items=items)
    else:
        tip = entered_tip(world, *desks, excluded=excluded)
    assert refused(keeper, entry(world, "reviewer-a", tip), slips(tip)) is Reason.NOT_ALLOWED


def test_an_entry_is_no_other_operations_statement(world: World, keeper: Observed) -> None:
    tip = entered_tip(world)
    assert keeper.refused(entry(world, "reviewer-a", tip)) is Reason.NOT_ALLOWED
    reading = world.read("reviewer-a", tip)
    assert refused(keeper, reading, [request(tip.item("text"))]) is Reason.NOT_ALLOWED


def test_what_nobody_signed_or_entered_is_not_read(world: World, keeper: Observed) -> None:
    tip = entered_tip(world)
    reading = world.read("reviewer-a", tip)
    assert keeper.refused(reading, tip.item("text")) is Reason.CLAIM_SIGNATURE
    keeper.client.enter(entry(world, "reviewer-a", tip), slips(tip))
    again = seal_item("text", tip.id, b"{}", audience=tip.audience)
    assert keeper.refused(world.read("reviewer-a", tip, again), again) is Reason.CLAIM_SIGNATURE


def test_an_entered_tip_is_read_at_the_desk_of_its_route_alone(world: World, keeper: Observed) -> None:
    tip = entered_tip(world, "integrity", excluded=("u2",))
    record = keeper.client.enter(entry(world, "reviewer-a", tip), slips(tip, "integrity")).record
    stated = open_json(record, world.verifier)
    assert (stated["kind"], stated["tip"], stated["sheet"]) == ("entry", tip.id.hex(), SHEET)
    assert stated["items"] == [name(item) for item in tip.items]
    reading = world.read("reviewer-a", tip)
    assert keeper.refused(reading, tip.item("text"), desk="integrity") is Reason.POLICY_MISMATCH
    release = keeper.client.release(
        world.read("integrity", tip, desk="integrity"), [request(tip.item("text"), "integrity")]
    )
    assert release.route == Route(("integrity",), ("u2",))
    assert keeper.client.states([tip.id.hex()])[tip.id.hex()].desks == ("integrity",)


def test_what_the_reporter_adds_to_an_entered_tip_is_read(world: World, keeper: Observed) -> None:
    tip = entered_tip(world)
    keeper.client.enter(entry(world, "reviewer-a", tip), slips(tip))
    message = seal_item("message", tip.id, b"{}", audience=tip.audience, claim=tip.code.claim_key)
    items = (tip.item("text"), message)
    keeper.client.release(world.read("reviewer-a", tip, *items), [request(item) for item in items])


def test_the_record_of_sheets_names_each_of_them(world: World, keeper: Observed) -> None:
    statement = world.sign("sheets", "reviewer-a", desk="intake", sheets=["1a" * 32, SHEET])
    record = open_json(keeper.client.append(statement).record, world.verifier)
    assert (record["kind"], record["tip"], record["sheets"]) == ("sheets", "", ["1a" * 32, SHEET])
