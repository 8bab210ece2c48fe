"""What is stated about a tip's case: who may, for which tips, and what stands afterwards."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from crypto.notes import open_json
from crypto.statements import Statement
from tests.keeper.observed import Observed
from tests.world import SealedTip, World, member_id, request
from tipline.keeper.shapes import MAX_TIPS
from tipline.keeper_client import Reason, Refused
from tipline.tips.case_file import CaseFile

ONE_TIP = ("move", "pause", "resume", "extend", "umbrella", "umbrella-step", "link", "unlink")
"""Statements of one person about one tip."""
MANY_TIPS = ("assign", "close-spam")
OF_TWO = ("hold", "unhold")
LETTER = {"body": "police", "number": "2026-1", "packet": "cd" * 32}


def reason(number: int = 1) -> dict[str, str]:
    return {"item": f"{number:032x}", "hash": "cd" * 32}


def opened(world: World, keeper: Observed, *desks: str, excluded: Sequence[str] = ()) -> SealedTip:
    """A tip that was read once."""
    tip = world.seal_tip(*desks, excluded=excluded)
    desk = tip.audience.route.desks[0]
    by = "integrity" if desk == "integrity" else "reviewer-a"
    keeper.client.release(world.read(by, tip, desk=desk), [request(tip.item("text"), desk)])
    return tip


@pytest.fixture
def tip(world: World, keeper: Observed) -> SealedTip:
    """A tip at the intake desk, excluding the village u4."""
    return opened(world, keeper, excluded=["u4"])


def stated(world: World, kind: str, by: str | tuple[str, ...], *tips: SealedTip, **changes: Any) -> Statement:
    """A statement of any of these types with all its fields."""
    names = sorted(tip.id.hex() for tip in tips)
    fields: dict[str, Any] = {"desk": "intake", "reason": reason()}
    fields |= {"tips": names} if kind in MANY_TIPS else {"tip": tips[0].id.hex()}
    more: dict[str, dict[str, Any]] = {
        "move": {"from": "received", "to": "screening", "detail": {}},
        "umbrella-step": {"step": "pursued"},
        "link": {"to": "0f" * 16},
        "unlink": {"to": "0f" * 16},
        "assign": {"to": member_id("reviewer-b")},
    }
    fields |= more.get(kind, {})
    if kind == "assign":
        del fields["reason"]
    return world.sign(kind, *([by] if isinstance(by, str) else by), **(fields | changes))


def move(world: World, tip: SealedTip, source: str, target: str, **changes: Any) -> Statement:
    fields = {"from": source, "to": target, "reason": {}, "by": "reviewer-a"} | changes
    return stated(world, "move", fields.pop("by"), tip, **fields)


def advance(world: World, keeper: Observed, tip: SealedTip, *states: str) -> None:
    """Move a tip from where it stands through these states; to a transfer under the next number."""
    for state in states:
        detail: dict[str, Any] = {}
        if state == "transferred":
            add_police(world, keeper)
            detail = {**LETTER, "number": keeper.client.next_letter("intake")}
        elif state == "verifying":
            receipt = {"item": "5e" * 16, "hash": "cd" * 32}
            note = {"tip": tip.id.hex(), "desk": "intake", **receipt}
            keeper.client.append(world.sign("note", "reviewer-a", **note))
            detail = {"receipt": receipt}
        keeper.client.append(move(world, tip, case(keeper, tip).state, state, detail=detail))


def add_police(world: World, keeper: Observed) -> None:
    """The competent body that letters go to."""
    police = {"id": "police", "names": {"zh": "区公安分局", "en": "Police"}, "recipient": "", "accepts": True}
    keeper.client.append(world.sign("body", "registrar", "integrity", body=police))


def case(keeper: Observed, tip: SealedTip) -> CaseFile:
    return keeper.client.states([tip.id.hex()])[tip.id.hex()].case


@pytest.mark.parametrize("kind", [*ONE_TIP, *MANY_TIPS])
class TestEveryStatementOfOne:
    def test_needs_the_desk_it_names(self, world: World, keeper: Observed, tip: SealedTip, kind: str) -> None:
        assert keeper.refused(stated(world, kind, "integrity", tip)) is Reason.DESK_NOT_HELD

    def test_needs_a_desk_of_the_latest_route(
        self, world: World, keeper: Observed, tip: SealedTip, kind: str
    ) -> None:
        statement = stated(world, kind, "integrity", tip, desk="integrity", **_to(kind, "integrity"))
        assert keeper.refused(statement) is Reason.NOT_ALLOWED

    def test_is_not_for_auditors(self, world: World, keeper: Observed, tip: SealedTip, kind: str) -> None:
        statement = stated(world, kind, "auditor", tip, desk="auditors", **_to(kind, "auditor"))
        assert keeper.refused(statement) is Reason.NOT_ALLOWED

    def test_is_not_for_somebody_who_is_excluded(self, world: World, keeper: Observed, kind: str) -> None:
        tip = opened(world, keeper, excluded=["u3"])
        statement = stated(world, kind, "reviewer-b", tip, **_to(kind, "reviewer-a"))
        assert keeper.refused(statement) is Reason.EXCLUDED

    def test_needs_a_tip_that_was_seen(self, world: World, keeper: Observed, kind: str) -> None:
        assert keeper.refused(stated(world, kind, "reviewer-a", world.seal_tip())) is Reason.UNKNOWN_TIP

    def test_is_of_one_person(self, world: World, keeper: Observed, tip: SealedTip, kind: str) -> None:
        statement = stated(world, kind, ("reviewer-a", "reviewer-b"), tip)
        assert keeper.refused(statement) is Reason.NOT_ALLOWED

    def test_changes_nothing_when_it_is_refused(
        self, world: World, keeper: Observed, tip: SealedTip, kind: str
    ) -> None:
        before = case(keeper, tip)
        keeper.refused(stated(world, kind, "integrity", tip))
        assert case(keeper, tip) == before


def _to(kind: str, name: str) -> dict[str, str]:
    return {"to": member_id(name)} if kind == "assign" else {}


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("move", {"detail": {"letter": "x"}}),
        ("move", {"detail": {"number": "2026-0"}}),
        ("move", {"detail": []}),
        ("move", {"to": "burnt"}),
        ("pause", {"reason": "because"}),
        ("umbrella-step", {"step": "burnt"}),
        ("assign", {"tips": []}),
        ("assign", {"tips": ["ab" * 16, "ab" * 16]}),
        ("assign", {"tips": ["cd" * 16, "ab" * 16]}),
        ("assign", {"tips": [f"{number:032x}" for number in range(MAX_TIPS + 1)]}),
        ("assign", {"to": 7}),
        ("close-spam", {"tips": "all"}),
        ("link", {"to": ""}),
        ("hold", {"more": 1}),
    ],
    ids=str,
)
def test_a_statement_of_another_shape_is_refused(
    world: World, keeper: Observed, tip: SealedTip, kind: str, changes: dict[str, Any]
) -> None:
    assert keeper.refused(stated(world, kind, "reviewer-a", tip, **changes)) is Reason.MALFORMED


def test_nobody_is_given_a_tip_that_excludes_them(world: World, keeper: Observed) -> None:
    tip = opened(world, keeper, excluded=["u3"])
    assert keeper.refused(stated(world, "assign", "reviewer-a", tip)) is Reason.EXCLUDED
    assert case(keeper, tip).assignee == ""


@pytest.mark.parametrize("name", ["integrity", "registrar", "nobody"])
def test_nobody_is_given_a_tip_of_a_desk_that_they_do_not_hold(
    world: World, keeper: Observed, tip: SealedTip, name: str
) -> None:
    statement = stated(world, "assign", "reviewer-a", tip, to=member_id(name))
    assert keeper.refused(statement) is Reason.NOT_ALLOWED


def test_a_tip_is_given_and_given_back(world: World, keeper: Observed, tip: SealedTip) -> None:
    keeper.client.append(stated(world, "assign", "reviewer-a", tip))
    assert case(keeper, tip).assignee == member_id("reviewer-b")
    keeper.client.append(stated(world, "assign", "reviewer-b", tip, to=""))
    assert case(keeper, tip).assignee == ""


def test_an_exclusion_takes_a_tip_from_whoever_may_no_longer_have_it(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    keeper.client.append(stated(world, "assign", "reviewer-a", tip))
    keeper.client.append(world.route("reviewer-a", tip, desks=["intake"], excluded=["u3", "u4"]))
    assert case(keeper, tip).assignee == ""


def test_one_statement_gives_two_hundred_tips_and_each_knows_of_it(world: World, keeper: Observed) -> None:
    tips = [world.seal_tip() for _ in range(MAX_TIPS)]
    slips = [request(tip.item("card")) for tip in tips]
    named = [{"item": tip.item("card").id.hex(), "hash": tip.item("card").digest.hex()} for tip in tips]
    keeper.client.list_cards(world.sign("list", "reviewer-a", desk="intake", items=named), slips)
    size = keeper.size()
    keeper.client.append(stated(world, "assign", "reviewer-a", *tips))
    assert keeper.size() == size + 1
    assert {case(keeper, tip).assignee for tip in tips} == {member_id("reviewer-b")}
    for tip in (tips[0], tips[-1]):
        reading = world.read("reviewer-a", tip)
        keeper.client.release(reading, [request(tip.item("text"))])
        kinds = [entry.entry.statement.body["type"] for entry in keeper.client.history(reading)]
        assert kinds == ["assign", "read"]
    assert len(keeper.client.append(stated(world, "close-spam", "reviewer-a", *tips)).records) == MAX_TIPS


@pytest.mark.parametrize("kind", MANY_TIPS)
def test_of_many_tips_all_or_none_are_changed(
    world: World, keeper: Observed, tip: SealedTip, kind: str
) -> None:
    far = opened(world, keeper)
    advance(world, keeper, far, "screening", "triage", "need-more")
    above = opened(world, keeper, "integrity")
    others = [above, world.seal_tip()] + ([far] if kind == "close-spam" else [])
    for other in others:
        with pytest.raises(Refused):
            keeper.client.append(stated(world, kind, "reviewer-a", tip, other))
        assert (case(keeper, tip).state, case(keeper, tip).assignee) == ("received", "")


def test_spam_needs_a_reason_and_its_item_is_pinned_once(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    other = opened(world, keeper)
    assert keeper.refused(stated(world, "close-spam", "reviewer-a", tip, reason={})) is Reason.NOT_ALLOWED
    appended = keeper.client.append(stated(world, "close-spam", "reviewer-a", tip))
    assert open_json(appended.records[tip.id.hex()], world.verifier)["state"] == "closed"
    assert (case(keeper, tip).state, case(keeper, tip).ending) == ("closed", "spam")
    assert keeper.refused(stated(world, "close-spam", "reviewer-a", other)) is Reason.ITEM_MISMATCH


@pytest.mark.parametrize("kind", ["pause", "extend", "umbrella-step"])
def test_what_stops_or_lengthens_a_clock_needs_a_reason(
    world: World, keeper: Observed, tip: SealedTip, kind: str
) -> None:
    assert keeper.refused(stated(world, kind, "reviewer-a", tip, reason={})) is Reason.NOT_ALLOWED


def test_a_paused_tip_stands_still_until_somebody_lets_it_go_on(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    paused = keeper.client.append(stated(world, "pause", "reviewer-a", tip))
    assert open_json(paused.records[tip.id.hex()], world.verifier)["paused"] is True
    assert keeper.refused(stated(world, "pause", "reviewer-a", tip, reason=reason(2))) is Reason.NOT_ALLOWED
    assert keeper.refused(move(world, tip, "received", "screening")) is Reason.NOT_ALLOWED
    resumed = keeper.client.append(stated(world, "resume", "reviewer-b", tip, reason={}))
    assert open_json(resumed.records[tip.id.hex()], world.verifier)["paused"] is False
    advance(world, keeper, tip, "screening")


def test_links_stand_on_both_tips_and_go_from_both(world: World, keeper: Observed, tip: SealedTip) -> None:
    other = opened(world, keeper)
    here, there = tip.id.hex(), other.id.hex()
    assert keeper.refused(stated(world, "link", "reviewer-a", tip, to=here)) is Reason.NOT_ALLOWED
    assert keeper.refused(stated(world, "unlink", "reviewer-a", tip, to=there)) is Reason.NOT_ALLOWED
    keeper.client.append(stated(world, "link", "reviewer-a", tip, to=there))
    assert (case(keeper, tip).links, case(keeper, other).links) == ((there,), (here,))
    again = stated(world, "link", "reviewer-a", other, to=here, reason=reason(2))
    assert keeper.refused(again) is Reason.NOT_ALLOWED
    keeper.client.append(stated(world, "unlink", "reviewer-b", other, to=here, reason=reason(3)))
    assert (case(keeper, tip).links, case(keeper, other).links) == ((), ())


def test_nobody_links_a_tip_that_they_may_not_know_of(world: World, keeper: Observed, tip: SealedTip) -> None:
    hidden, above = opened(world, keeper, excluded=["u3"]), opened(world, keeper, "integrity")
    for other, why in ((hidden, Reason.EXCLUDED), (above, Reason.NOT_ALLOWED)):
        assert keeper.refused(stated(world, "link", "reviewer-b", tip, to=other.id.hex())) is why


def test_a_duplicate_is_of_another_tip_at_the_same_desk(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    advance(world, keeper, tip, "screening", "triage")
    above = opened(world, keeper, "integrity")
    wrong = {
        tip.id.hex(): Reason.NOT_ALLOWED,
        above.id.hex(): Reason.NOT_ALLOWED,
        "0f" * 16: Reason.UNKNOWN_TIP,
    }
    for of, why in wrong.items():
        assert keeper.refused(move(world, tip, "triage", "duplicate", detail={"of": of})) is why
    other = opened(world, keeper)
    keeper.client.append(move(world, tip, "triage", "duplicate", detail={"of": other.id.hex()}))
    assert case(keeper, tip).duplicate_of == other.id.hex()


def test_letters_have_the_numbers_of_their_year_without_a_gap(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    other = opened(world, keeper)
    add_police(world, keeper)
    for each in (tip, other):
        advance(world, keeper, each, "screening", "triage")
    assert keeper.client.next_letter("intake") == "2026-1"
    for number in ("2026-2", "2025-1", "2027-1"):
        wrong = move(world, tip, "triage", "transferred", detail={**LETTER, "number": number})
        assert keeper.refused(wrong) is Reason.NUMBER_TAKEN
    keeper.client.append(move(world, tip, "triage", "transferred", detail=LETTER))
    assert keeper.refused(move(world, other, "triage", "transferred", detail=LETTER)) is Reason.NUMBER_TAKEN
    second = {**LETTER, "number": keeper.client.next_letter("intake")}
    keeper.client.append(move(world, other, "triage", "transferred", detail=second))
    assert (case(keeper, tip).letter, case(keeper, other).letter) == ("2026-1", "2026-2")


def test_a_letter_of_a_refused_move_is_not_used_up(world: World, keeper: Observed, tip: SealedTip) -> None:
    assert keeper.refused(move(world, tip, "triage", "transferred", detail=LETTER)) is Reason.NOT_ALLOWED
    assert keeper.client.next_letter("intake") == "2026-1"


def test_an_umbrella_tip_has_its_clocks_outside_the_township_alone(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    assert keeper.refused(stated(world, "umbrella", "reviewer-a", tip)) is Reason.NOT_ALLOWED
    above = opened(world, keeper, "integrity")
    at_the_district = {"desk": "integrity"}
    keeper.client.append(stated(world, "umbrella", "integrity", above, **at_the_district))
    assert case(keeper, above).umbrella == {
        "pursued": "2026-03-06",
        "reported": "2026-03-10",
        "transferred": "2026-03-17",
    }
    step = stated(world, "umbrella-step", "integrity", above, reason=reason(2), **at_the_district)
    keeper.client.append(step)
    assert case(keeper, above).umbrella["pursued"] == "+2026-03-03"
    again = stated(world, "umbrella-step", "integrity", above, reason=reason(3), **at_the_district)
    assert keeper.refused(again) is Reason.NOT_ALLOWED


@pytest.mark.parametrize("kind", OF_TWO)
@pytest.mark.parametrize(
    ("by", "why"),
    [
        (("reviewer-a",), Reason.TWO_SIGNATURES),
        (("reviewer-a", "reviewer-b"), Reason.TWO_SIGNATURES),
        (("registrar", "integrity"), Reason.DESK_NOT_HELD),
        (("reviewer-a", "registrar", "integrity"), Reason.TWO_SIGNATURES),
    ],
    ids=str,
)
def test_a_hold_takes_one_from_the_desk_and_one_from_outside(
    world: World, keeper: Observed, tip: SealedTip, kind: str, by: tuple[str, ...], why: Reason
) -> None:
    assert keeper.refused(stated(world, kind, by, tip)) is why


def test_nobody_whose_unit_is_excluded_holds_a_tip(world: World, keeper: Observed) -> None:
    tip = opened(world, keeper, excluded=["u9"])
    assert keeper.refused(stated(world, "hold", ("reviewer-a", "integrity"), tip)) is Reason.EXCLUDED


def test_a_hold_is_put_on_and_taken_off_once_each(world: World, keeper: Observed, tip: SealedTip) -> None:
    pair = ("reviewer-a", "registrar")
    assert keeper.refused(stated(world, "unhold", pair, tip)) is Reason.NOT_ALLOWED
    assert keeper.refused(stated(world, "hold", pair, tip, reason={})) is Reason.NOT_ALLOWED
    keeper.client.append(stated(world, "hold", pair, tip))
    assert case(keeper, tip).held
    assert keeper.refused(stated(world, "hold", pair, tip, reason=reason(2))) is Reason.NOT_ALLOWED
    keeper.client.append(stated(world, "unhold", pair, tip, reason=reason(3)))
    assert not case(keeper, tip).held


def test_a_record_for_the_reporter_names_nobody(world: World, keeper: Observed, tip: SealedTip) -> None:
    keeper.client.append(stated(world, "assign", "reviewer-a", tip))
    appended = keeper.client.append(move(world, tip, "received", "screening"))
    record = appended.records[tip.id.hex()]
    text = record.decode()
    for secret in (member_id("reviewer-a"), member_id("reviewer-b"), "intake", "u4"):
        assert secret not in text
    assert open_json(record, world.verifier)["due"] == "2026-03-04"


def test_two_who_move_a_tip_at_once_end_in_one_state_and_one_of_them_is_told(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    advance(world, keeper, tip, "screening", "triage")
    clients = [world.client("one.json"), world.client("two.json")]
    moves = [
        move(world, tip, "triage", "need-more"),
        move(world, tip, "triage", "outside-remit", by="reviewer-b", reason=reason()),
    ]

    def made(client: Any, statement: Statement) -> str:
        try:
            client.append(statement)
        except Refused as refused:
            return str(refused.reason)
        return str(statement.body["to"])

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(made, clients, moves))
    done = [end for end in ends if end != Reason.NOT_ALLOWED]
    assert (len(done), case(keeper, tip).state) == (1, done[0])


def test_a_case_is_the_same_after_a_restart(world: World) -> None:
    with world.keeper():
        keeper = Observed(world)
        tip = opened(world, keeper)
        keeper.client.append(stated(world, "assign", "reviewer-a", tip))
        advance(world, keeper, tip, "screening", "triage", "transferred", "verifying")
        keeper.client.append(stated(world, "extend", "reviewer-a", tip, reason=reason(2)))
        before = case(keeper, tip)
    with world.keeper():
        keeper = Observed(world)
        assert case(keeper, tip) == before
        assert keeper.client.next_letter("intake") == "2026-2"
        again = stated(world, "extend", "reviewer-a", tip, reason=reason(3))
        assert keeper.refused(again) is Reason.NOT_ALLOWED


def test_a_lost_record_is_said_again_and_of_no_unknown_tip(
    world: World, keeper: Observed, tip: SealedTip
) -> None:
    advance(world, keeper, tip, "screening")
    records = keeper.client.standings([tip.id.hex(), "0f" * 16])
    assert records.keys() == {tip.id.hex()}
    said = open_json(records[tip.id.hex()], world.verifier)
    assert said.items() >= case(keeper, tip).standing().items()
    assert (said["type"], said["kind"], said["index"]) == ("standing", "restated", keeper.size() - 1)
