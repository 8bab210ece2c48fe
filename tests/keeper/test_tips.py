"""What is stated about a tip: replies, notes, moves and routes."""

from typing import Any

import pytest

from crypto.notes import open_json
from crypto.statements import Statement
from tests.keeper.observed import Observed
from tests.world import UNITS, SealedTip, World, name, request
from tipline.keeper_client import Reason

REASON = {"item": "ab" * 16, "hash": "cd" * 32}


@pytest.fixture
def tip(world: World, keeper: Observed) -> SealedTip:
    """A tip at the intake desk, excluding the village u4, read once."""
    sealed = world.seal_tip(excluded=["u4"])
    keeper.client.release(world.read("reviewer-a", sealed), [request(sealed.item("text"))])
    return sealed


def move(world: World, by: str, tip: SealedTip, source: str, target: str, **changes: Any) -> Statement:
    fields = {"tip": tip.id.hex(), "desk": "intake", "from": source, "to": target, "detail": {}, "reason": {}}
    return world.sign("move", by, **(fields | changes))


def item(world: World, kind: str, by: str, tip: SealedTip, **changes: Any) -> Statement:
    fields = {"tip": tip.id.hex(), "desk": "intake", "item": "12" * 16, "hash": "34" * 32}
    return world.sign(kind, by, **(fields | changes))


@pytest.mark.parametrize("kind", ["reply", "note", "move", "route"])
class TestEveryStatementAboutATip:
    def stated(self, world: World, kind: str, by: str, tip: SealedTip, **changes: Any) -> Statement:
        if kind == "move":
            return move(world, by, tip, "received", "screening", **changes)
        if kind == "route":
            return world.route(by, tip, **({"desks": ["intake"], "excluded": ["u4"]} | changes))
        return item(world, kind, by, tip, **changes)

    def test_needs_the_desk_it_names(self, world: World, keeper: Observed, tip: SealedTip, kind: str) -> None:
        assert keeper.refused(self.stated(world, kind, "integrity", tip)) is Reason.DESK_NOT_HELD

    def test_needs_a_desk_of_the_latest_route(
        self, world: World, keeper: Observed, tip: SealedTip, kind: str
    ) -> None:
        statement = self.stated(world, kind, "integrity", tip, desk="integrity")
        assert keeper.refused(statement) is Reason.NOT_ALLOWED

    def test_is_not_for_auditors(self, world: World, keeper: Observed, tip: SealedTip, kind: str) -> None:
        statement = self.stated(world, kind, "auditor", tip, desk="auditors")
        assert keeper.refused(statement) is Reason.NOT_ALLOWED

    def test_is_not_for_excluded_members(
        self, world: World, keeper: Observed, tip: SealedTip, kind: str
    ) -> None:
        keeper.client.append(world.route("reviewer-b", tip, desks=["intake"], excluded=["u2", "u4"]))
        assert keeper.refused(self.stated(world, kind, "reviewer-a", tip)) is Reason.EXCLUDED

    def test_needs_a_tip_that_was_read_or_listed(
        self, world: World, keeper: Observed, tip: SealedTip, kind: str
    ) -> None:
        assert keeper.refused(self.stated(world, kind, "reviewer-a", world.seal_tip())) is Reason.UNKNOWN_TIP

    def test_leaves_a_signed_record(self, world: World, keeper: Observed, tip: SealedTip, kind: str) -> None:
        statement = self.stated(world, kind, "reviewer-a", tip)
        appended = keeper.client.append(statement)
        record = open_json(appended.record or appended.records[tip.id.hex()], world.verifier)
        assert record["day"] == "2026-03-03"
        assert (record["kind"], record["tip"], record["index"]) == (kind, tip.id.hex(), appended.index)
        assert record["statement"] == statement.digest


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_an_item_that_is_there_already_is_refused(
    world: World, keeper: Observed, tip: SealedTip, kind: str
) -> None:
    statement = item(world, kind, "reviewer-a", tip, item=tip.item("text").id.hex())
    assert keeper.refused(statement) is Reason.ITEM_MISMATCH


@pytest.mark.parametrize(
    ("source", "target"), [("received", "triage"), ("received", "closed"), ("screening", "triage")]
)
def test_a_move_that_the_table_does_not_have_is_refused(
    world: World, keeper: Observed, tip: SealedTip, source: str, target: str
) -> None:
    assert keeper.refused(move(world, "reviewer-a", tip, source, target)) is Reason.NOT_ALLOWED


def test_a_move_to_an_unknown_state_is_refused(world: World, keeper: Observed, tip: SealedTip) -> None:
    assert keeper.refused(move(world, "reviewer-a", tip, "received", "burnt")) is Reason.MALFORMED


def test_a_move_happens_once(world: World, keeper: Observed, tip: SealedTip) -> None:
    keeper.client.append(move(world, "reviewer-a", tip, "received", "screening"))
    assert keeper.refused(move(world, "reviewer-b", tip, "received", "screening")) is Reason.NOT_ALLOWED
    assert keeper.client.states([tip.id.hex()])[tip.id.hex()].state == "screening"


def test_a_tips_state_names_the_latest_routes_desks_and_excluded_units(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    keeper.client.append(move(world, "reviewer-a", tip, "received", "screening"))
    assert keeper.client.states([tip.id.hex()])[tip.id.hex()].excluded == ("u4",)
    keeper.client.append(world.route("reviewer-b", tip, desks=["intake"], excluded=["u2", "u4"]))
    view = keeper.client.states([tip.id.hex()])[tip.id.hex()]
    assert (view.desks, view.excluded) == (("intake",), ("u2", "u4"))


def test_a_move_that_ends_a_tips_way_needs_a_reason(world: World, keeper: Observed, tip: SealedTip) -> None:
    keeper.client.append(move(world, "reviewer-a", tip, "received", "screening"))
    keeper.client.append(move(world, "reviewer-a", tip, "screening", "triage"))
    without = move(world, "reviewer-a", tip, "triage", "outside-remit")
    assert keeper.refused(without) is Reason.NOT_ALLOWED
    with_reason = move(world, "reviewer-a", tip, "triage", "outside-remit", reason=REASON)
    assert keeper.client.append(with_reason).records


def test_a_reason_pins_its_item(world: World, keeper: Observed, tip: SealedTip) -> None:
    keeper.client.append(move(world, "reviewer-a", tip, "received", "screening", reason=REASON))
    again = move(world, "reviewer-a", tip, "screening", "triage", reason=REASON)
    assert keeper.refused(again) is Reason.ITEM_MISMATCH


def test_a_state_stays_after_a_restart(world: World) -> None:
    tip = world.seal_tip()
    with world.keeper():
        keeper = Observed(world)
        keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
        keeper.client.append(move(world, "reviewer-a", tip, "received", "screening"))
    with world.keeper():
        keeper = Observed(world)
        assert keeper.refused(move(world, "reviewer-a", tip, "received", "screening")) is Reason.NOT_ALLOWED
        assert keeper.client.append(move(world, "reviewer-a", tip, "screening", "triage")).records


def test_one_person_lifts_no_exclusion(world: World, keeper: Observed, tip: SealedTip) -> None:
    statement = world.route("reviewer-a", tip, desks=["intake"], excluded=[])
    assert keeper.refused(statement) is Reason.TWO_SIGNATURES


def test_replacing_an_excluded_unit_is_lifting_it(world: World, keeper: Observed, tip: SealedTip) -> None:
    statement = world.route("reviewer-a", tip, desks=["intake"], excluded=["u3"])
    assert keeper.refused(statement) is Reason.TWO_SIGNATURES


def lift(world: World, tip: SealedTip, *by: str) -> Statement:
    fields = {"tip": tip.id.hex(), "desk": "intake", "desks": ["intake"], "excluded": [], "reason": {}}
    return world.sign("route", *by, **fields)


def test_two_of_one_desk_lift_no_exclusion(world: World, keeper: Observed, tip: SealedTip) -> None:
    assert keeper.refused(lift(world, tip, "reviewer-a", "reviewer-b")) is Reason.TWO_SIGNATURES


def test_two_from_outside_the_desk_lift_no_exclusion(world: World, keeper: Observed, tip: SealedTip) -> None:
    assert keeper.refused(lift(world, tip, "integrity", "registrar")) is Reason.DESK_NOT_HELD


def test_nobody_lifts_the_exclusion_of_their_own_unit(world: World, keeper: Observed) -> None:
    tip = world.seal_tip(excluded=["u9"])
    keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
    assert keeper.refused(lift(world, tip, "reviewer-a", "integrity")) is Reason.EXCLUDED


def test_three_are_one_too_many(world: World, keeper: Observed, tip: SealedTip) -> None:
    assert keeper.refused(lift(world, tip, "reviewer-a", "integrity", "registrar")) is Reason.NOT_ALLOWED


@pytest.mark.parametrize(
    "changes",
    [
        {"desks": ["auditors"], "excluded": ["u4"]},
        {"desks": ["custodians"], "excluded": ["u4"]},
        {"desks": ["nowhere"], "excluded": ["u4"]},
        {"desks": ["intake"], "excluded": ["u4", "u77"]},
    ],
    ids=str,
)
def test_a_route_to_what_cannot_read_or_is_not_there_is_refused(
    world: World, keeper: Observed, tip: SealedTip, changes: dict[str, Any]
) -> None:
    assert keeper.refused(world.route("reviewer-a", tip, **changes)) is Reason.NOT_ALLOWED


@pytest.mark.parametrize(
    "changes", [{"desks": [], "excluded": []}, {"desks": ["b", "a"], "excluded": []}], ids=str
)
def test_a_route_of_another_shape_is_refused(
    world: World, keeper: Observed, tip: SealedTip, changes: dict[str, Any]
) -> None:
    assert keeper.refused(world.route("reviewer-a", tip, **changes)) is Reason.MALFORMED


def test_nobody_buries_a_tip(world: World, keeper: Observed, tip: SealedTip) -> None:
    for desks in (["intake"], ["integrity"]):
        everybody = world.route("reviewer-a", tip, desks=desks, excluded=sorted(UNITS))
        assert keeper.refused(everybody) is Reason.NOT_ALLOWED


@pytest.mark.parametrize("desks", [["intake", "integrity"], ["intake"]], ids=str)
def test_one_person_lets_no_other_desk_in(world: World, keeper: Observed, desks: list[str]) -> None:
    above = world.seal_tip("integrity")
    read = world.read("integrity", above, desk="integrity")
    keeper.client.release(read, [request(above.item("text"), "integrity")])
    opened = world.route("integrity", above, desk="integrity", desks=desks, excluded=[])
    assert keeper.refused(opened) is Reason.TWO_SIGNATURES


def test_one_person_hands_a_tip_to_integrity_and_nobody_there_hands_it_back_alone(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    keeper.client.append(world.route("reviewer-a", tip, desks=["integrity"], excluded=["u4"]))
    back = world.route("integrity", tip, desk="integrity", desks=["intake"], excluded=["u4"])
    assert keeper.refused(back) is Reason.TWO_SIGNATURES


def test_one_from_the_desk_and_one_from_outside_lift_an_exclusion(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    appended = keeper.client.append(lift(world, tip, "reviewer-a", "integrity"))
    assert open_json(appended.record, world.verifier)["excluded"] == []


def test_a_reply_is_pinned_by_its_statement(world: World, keeper: Observed, tip: SealedTip) -> None:
    reply = world.staff_item(tip, "reply")
    appended = keeper.client.append(item(world, "reply", "reviewer-a", tip, **name(reply)))
    record = open_json(appended.record, world.verifier)
    assert (record["item"], record["hash"]) == (reply.id.hex(), reply.digest.hex())
