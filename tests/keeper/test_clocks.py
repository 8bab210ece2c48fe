"""What the keeper states by itself, and the calendar that two people give it."""

from datetime import date
from typing import Any

import pytest

from crypto.notes import open_json
from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.keeper.test_cases import case, move, opened, reason, stated
from tests.world import SealedTip, World, request
from tipline.keeper.shapes import OWN_TYPES
from tipline.keeper_client import AdminKeeper, Looked, Reason, Refused, SlipRequest
from tipline.keeper_client.frames import to_text
from tipline.sealing.items import NewItem, seal_item

DAY = 86_400
TODAY = date(2026, 3, 3)


def look(
    client: AdminKeeper, *tips: SealedTip, day: date = TODAY, late: tuple[SealedTip, ...] = ()
) -> Looked:
    """Hand the keeper the cards of tips, with the day on which they came."""
    slips = [request(tip.item("card")) for tip in tips]
    return client.look_at_clocks(slips, [day] * len(slips), [tip.id.hex() for tip in late])


@pytest.mark.parametrize("kind", sorted(OWN_TYPES))
def test_nobody_states_what_the_keeper_states_by_itself(world: World, keeper: Observed, kind: str) -> None:
    tip = opened(world, keeper)
    fields: dict[str, Any] = {"tip": tip.id.hex(), "desk": "intake", "reason": {}, "level": 2, "tips": []}
    assert keeper.refused(world.sign(kind, "reviewer-a", **fields)) is Reason.MALFORMED
    assert case(keeper, tip).level == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"days": []},
        {"days": ["2026-03-03", "2026-03-03"]},
        {"days": ["2026-3-3"]},
        {"days": [20260303]},
        {"slips": "all"},
        {"tips": ["burnt"]},
    ],
    ids=str,
)
def test_a_look_of_another_shape_is_refused(world: World, keeper: Observed, changes: dict[str, Any]) -> None:
    card = request(world.seal_tip().item("card"))
    frame = {"slip": to_text(card.slip), "kind": card.kind, "claim_signature": to_text(card.claim_signature)}
    asked = {"slips": [frame], "days": ["2026-03-03"], "tips": []} | changes
    size = keeper.size()
    with pytest.raises(Refused) as refused:
        keeper.ask("clocks", **asked)
    assert (refused.value.reason, keeper.size()) == (Reason.MALFORMED, size)


def test_a_tip_that_comes_tomorrow_or_that_nobody_signed_is_not_taken_in(
    world: World, keeper: Observed
) -> None:
    tip = world.seal_tip()
    assert look(keeper.client, tip, day=date(2026, 3, 4)).stated == {}
    card = request(tip.item("card"))
    for wrong in (
        SlipRequest(card.slip, card.kind),
        SlipRequest(card.slip, "text", card.claim_signature),
        SlipRequest(b"no slip", card.kind, card.claim_signature),
    ):
        assert keeper.client.look_at_clocks([wrong], [TODAY], []).stated == {}
    assert keeper.client.states([tip.id.hex()]) == {}


def test_what_was_taken_in_is_pinned_as_at_a_first_reading(world: World, keeper: Observed) -> None:
    tip = world.seal_tip(excluded=["u2"])
    look(keeper.client, tip)
    text = tip.item("text")
    assert keeper.refused(world.read("reviewer-a", tip), text) is Reason.EXCLUDED
    assert keeper.client.release(world.read("reviewer-b", tip), [request(text)]).inner
    assert look(keeper.client, tip).stated == {}


def test_tips_of_several_days_are_taken_in_by_one_statement_a_day(world: World, keeper: Observed) -> None:
    tips = [world.seal_tip() for _ in range(6)]
    slips = [request(tip.item("card")) for tip in tips]
    days = [date(2026, 3, 1 + number % 3) for number in range(6)]
    assert keeper.client.look_at_clocks(slips, days, []).stated == {"received": 3}
    assert [case(keeper, tip).since for tip in tips] == days


def test_an_hour_that_passed_counts_for_what_nobody_took_up_and_only_once(
    world: World, keeper: Observed
) -> None:
    tip, begun, unknown = opened(world, keeper), opened(world, keeper), world.seal_tip()
    keeper.client.append(move(world, begun, "received", "screening"))
    found = look(keeper.client, late=(tip, begun, unknown))
    assert found.stated == {"missed": 1}
    assert open_json(found.records[tip.id.hex()], world.verifier)["level"] == 2
    assert look(keeper.client, late=(tip, begun, unknown)).stated == {}


def test_a_step_of_an_umbrella_tip_that_is_missed_escalates_while_its_own_clock_stands_still(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    tip = opened(world, keeper, "integrity")
    keeper.client.append(stated(world, "umbrella", "integrity", tip, desk="integrity"))
    keeper.client.append(stated(world, "pause", "integrity", tip, desk="integrity", reason=reason(2)))
    clock.advance(3 * DAY)  # Friday: the last day for pursuing it
    assert look(keeper.client).stated == {}
    clock.advance(DAY)
    assert look(keeper.client).stated == {"missed": 1}
    assert case(keeper, tip).level == 1


def test_a_pause_ends_by_itself_and_its_reporter_is_told_so(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    tip = opened(world, keeper)
    keeper.client.append(stated(world, "pause", "reviewer-a", tip, reason=reason(2)))
    clock.advance(42 * DAY)  # thirty working days
    assert look(keeper.client).stated == {}
    clock.advance(DAY)
    found = look(keeper.client)
    assert found.stated == {"pause-end": 1}
    told = open_json(found.records[tip.id.hex()], world.verifier)
    assert (told["paused"], told["due"], told["kind"]) == (False, "2026-04-15", "pause-end")
    assert keeper.entry(keeper.size() - 1).statement.signers == ("keeper",)
    assert look(keeper.client).stated == {}
    clock.advance(DAY)  # the working day that was left is over
    assert look(keeper.client).stated == {"missed": 1}


def test_a_clock_that_stood_still_for_its_term_is_not_stopped_again(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    tip = opened(world, keeper)
    keeper.client.append(stated(world, "pause", "reviewer-a", tip, reason=reason(2)))
    clock.advance(60 * DAY)
    look(keeper.client)
    again = stated(world, "pause", "reviewer-a", tip, reason=reason(3))
    assert keeper.refused(again) is Reason.NOT_ALLOWED
    keeper.client.append(move(world, tip, "received", "screening"))
    keeper.client.append(stated(world, "pause", "reviewer-a", tip, reason=reason(4)))


def message_of(world: World, tip: SealedTip) -> NewItem:
    """What the tip's reporter adds."""
    claim = tip.code.claim_key
    return seal_item("message", tip.id, b"{}", audience=tip.audience, claim=claim)


def waiting(world: World, keeper: Observed, clock: FixedClock, number: int = 1) -> list[SealedTip]:
    """Tips that spent a day in triage, Tuesday to Wednesday, and wait for more since then."""
    tips = [opened(world, keeper) for _ in range(number)]
    for tip in tips:
        keeper.client.append(move(world, tip, "received", "screening"))
        keeper.client.append(move(world, tip, "screening", "triage"))
    clock.advance(DAY)
    for tip in tips:
        keeper.client.append(move(world, tip, "triage", "need-more"))
    return tips


def test_a_desk_that_asks_for_more_and_hears_nothing_new_has_no_new_clock(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    [tip] = waiting(world, keeper, clock)
    clock.advance(7 * DAY)
    keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
    clock.advance(DAY)
    keeper.client.append(move(world, tip, "need-more", "triage"))
    # Two working days were left on Wednesday the fourth, and are left on Thursday the twelfth.
    assert case(keeper, tip).due == date(2026, 3, 16)
    for source, target in (("triage", "need-more"), ("need-more", "triage")):
        keeper.client.append(move(world, tip, source, target))
    assert case(keeper, tip).due == date(2026, 3, 16)


def test_only_a_message_that_its_reporter_signed_begins_triage_anew(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    heard, forged = waiting(world, keeper, clock, 2)
    clock.advance(14 * DAY)
    said, made_up = message_of(world, heard), message_of(world, forged)
    keeper.client.release(world.read("reviewer-a", heard, said), [request(said)])
    unsigned = SlipRequest(request(made_up).slip, "message")
    with pytest.raises(Refused):
        keeper.client.release(world.read("reviewer-a", forged, made_up), [unsigned])
    clock.advance(DAY)
    for tip, due in ((heard, date(2026, 3, 24)), (forged, date(2026, 3, 23))):
        keeper.client.append(move(world, tip, "need-more", "triage"))
        assert case(keeper, tip).due == due


def calendar(world: World, *by: str, **changes: Any) -> Any:
    fields = {"year": 2026, "off": ["2026-03-04", "2026-03-05"], "worked": ["2026-03-07"]}
    return world.sign("calendar", *by, **(fields | changes))


def deadlines(world: World, *by: str, **days: Any) -> Any:
    return world.sign("deadlines", *by, days=days)


@pytest.mark.parametrize("make", [calendar, lambda world, *by: deadlines(world, *by, triage=5)])
@pytest.mark.parametrize(
    ("by", "why"),
    [
        (("registrar",), Reason.TWO_SIGNATURES),
        (("reviewer-a", "reviewer-b"), Reason.NOT_ALLOWED),
    ],
    ids=str,
)
def test_one_person_sets_no_clock(
    world: World, keeper: Observed, make: Any, by: tuple[str, ...], why: Reason
) -> None:
    assert keeper.refused(make(world, *by)) is why


@pytest.mark.parametrize(
    "changes",
    [
        {"off": ["2026-03-05", "2026-03-04"]},
        {"off": ["2027-03-04"]},
        {"off": ["2026-02-30"]},
        {"worked": ["2026-03-04"]},
        {"year": "2026"},
    ],
    ids=str,
)
def test_a_calendar_that_says_nothing_clear_is_refused(
    world: World, keeper: Observed, changes: dict[str, Any]
) -> None:
    assert keeper.refused(calendar(world, "registrar", "integrity", **changes)) is Reason.MALFORMED


@pytest.mark.parametrize("days", [{"burnt": 3}, {"triage": 0}, {"triage": "3"}, {"triage": 99_999}], ids=str)
def test_a_deadline_that_is_none_is_refused(world: World, keeper: Observed, days: dict[str, Any]) -> None:
    assert keeper.refused(deadlines(world, "registrar", "integrity", **days)) is Reason.MALFORMED


def test_days_off_and_made_up_days_move_what_is_due_from_then_on(world: World) -> None:
    with world.keeper():
        keeper = Observed(world)
        before = opened(world, keeper)
        keeper.client.append(calendar(world, "registrar", "integrity"))
        keeper.client.append(deadlines(world, "registrar", "integrity", screening=2))
        after = opened(world, keeper)
        # Wednesday and Thursday are off, Saturday is worked.
        assert (case(keeper, before).due, case(keeper, after).due) == (date(2026, 3, 4), date(2026, 3, 6))
        keeper.client.append(move(world, after, "received", "screening"))
        assert case(keeper, after).due == date(2026, 3, 7)
    with world.keeper():  # and after a restart
        keeper = Observed(world)
        assert case(keeper, opened(world, keeper)).due == date(2026, 3, 6)
        clocks = keeper.client.roster().clocks
        assert clocks.set_days == {"screening": 2}
        assert not clocks.calendar.is_worked(date(2026, 3, 4))


def test_what_stood_still_goes_on_after_a_restart_and_is_missed_in_time(
    world: World, clock: FixedClock
) -> None:
    with world.keeper():
        keeper = Observed(world)
        tip = opened(world, keeper)
        clock.advance(2 * DAY)
        assert look(keeper.client).stated == {"missed": 1}
    clock.advance(4 * DAY)
    with world.keeper():
        clock.advance(DAY)  # a day's patience with a log that was silent for long: see test_leaping_clock
        keeper = Observed(world)
        assert look(keeper.client).stated == {"missed": 1}
        assert keeper.client.states([tip.id.hex()])[tip.id.hex()].desks == ("intake", "integrity")
        assert look(keeper.client).stated == {}
