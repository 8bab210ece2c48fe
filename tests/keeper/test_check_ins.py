"""Check-ins: who agrees on them, what counts as one, and that silence is told whatever a site hides."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from crypto.keys import Identity, SigningKey
from crypto.notes import open_json
from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.keeper.protecting import DAY, FIRST, advance, begun, message, read, slip_of, stated, where
from tests.keeper.test_cases import opened
from tests.keeper.worked import stored_of
from tests.world import SealedTip, World
from tipline.keeper_client import Looked, Reason, SlipRequest
from tipline.sealing.audience import write_slips
from tipline.sealing.items import seal_item

TODAY = date(2026, 3, 3)  # a Tuesday
NOTE = {"item": "0e" * 16, "hash": "cd" * 32}


@pytest.fixture
def case(world: World, keeper: Observed) -> SealedTip:
    """A case that is being assessed, with a check-in agreed for every second day."""
    made = begun(world, keeper)
    advance(world, keeper, made, "assessing")
    keeper.client.append(stated(world, "watch", made, every=2))
    return made


def hand(keeper: Observed, *slips: SlipRequest, day: date = TODAY) -> Looked:
    return keeper.client.look_at_clocks(slips, [day] * len(slips), [])


def silence(keeper: Observed) -> Looked:
    """A look to which a site hands nothing."""
    return keeper.client.look_at_clocks([], [], [])


# --- who agrees


def test_fewer_check_ins_or_none_need_a_reason(world: World, keeper: Observed, case: SealedTip) -> None:
    assert keeper.refused(stated(world, "watch", case, every=0)) is Reason.NOT_ALLOWED
    assert keeper.refused(stated(world, "watch", case, every=30)) is Reason.NOT_ALLOWED
    assert where(keeper, case).watch_every == 2
    keeper.client.append(stated(world, "watch", case, every=1))
    keeper.client.append(stated(world, "watch", case, every=30, reason=NOTE))
    assert where(keeper, case).watch_every == 30


def test_check_ins_are_agreed_by_who_reads_the_case_and_for_a_case_that_runs(
    world: World, keeper: Observed
) -> None:
    asked, tip = begun(world, keeper), opened(world, keeper)
    assert keeper.refused(stated(world, "watch", asked, every=2)) is Reason.NOT_ALLOWED
    of_tip = stated(world, "watch", tip, by="reviewer-a", desk="intake", every=2)
    assert keeper.refused(of_tip) is Reason.NOT_ALLOWED
    advance(world, keeper, asked, "assessing")
    assert keeper.refused(stated(world, "watch", asked, by="reviewer-a", every=2)) is Reason.DESK_NOT_HELD
    foreign = stated(world, "watch", asked, by="integrity", desk="integrity", every=2)
    assert keeper.refused(foreign) is Reason.NOT_ALLOWED
    assert keeper.refused(stated(world, "watch", asked, every=0)) is Reason.NOT_ALLOWED


@pytest.mark.parametrize("every", [-1, 31, True, "2"])
def test_a_number_of_days_that_is_none_is_refused(world: World, keeper: Observed, every: object) -> None:
    case = begun(world, keeper)
    advance(world, keeper, case, "assessing")
    assert keeper.refused(stated(world, "watch", case, every=every)) is Reason.MALFORMED


def test_the_person_is_told_until_when_they_are_waited_for(
    world: World, keeper: Observed, case: SealedTip
) -> None:
    appended = keeper.client.append(stated(world, "watch", case, every=3, reason=NOTE))
    told = open_json(appended.records[case.id.hex()], world.verifier)
    assert (told["kind"], told["state"], told["watch"]) == ("watch", "assessing", "2026-03-06")
    ended = keeper.client.append(stated(world, "watch", case, every=0, reason={**NOTE, "item": "0f" * 16}))
    assert "watch" not in open_json(ended.records[case.id.hex()], world.verifier)
    assert (where(keeper, case).watch_every, where(keeper, case).watch_due) == (0, None)


# --- what counts


def test_a_message_counts_for_its_day_once_that_day_is_over(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    clock.advance(DAY)
    tomorrow = clock.today()
    sent = slip_of(message(case, tomorrow))
    for day in (tomorrow, tomorrow + timedelta(days=1)):
        assert hand(keeper, sent, day=day).stated == {}
    clock.advance(DAY)
    found = hand(keeper, sent, day=tomorrow)
    assert found.stated == {"checked-in": 1}
    stated_now = keeper.entry(keeper.size() - 1).statement
    assert (stated_now.signers, stated_now.body["tips"]) == (("keeper",), [case.id.hex()])
    assert stated_now.body["day"] == tomorrow.isoformat()
    assert where(keeper, case).watch_due == tomorrow + timedelta(days=2)
    assert open_json(found.records[case.id.hex()], world.verifier)["watch"] == "2026-03-06"


def test_a_message_counts_once_whatever_day_it_is_handed_over_with(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    clock.advance(2 * DAY)
    sent = slip_of(message(case, TODAY + timedelta(days=1)))
    assert hand(keeper, sent, day=TODAY + timedelta(days=1)).stated == {"checked-in": 1}
    due = where(keeper, case).watch_due
    clock.advance(DAY)
    for day in (TODAY + timedelta(days=1), TODAY + timedelta(days=2)):
        assert hand(keeper, sent, day=day).stated == {}
    assert where(keeper, case).watch_due == due
    clock.advance(DAY)
    silence(keeper)
    assert where(keeper, case).watch_level == 1


def test_a_message_that_was_read_counts_no_second_time(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    clock.advance(DAY)
    sent = message(case, clock.today())
    read(world, keeper, case, sent)
    assert where(keeper, case).watch_due == TODAY + timedelta(days=3)
    clock.advance(2 * DAY)
    read(world, keeper, case, sent)
    assert hand(keeper, slip_of(sent), day=TODAY + timedelta(days=2)).stated == {}
    assert where(keeper, case).watch_due == TODAY + timedelta(days=3)


def test_what_is_older_than_the_last_check_in_moves_nothing(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    clock.advance(2 * DAY)
    before = where(keeper, case)
    for day in (TODAY, TODAY - timedelta(days=5)):
        hand(keeper, slip_of(message(case, day)), day=day)
        assert where(keeper, case) == before


def test_a_forged_check_in_does_not_count(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    """Whoever writes rows has no claim key: they sign with another, with none, or take what staff wrote."""
    clock.advance(2 * DAY)
    sent, foreign = TODAY + timedelta(days=1), SigningKey.generate()
    own = message(case, sent)
    stolen = seal_item("message", case.id, b"{}", audience=case.audience, claim=foreign, day=sent)
    other = replace(case, audience=replace(case.audience, claim=foreign.public.raw))
    forged = seal_item("message", case.id, b"{}", audience=other.audience, claim=foreign, day=sent)
    reply = world.staff_item(case, "reply")
    before = where(keeper, case)
    slips = [
        slip_of(stolen),
        slip_of(forged),
        slip_of(reply),
        replace(slip_of(own), claim_signature=b""),
        replace(slip_of(own), claim_signature=message(case, sent).claim_signature),
        replace(slip_of(own), kind="card"),
        slip_of(case.item("card")),  # signed, and from the day on which they asked
        slip_of(message(begun(world, keeper), sent)),
    ]
    assert hand(keeper, *slips, day=sent).stated == {}
    assert where(keeper, case) == before
    assert hand(keeper, slip_of(own), day=sent).stated == {"checked-in": 1}


def test_messages_that_were_kept_back_count_for_their_own_day_only(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    """Whoever hides what a person sent cannot play it later, when the person is gone."""
    clock.advance(DAY)
    sent = clock.today()
    stock = [slip_of(message(case, sent)) for _ in range(4)]
    for kept_back in stock[:3]:
        clock.advance(2 * DAY)
        yesterday = clock.today() - timedelta(days=1)
        assert hand(keeper, kept_back, day=yesterday).stated == {}
        assert where(keeper, case).watch_due == TODAY + timedelta(days=2)
        silence(keeper)
    assert where(keeper, case).watch_level >= 1
    assert hand(keeper, stock[3], day=sent).stated == {"checked-in": 1}
    assert where(keeper, case).watch_due == sent + timedelta(days=2)
    silence(keeper)
    assert where(keeper, case).watch_level >= 1  # what came for its own day, too late, hides no silence


def test_a_message_that_was_kept_back_is_read_for_its_own_day_only(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    old = message(case, TODAY)
    clock.advance(2 * DAY)
    before = where(keeper, case).watch_due
    read(world, keeper, case, old)
    assert where(keeper, case).watch_due == before
    clock.advance(DAY)
    assert silence(keeper).stated == {"missed": 1}


def test_a_message_signed_for_a_day_to_come_does_not_count_when_it_is_read(
    world: World, keeper: Observed, case: SealedTip
) -> None:
    before = where(keeper, case)
    read(world, keeper, case, message(case, TODAY + timedelta(days=20)))
    assert where(keeper, case) == before


def test_a_message_without_a_day_or_with_a_changed_one_is_no_check_in(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    clock.advance(2 * DAY)
    sent, later, claim = TODAY, TODAY + timedelta(days=1), case.code.claim_key
    undated = seal_item("message", case.id, b"{}", audience=case.audience, claim=claim)
    genuine = message(case, sent)
    key = Identity.generate()
    parts = (case.id, genuine.id, "message", genuine.digest, key, case.audience)
    slips = [
        replace(genuine, slips=write_slips(*parts, later)),  # a slip of their own for what was signed
        replace(
            undated, slips=write_slips(case.id, undated.id, "message", undated.digest, *parts[4:], later)
        ),
        undated,
    ]
    before = where(keeper, case)
    assert hand(keeper, *map(slip_of, slips), day=later).stated == {}
    assert where(keeper, case) == before
    # It is read as before, and it is no sign of life.
    read(world, keeper, case, undated)
    assert where(keeper, case) == before


def test_messages_of_a_tip_and_of_a_case_without_check_ins_are_no_check_ins(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    tip, case = opened(world, keeper), begun(world, keeper)
    clock.advance(2 * DAY)
    slips = [slip_of(message(tip, TODAY), "intake"), slip_of(message(case, TODAY))]
    assert hand(keeper, *slips).stated == {}


def test_people_who_were_heard_on_one_day_stand_in_one_statement(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    other = begun(world, keeper)
    advance(world, keeper, other, "assessing")
    keeper.client.append(stated(world, "watch", other, every=7))
    clock.advance(3 * DAY)
    sent = TODAY + timedelta(days=1)
    slips = [slip_of(message(one, sent)) for one in (case, other, case)]
    assert hand(keeper, *slips, day=sent).stated == {"checked-in": 1}
    body = keeper.entry(keeper.size() - 1).statement.body
    assert body["tips"] == sorted(one.id.hex() for one in (case, other))


# --- silence


def test_a_check_in_that_a_site_hides_raises_the_case(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    message(case, TODAY)  # it was sent, and never comes here
    clock.advance(2 * DAY)
    assert silence(keeper).stated == {}
    clock.advance(DAY)
    found = silence(keeper)
    assert found.stated == {"missed": 1}
    body = keeper.entry(keeper.size() - 1).statement.body
    assert (body["check_in"], body["due"], body["state"], body["level"]) == (
        True,
        "2026-03-05",
        "assessing",
        1,
    )
    assert where(keeper, case).told == 1
    clock.advance(5 * DAY)
    keeper.client.append(stated(world, "move", case, **_to_planning(world, keeper, case)))
    assert silence(keeper).stated == {"missed": 1}
    view = keeper.client.states([case.id.hex()])[case.id.hex()]
    assert (view.case.watch_level, view.case.level, view.desks) == (2, 0, ("integrity", "protection"))
    clock.advance(DAY)
    assert silence(keeper).stated == {}


def _to_planning(world: World, keeper: Observed, case: SealedTip) -> dict[str, Any]:
    filled = {"item": "f0" * 16, "hash": "cd" * 32}
    keeper.client.append(world.sign("note", FIRST, tip=case.id.hex(), desk="protection", **filled))
    return {"from": "assessing", "to": "planning", "detail": {"form": filled}}


def test_a_missed_deadline_and_a_missed_check_in_are_both_stated(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    clock.advance(6 * DAY)  # Monday: three working days and the second day are over
    assert silence(keeper).stated == {"missed": 2}
    bodies = [keeper.entry(keeper.size() - number).statement.body for number in (2, 1)]
    assert [body.get("check_in", False) for body in bodies] == [False, True]
    found = where(keeper, case)
    assert (found.level, found.watch_level) == (1, 1)


def test_who_is_heard_again_is_no_longer_missed(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    clock.advance(3 * DAY)
    assert silence(keeper).stated == {"missed": 1}
    read(world, keeper, case, message(case, clock.today()))
    assert (where(keeper, case).told, where(keeper, case).watch_due) == (0, TODAY + timedelta(days=5))
    clock.advance(3 * DAY)
    silence(keeper)
    assert where(keeper, case).watch_level == 1


def test_nothing_is_missed_before_all_that_came_was_handed_over(
    world: World, keeper: Observed, clock: FixedClock, case: SealedTip
) -> None:
    clock.advance(3 * DAY)
    another = begun(world, keeper)
    assert hand(keeper, slip_of(another.item("card")), day=TODAY).stated == {}
    sent = TODAY + timedelta(days=2)
    assert hand(keeper, slip_of(message(case, sent)), day=sent).stated == {"checked-in": 1}
    assert silence(keeper).stated == {}


def test_what_stands_of_check_ins_passes_the_weekly_comparison(world: World, clock: FixedClock) -> None:
    with world.keeper():
        keeper = Observed(world)
        made = begun(world, keeper)
        advance(world, keeper, made, "assessing")
        keeper.client.append(stated(world, "watch", made, every=1))
        clock.advance(2 * DAY)
        sent = TODAY + timedelta(days=1)
        hand(keeper, slip_of(message(made, sent)), day=sent)
        clock.advance(DAY)
        assert silence(keeper).stated == {"missed": 1}
        keeper.client.held.end(keeper.client.held.begin()[0])
    stored_of(world).check()
