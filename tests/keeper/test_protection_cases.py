"""Protection cases at the keeper: kept like tips, and never anything of a tip's."""

from collections.abc import Callable
from typing import Any

import pytest

from crypto.notes import open_json
from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.keeper.protecting import (
    DAY,
    FIRST,
    SECOND,
    advance,
    begun,
    form,
    move,
    proposed,
    read,
    second_member,
    stated,
    where,
)
from tests.keeper.test_cases import opened
from tests.keeper.test_clocks import look
from tests.keeper.test_entries import entered_tip, entry, slips
from tests.world import SealedTip, World, member_body, member_id, request
from tipline.keeper_client import Reason, Refused
from tipline.protection.states import ProtectionState
from tipline.tips.moves import TipState

NOTE = {"item": "0e" * 16, "hash": "cd" * 32}


@pytest.fixture
def case(world: World, keeper: Observed) -> SealedTip:
    """A case that its desk has read."""
    return begun(world, keeper)


# --- a case is no tip


@pytest.mark.parametrize("target", [state.value for state in TipState])
def test_a_case_is_never_moved_into_a_state_of_a_tip(
    world: World, keeper: Observed, case: SealedTip, target: str
) -> None:
    for rests in ({}, {"form": form(world, keeper, case)}):
        assert keeper.refused(move(world, case, "asked", target, **rests)) is Reason.NOT_ALLOWED
    assert where(keeper, case).state is ProtectionState.ASKED


@pytest.mark.parametrize("target", [state.value for state in ProtectionState])
def test_a_tip_is_never_moved_into_a_state_of_a_case(world: World, keeper: Observed, target: str) -> None:
    tip = opened(world, keeper)
    stated_here = move(world, tip, "received", target, by="reviewer-a", desk="intake")
    assert keeper.refused(stated_here) is Reason.NOT_ALLOWED


FOR_TIPS: dict[str, dict[str, Any]] = {
    "link": {"to": "0f" * 16},
    "unlink": {"to": "0f" * 16},
    "umbrella": {},
    "umbrella-step": {"step": "pursued"},
    "pause": {},
    "resume": {},
    "extend": {},
}


@pytest.mark.parametrize("kind", sorted(FOR_TIPS))
def test_what_is_stated_of_tips_alone_is_refused_of_a_case(
    world: World, keeper: Observed, case: SealedTip, kind: str
) -> None:
    other = begun(world, keeper)
    changes = dict(FOR_TIPS[kind], reason=NOTE)
    if "to" in changes:
        changes["to"] = other.id.hex()
    before = where(keeper, case)
    assert keeper.refused(stated(world, kind, case, **changes)) is Reason.NOT_ALLOWED
    assert where(keeper, case) == before


@pytest.mark.parametrize("kind", ["tags", "accused"])
def test_a_case_has_no_tags_and_no_accused(
    world: World, keeper: Observed, case: SealedTip, kind: str
) -> None:
    sealed = {"tip": case.id.hex(), "desk": "protection", "after": "", **NOTE}
    assert keeper.refused(world.sign(kind, FIRST, **sealed)) is Reason.NOT_ALLOWED


def test_a_case_is_never_closed_as_spam_or_transferred(
    world: World, keeper: Observed, case: SealedTip
) -> None:
    spam = world.sign("close-spam", FIRST, desk="protection", tips=[case.id.hex()], reason=NOTE)
    assert keeper.refused(spam) is Reason.NOT_ALLOWED
    letter = {"body": "police", "number": "2026-1", "packet": "cd" * 32}
    packed = world.sign("packet", FIRST, tip=case.id.hex(), desk="protection", **letter)
    assert keeper.refused(packed) is Reason.NOT_ALLOWED
    sent = move(world, case, "asked", "transferred", detail=letter)
    assert keeper.refused(sent) is Reason.NOT_ALLOWED


@pytest.fixture
def both_above(world: World, keeper: Observed) -> tuple[SealedTip, SealedTip]:
    """A tip and a case that have both come up to the integrity desk."""
    tip, case = opened(world, keeper, "integrity"), begun(world, keeper, "integrity", "protection")
    return tip, case


def _above(world: World, kind: str, tip: SealedTip, **changes: Any) -> Any:
    return stated(world, kind, tip, by="integrity", **({"desk": "integrity"} | changes))


def test_a_tip_and_a_case_are_never_linked_even_where_one_desk_reads_both(
    world: World, keeper: Observed, both_above: tuple[SealedTip, SealedTip]
) -> None:
    tip, case = both_above
    for one, other in ((tip, case), (case, tip)):
        assert keeper.refused(_above(world, "link", one, to=other.id.hex())) is Reason.NOT_ALLOWED
    for state in ("screening", "triage"):
        at = where(keeper, tip).state.value
        keeper.client.append(_above(world, "move", tip, **{"from": at, "to": state, "detail": {}}))
    repeats = {"from": "triage", "to": "duplicate", "detail": {"of": case.id.hex()}, "reason": NOTE}
    assert keeper.refused(_above(world, "move", tip, **repeats)) is Reason.NOT_ALLOWED
    own = begun(world, keeper)  # of another tip it is one, so it was the case that was refused
    assert own.id != case.id


def test_no_statement_names_a_tip_and_a_case_together(
    world: World, keeper: Observed, both_above: tuple[SealedTip, SealedTip]
) -> None:
    names = sorted(one.id.hex() for one in both_above)
    given = world.sign("assign", "integrity", desk="integrity", tips=names, to=member_id("integrity"))
    assert keeper.refused(given) is Reason.NOT_ALLOWED
    for one in names:
        keeper.client.append(
            world.sign("assign", "integrity", desk="integrity", tips=[one], to=member_id("integrity"))
        )


# --- routes


@pytest.mark.parametrize(
    "desks", [("intake", "protection"), ("intake", "integrity", "protection")], ids=" ".join
)
def test_nothing_begins_on_a_route_that_mixes_cases_and_tips(
    world: World, keeper: Observed, desks: tuple[str, ...]
) -> None:
    mixed = world.seal_tip(*desks)
    refused = keeper.refused(
        world.read(FIRST, mixed, desk="protection", purpose="protection"),
        mixed.item("text"),
        desk="protection",
    )
    assert refused is Reason.POLICY_MISMATCH
    assert look(keeper.client, *[]).stated == {}
    card = request(mixed.item("card"), desks[0])
    assert keeper.client.look_at_clocks([card], [world.clock.today()], []).stated == {}
    entered = entered_tip(world, *desks)
    statement = entry(world, FIRST, entered, desk="protection")
    frames = slips(entered, "protection")
    assert keeper.refusal(lambda: keeper.client.enter(statement, frames)) is Reason.NOT_ALLOWED


@pytest.mark.parametrize("desks", [["integrity"], ["intake"], ["intake", "protection"]], ids=" ".join)
def test_a_case_never_leaves_the_desk_that_protects(world: World, keeper: Observed, desks: list[str]) -> None:
    case = begun(world, keeper, "integrity", "protection")
    for signers, desk in (((FIRST, "integrity"), "protection"), (("integrity", FIRST), "integrity")):
        fields = {"tip": case.id.hex(), "desk": desk, "desks": desks, "excluded": [], "reason": {}}
        assert keeper.refused(world.sign("route", *signers, **fields)) is Reason.NOT_ALLOWED


@pytest.mark.parametrize("desks", [["protection"], ["integrity", "protection"], ["intake", "protection"]])
def test_a_tip_never_comes_to_the_desk_that_protects(
    world: World, keeper: Observed, desks: list[str]
) -> None:
    tip = opened(world, keeper)
    fields = {"tip": tip.id.hex(), "desk": "intake", "desks": desks, "excluded": [], "reason": {}}
    assert keeper.refused(world.sign("route", "reviewer-a", "integrity", **fields)) is Reason.NOT_ALLOWED


def test_a_case_goes_up_and_comes_back_as_tips_do(world: World, keeper: Observed, case: SealedTip) -> None:
    up: dict[str, Any] = {"desks": ["integrity", "protection"], "excluded": []}
    keeper.client.append(stated(world, "route", case, **up))
    view = keeper.client.states([case.id.hex()])[case.id.hex()]
    assert view.desks == ("integrity", "protection")
    back: dict[str, Any] = {"desks": ["protection"], "excluded": []}
    assert keeper.refused(stated(world, "route", case, **back)) is Reason.NOT_ALLOWED
    keeper.client.append(_above(world, "route", case, **back))


# --- who reads


def test_the_desk_that_protects_reads_no_tip_and_others_no_case(
    world: World, keeper: Observed, case: SealedTip
) -> None:
    tip = opened(world, keeper)
    text = world.staff_item(tip, "note", "protection")
    refused = keeper.refused(
        world.read(FIRST, tip, text, desk="protection", purpose="protection"), text, desk="protection"
    )
    assert refused is Reason.ITEM_MISMATCH
    for by, desk in (("reviewer-a", "intake"), ("integrity", "integrity")):
        foreign = world.staff_item(case, "note", desk)
        statement = world.read(by, case, foreign, desk=desk, purpose="reply")
        assert keeper.refused(statement, foreign, desk=desk) is Reason.ITEM_MISMATCH
    above = world.read("integrity", case, desk="integrity", purpose="reply")
    assert keeper.refused(above, case.item("text"), desk="integrity") is Reason.NOT_ALLOWED


@pytest.mark.parametrize("purpose", ["triage", "verification", "audit"])
def test_a_case_is_read_for_what_cases_are_read_for(
    world: World, keeper: Observed, case: SealedTip, purpose: str
) -> None:
    statement = world.read(FIRST, case, desk="protection", purpose=purpose)
    assert keeper.refused(statement, case.item("text"), desk="protection") is Reason.NOT_ALLOWED


@pytest.mark.parametrize("purpose", ["protection", "reply", "handover"])
def test_these_are_the_purposes_of_a_case(
    world: World, keeper: Observed, case: SealedTip, purpose: str
) -> None:
    read(world, keeper, case, purpose=purpose)
    assert keeper.entry(keeper.size() - 1).statement.body["purpose"] == purpose


def test_a_tip_is_never_read_for_protection(world: World, keeper: Observed) -> None:
    tip = opened(world, keeper)
    statement = world.read("reviewer-a", tip, purpose="protection")
    assert keeper.refused(statement, tip.item("text")) is Reason.NOT_ALLOWED


def test_somebody_who_is_excluded_does_nothing_with_a_case(world: World, keeper: Observed) -> None:
    second_member(world, keeper)
    case = begun(world, keeper, excluded=("u9",))
    statement = world.read(SECOND, case, desk="protection", purpose="protection")
    assert keeper.refused(statement, case.item("text"), desk="protection") is Reason.EXCLUDED
    for kind, fields in (("watch", {"every": 3}), ("move", {"from": "asked", "to": "ending", "detail": {}})):
        assert keeper.refused(stated(world, kind, case, by=SECOND, **fields)) is Reason.EXCLUDED


# --- entering


@pytest.mark.parametrize("route", ["intake", "integrity"])
def test_the_desk_that_protects_enters_no_tip(world: World, keeper: Observed, route: str) -> None:
    tip = entered_tip(world, route)
    statement = entry(world, FIRST, tip, desk="protection")
    assert keeper.refusal(lambda: keeper.client.enter(statement, slips(tip, route))) is Reason.NOT_ALLOWED


@pytest.mark.parametrize(
    ("by", "desk"), [(FIRST, "protection"), ("integrity", "integrity"), ("reviewer-a", "intake")]
)
def test_any_desk_calls_for_protection_and_only_that_of_protection_reads_on(
    world: World, keeper: Observed, by: str, desk: str
) -> None:
    tip = entered_tip(world, "protection")
    keeper.client.enter(entry(world, by, tip, desk=desk), slips(tip, "protection"))
    assert where(keeper, tip).state is ProtectionState.ASKED
    if desk != "protection":
        note = stated(world, "note", tip, by=by, desk=desk, **NOTE)
        fields = {name: note.body[name] for name in ("tip", "desk", "item", "hash")}
        assert keeper.refused(world.sign("note", by, **fields)) is Reason.NOT_ALLOWED


# --- first sight, the hour, escalation


def test_a_case_that_nobody_opened_is_taken_in_with_its_clock(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    case = world.seal_tip("protection")
    card = request(case.item("card"), "protection")
    assert keeper.client.look_at_clocks([card], [clock.today()], []).stated == {"received": 1}
    found = where(keeper, case)
    assert (found.state, found.due) == (ProtectionState.ASKED, clock.today())
    assert look(keeper.client).stated == {}
    clock.advance(DAY)
    assert look(keeper.client).stated == {"missed": 1}
    assert where(keeper, case).level == 1


def test_a_danger_goes_above_once_its_hour_has_passed_in_whatever_state_the_case_is(
    world: World, keeper: Observed, case: SealedTip
) -> None:
    begun_to_assess = begun(world, keeper)
    keeper.client.append(
        move(world, begun_to_assess, "asked", "assessing", form=form(world, keeper, begun_to_assess))
    )
    found = look(keeper.client, late=(case, begun_to_assess))
    assert found.stated == {"missed": 2}
    for each in (case, begun_to_assess):
        view = keeper.client.states([each.id.hex()])[each.id.hex()]
        assert (view.case.level, view.desks) == (2, ("integrity", "protection"))
    assert look(keeper.client, late=(case, begun_to_assess)).stated == {}
    assert open_json(found.records[case.id.hex()], world.verifier)["state"] == "asked"


# --- forms


def _no_note(world: World, keeper: Observed, case: SealedTip) -> dict[str, str]:
    return {"item": "5f" * 16, "hash": "cd" * 32}


def _of_another_case(world: World, keeper: Observed, case: SealedTip) -> dict[str, str]:
    return form(world, keeper, begun(world, keeper))


def _another_hash(world: World, keeper: Observed, case: SealedTip) -> dict[str, str]:
    return {**form(world, keeper, case), "hash": "ce" * 32}


def _no_note_but_a_text(world: World, keeper: Observed, case: SealedTip) -> dict[str, str]:
    text = case.item("text")
    return {"item": text.id.hex(), "hash": text.digest.hex()}


@pytest.mark.parametrize("wrong", [_no_note, _of_another_case, _another_hash, _no_note_but_a_text])
def test_a_move_rests_on_a_note_of_this_very_case(
    world: World, keeper: Observed, case: SealedTip, wrong: Callable[..., dict[str, str]]
) -> None:
    statement = move(world, case, "asked", "assessing", form=wrong(world, keeper, case))
    assert keeper.refused(statement) is Reason.ITEM_MISMATCH


def test_a_form_carries_no_second_move(world: World, keeper: Observed, case: SealedTip) -> None:
    filled = form(world, keeper, case)
    keeper.client.append(move(world, case, "asked", "assessing", form=filled))
    assert keeper.refused(move(world, case, "assessing", "planning", form=filled)) is Reason.NOT_ALLOWED
    assert keeper.refused(move(world, case, "assessing", "planning")) is Reason.NOT_ALLOWED
    keeper.client.append(move(world, case, "assessing", "planning", form=form(world, keeper, case)))


# --- two people


def test_who_proposes_is_never_who_approves_also_after_a_suspension_or_as_a_deputy(
    world: World, keeper: Observed, case: SealedTip
) -> None:
    second_member(world, keeper)
    advance(world, keeper, case, "assessing", "planning", "approving")
    approval: dict[str, Any] = {"from": "approving", "to": "protected"}
    approval["detail"] = {"form": proposed(keeper, case)}
    assert keeper.refused(stated(world, "move", case, **approval)) is Reason.ANOTHER_PERSON
    # The proposer leaves the desk and comes back as a deputy: still the one who proposed.
    me = member_id(FIRST)
    keeper.client.append(world.sign("revoke", "registrar", member=me, desk="protection"))
    assert keeper.refused(stated(world, "move", case, **approval)) is Reason.DESK_NOT_HELD
    deputy = {"member": me, "desk": "protection", "until": "2026-03-20"}
    keeper.client.append(world.sign("grant", "registrar", SECOND, **deputy))
    assert keeper.refused(stated(world, "move", case, **approval)) is Reason.ANOTHER_PERSON
    keeper.client.append(stated(world, "move", case, by=SECOND, **approval))
    assert where(keeper, case).state is ProtectionState.PROTECTED


def test_a_deputy_approves_while_the_office_lasts_and_not_after(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    keeper.client.append(world.sign("member", "registrar", member=member_body(SECOND, "u9")))
    deputy = {"member": member_id(SECOND), "desk": "protection", "until": "2026-03-03"}
    keeper.client.append(world.sign("grant", "registrar", FIRST, **deputy))
    advance(world, keeper, case, "assessing", "planning", "approving")
    rests = {"form": proposed(keeper, case)}
    clock.advance(DAY)
    approval = move(world, case, "approving", "protected", by=SECOND, **rests)
    with pytest.raises(Refused) as refused:
        keeper.client.append(approval)
    assert refused.value.reason is Reason.DESK_NOT_HELD


def test_an_approval_names_the_plan_that_waits_and_no_other(
    world: World, keeper: Observed, case: SealedTip
) -> None:
    """Whoever read the first plan says nothing of the second."""
    second_member(world, keeper)
    advance(world, keeper, case, "assessing", "planning", "approving")
    read_first = proposed(keeper, case)
    keeper.client.append(move(world, case, "approving", "planning", by=SECOND))
    advance(world, keeper, case, "approving")
    never_proposed, wrong_hash = form(world, keeper, case), {**proposed(keeper, case), "hash": "ce" * 32}
    for rests, reason in (
        ({}, Reason.NOT_ALLOWED),
        ({"form": read_first}, Reason.NOT_ALLOWED),
        ({"form": never_proposed}, Reason.NOT_ALLOWED),
        ({"form": wrong_hash}, Reason.ITEM_MISMATCH),
    ):
        assert keeper.refused(move(world, case, "approving", "protected", by=SECOND, **rests)) is reason
    rests = {"form": proposed(keeper, case)}
    keeper.client.append(move(world, case, "approving", "protected", by=SECOND, **rests))
    assert where(keeper, case).state is ProtectionState.PROTECTED


def test_an_ending_that_a_reason_proposed_is_confirmed_without_a_form(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    second_member(world, keeper)
    advance(world, keeper, case, "assessing")
    earlier = proposed(keeper, case)
    keeper.client.append(move(world, case, "assessing", "ending"))
    reply = {"tip": case.id.hex(), "desk": "protection", "item": "7e" * 16, "hash": "cd" * 32}
    keeper.client.append(world.sign("reply", FIRST, **reply))
    clock.advance(11 * DAY)
    refused = keeper.refused(move(world, case, "ending", "ended", by=SECOND, form=earlier))
    assert refused is Reason.NOT_ALLOWED
    keeper.client.append(move(world, case, "ending", "ended", by=SECOND))
    assert where(keeper, case).state is ProtectionState.ENDED


# --- the end


def test_an_ended_case_is_let_go_after_five_years_and_not_before(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    second_member(world, keeper)
    advance(world, keeper, case, "assessing", "planning", "approving", "protected", "ending")
    reply = {"tip": case.id.hex(), "desk": "protection", "item": "7e" * 16, "hash": "cd" * 32}
    keeper.client.append(world.sign("reply", FIRST, **reply))
    clock.advance(11 * DAY)
    advance(world, keeper, case, "ended")
    clock.advance(1826 * DAY)
    assert keeper.client.expiring().tips == ()
    with pytest.raises(Refused):
        keeper.client.erase([case.id.hex()])
    clock.advance(DAY)
    assert [tip for tip, _ in keeper.client.expiring().tips] == [case.id.hex()]
    keeper.client.erase([case.id.hex()])
    assert where(keeper, case).state is TipState.ERASED
