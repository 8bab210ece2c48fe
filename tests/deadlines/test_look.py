"""`tipline clocks`: what nobody opened is taken in after its day, what is overdue is stated once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from crypto.keys import SigningKey
from crypto.notes import open_json
from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.world import SealedTip, World, request
from tipline.deadlines import look
from tipline.deadlines.look import look_at_clocks
from tipline.ids import INTEGRITY
from tipline.keeper import clockwork, models
from tipline.keeper_client import AdminKeeper, KeeperUnavailable, Looked, TipView
from tipline.tips.models import Item, Tip

DAY = 86_400
REASON = {"item": "ab" * 16, "hash": "cd" * 32}


def looked(world: World, keeper: Observed) -> Mapping[str, int]:
    return look_at_clocks(world.database, keeper.client, world.clock)


def view(keeper: Observed, tip: SealedTip) -> TipView:
    return keeper.client.states([tip.id.hex()])[tip.id.hex()]


def row(world: World, tip: SealedTip) -> Tip:
    with world.database.reading() as session:
        found = session.get(Tip, tip.id)
        assert found is not None
        session.expunge(found)
        return found


def change(world: World, tip: SealedTip, **values: Any) -> None:
    with world.database.writing() as session:
        session.execute(update(Tip).where(Tip.id == tip.id).values(**values))


def told(world: World, tip: SealedTip) -> dict[str, Any]:
    """What the stored record says to the reporter."""
    record = row(world, tip).state_record
    assert record is not None
    return open_json(record, world.verifier)


def last(keeper: Observed, number: int = 1) -> Mapping[str, Any]:
    """The body of the last entry, or of one before it."""
    return keeper.entry(keeper.size() - number).statement.body


def move(world: World, tip: SealedTip, source: str, target: str, **changes: Any) -> Any:
    fields = {"tip": tip.id.hex(), "desk": "intake", "from": source, "to": target, "reason": {}, "detail": {}}
    return world.sign("move", "reviewer-a", **(fields | changes))


def step(world: World, tip: SealedTip, kind: str, **changes: Any) -> Any:
    return world.sign(kind, "reviewer-a", **({"tip": tip.id.hex(), "desk": "intake", "reason": {}} | changes))


def opened(world: World, keeper: Observed, *desks: str) -> SealedTip:
    """A tip that was read."""
    tip = world.put_in(world.seal_tip(*desks))
    by = "integrity" if desks == ("integrity",) else "reviewer-a"
    desk = desks[0] if desks else "intake"
    keeper.client.release(world.read(by, tip, desk=desk), [request(tip.item("text"), desk)])
    return tip


def test_while_the_keeper_is_away_nothing_is_written(world: World) -> None:
    tip = world.put_in(world.seal_tip())
    with pytest.raises(KeeperUnavailable):
        look_at_clocks(world.database, world.client(), world.clock)
    assert (row(world, tip).level, row(world, tip).state_record) == (0, None)


def test_what_came_today_is_not_taken_in(world: World, keeper: Observed) -> None:
    world.put_in(world.seal_tip())
    size = keeper.size()
    assert looked(world, keeper) == {}
    assert keeper.size() == size


def test_what_nobody_vouches_for_is_not_taken_in_and_hides_no_other(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    forged = world.seal_tip()
    foreign = SigningKey.generate().sign(b"another message")
    items = tuple(replace(item, claim_signature=foreign) for item in forged.items)
    tips = [world.put_in(replace(forged, items=items)), world.put_in(world.seal_tip())]
    clock.advance(DAY)
    assert looked(world, keeper) == {"received": 1}
    assert keeper.client.states(tip.id.hex() for tip in tips).keys() == {tips[1].id.hex()}


def test_on_the_next_day_tips_are_taken_in_by_one_statement_that_tells_no_order(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    tips = [world.put_in(world.seal_tip()) for _ in range(5)]
    clock.advance(DAY)
    size = keeper.size()
    assert looked(world, keeper) == {"received": 1}
    assert keeper.size() == size + 1
    body = last(keeper)
    assert (body["type"], body["by"], body["day"]) == ("received", ["keeper"], "2026-03-03")
    assert body["tips"] == sorted(tip.id.hex() for tip in tips)
    # The clock began on the day on which they came, not on the one on which they were taken in.
    assert [view(keeper, tip).case.due for tip in tips] == [date(2026, 3, 4)] * 5
    assert looked(world, keeper) == {}


def test_a_danger_tip_waits_for_its_hour_and_no_longer(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    tip, calm = world.put_in(world.seal_tip()), world.put_in(world.seal_tip())
    change(world, tip, due_at=(clock.now() + timedelta(hours=3)).replace(tzinfo=None))
    assert looked(world, keeper) == {}
    clock.advance(3 * 3_600)
    assert looked(world, keeper) == {"received": 1, "missed": 1}
    found = view(keeper, tip)
    assert (found.case.level, found.desks) == (2, ("intake", "integrity"))
    assert keeper.client.states([calm.id.hex()]) == {}
    assert (row(world, tip).level, row(world, tip).desk) == (2, INTEGRITY)
    assert row(world, tip).due_at is not None  # until somebody acknowledges it
    assert (told(world, tip)["state"], told(world, tip)["level"]) == ("received", 2)
    assert looked(world, keeper) == {}


def test_the_hour_of_a_danger_tip_that_somebody_took_up_is_not_missed(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    tip = opened(world, keeper)
    change(world, tip, due_at=(clock.now() + timedelta(hours=3)).replace(tzinfo=None))
    keeper.client.append(move(world, tip, "received", "screening"))
    clock.advance(4 * 3_600)
    assert looked(world, keeper) == {}
    assert view(keeper, tip).case.level == 0


def test_a_missed_deadline_goes_to_the_lead_and_after_two_working_days_to_the_desk_above(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    tip = world.put_in(world.seal_tip())  # Tuesday; due on Wednesday
    clock.advance(DAY)
    assert looked(world, keeper) == {"received": 1}
    clock.advance(DAY)
    assert looked(world, keeper) == {"missed": 1}
    body = last(keeper)
    assert (body["state"], body["due"], body["level"], body["desks"]) == (
        *("received", "2026-03-04", 1),
        ["intake"],
    )
    assert (row(world, tip).level, row(world, tip).desk) == (1, "intake")
    assert (told(world, tip)["level"], "desks" in told(world, tip)) == (1, False)
    for _ in range(4):  # Friday, Saturday, Sunday, Monday: that is two working days
        clock.advance(DAY)
        assert looked(world, keeper) == {}
    clock.advance(DAY)
    assert looked(world, keeper) == {"missed": 1}
    found = view(keeper, tip)
    assert (found.case.level, found.desks) == (2, ("intake", "integrity"))
    assert (row(world, tip).level, row(world, tip).desk, row(world, tip).card_group) == (2, INTEGRITY, None)
    clock.advance(30 * DAY)
    assert looked(world, keeper) == {}


def test_the_desk_above_may_read_from_then_on_and_not_before(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    tip = opened(world, keeper)
    text = tip.item("text")
    before = world.read("integrity", tip, text, desk="integrity")
    assert keeper.refused(before, text, desk="integrity") == "not-allowed"
    clock.advance(2 * DAY)
    looked(world, keeper)
    clock.advance(5 * DAY)
    looked(world, keeper)
    after = world.read("integrity", tip, text, desk="integrity")
    assert keeper.client.release(after, [request(text, "integrity")]).inner


def test_after_thirty_days_of_silence_the_desk_goes_on(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    tip = opened(world, keeper)
    for source, target in (("received", "screening"), ("screening", "triage"), ("triage", "need-more")):
        keeper.client.append(move(world, tip, source, target))
    clock.advance(30 * DAY)
    assert looked(world, keeper) == {}
    clock.advance(DAY)
    assert looked(world, keeper) == {"silence": 1}
    assert (view(keeper, tip).state, view(keeper, tip).case.since) == ("triage", clock.today())
    assert (row(world, tip).state, row(world, tip).due_on) == ("triage", view(keeper, tip).case.due)
    assert (told(world, tip)["state"], told(world, tip)["due"]) == (
        "triage",
        row(world, tip).due_on.isoformat(),
    )
    assert looked(world, keeper) == {}


def test_while_a_clock_stands_still_nothing_is_missed(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    tip = opened(world, keeper)
    keeper.client.append(step(world, tip, "pause", reason=REASON))
    clock.advance(39 * DAY)
    assert looked(world, keeper) == {}
    keeper.client.append(step(world, tip, "resume"))
    assert looked(world, keeper) == {}
    assert view(keeper, tip).case.due is not None
    clock.advance(3 * DAY)  # from Saturday
    assert looked(world, keeper) == {"missed": 1}


def test_a_pause_that_is_over_ends_in_the_row_and_for_the_reporter(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    tip = opened(world, keeper)
    keeper.client.append(step(world, tip, "pause", reason=REASON))
    look.write_down(world.database, keeper.client, [tip.id.hex()])
    assert row(world, tip).paused
    clock.advance(43 * DAY)
    assert looked(world, keeper) == {"pause-end": 1}
    assert not row(world, tip).paused
    assert (told(world, tip)["paused"], told(world, tip)["due"]) == (False, "2026-04-15")


def test_a_pause_that_ended_while_the_row_was_not_written_ends_there_at_the_next_look(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    tip = opened(world, keeper)
    keeper.client.append(step(world, tip, "pause", reason=REASON))
    look.write_down(world.database, keeper.client, [tip.id.hex()])
    assert row(world, tip).paused
    clock.advance(43 * DAY)
    keeper.client.look_at_clocks([], [], [])  # its answer is lost
    assert row(world, tip).paused
    looked(world, keeper)
    assert not row(world, tip).paused


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> int:
    """One question takes up as few as this."""
    for room in (look, clockwork):
        monkeypatch.setattr(room, "AT_ONCE", 10)
    return 10


def test_clocks_that_stand_still_after_a_miss_hide_no_other(
    world: World, keeper: Observed, clock: FixedClock, few_at_once: int
) -> None:
    waiting = [opened(world, keeper) for _ in range(few_at_once + 2)]
    clock.advance(2 * DAY)
    assert looked(world, keeper) == {"missed": len(waiting)}
    for number, tip in enumerate(waiting):
        keeper.client.append(step(world, tip, "pause", reason={"item": f"{number:032x}", "hash": "cd" * 32}))
    late = opened(world, keeper)
    clock.advance(10 * DAY)
    assert looked(world, keeper) == {"missed": 1}
    assert view(keeper, late).case.level == 1


def test_many_tips_are_taken_in_and_stated_over_several_questions(
    world: World, keeper: Observed, clock: FixedClock, few_at_once: int
) -> None:
    tips = [world.put_in(world.seal_tip()) for _ in range(2 * few_at_once + 3)]
    clock.advance(2 * DAY)
    assert looked(world, keeper) == {"received": 3, "missed": len(tips)}
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).where(Tip.level == 1)) == len(tips)


class Killed(BaseException):
    """The process ended here."""


def stated_and_killed(client: AdminKeeper, *asked: Any) -> Looked:
    """The keeper states what it found, and nobody hears its answer."""
    STATED(client, *asked)
    raise Killed


STATED = AdminKeeper.look_at_clocks


@pytest.mark.parametrize("gone", ["missed", "silence", "danger"])
def test_a_run_that_was_killed_before_its_rows_is_made_good_by_the_next(
    world: World, keeper: Observed, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    tip = opened(world, keeper)
    if gone == "silence":
        for source, target in (("received", "screening"), ("screening", "triage"), ("triage", "need-more")):
            keeper.client.append(move(world, tip, source, target))
        looked(world, keeper)
        change(world, tip, state="need-more", due_on=view(keeper, tip).case.due)
        clock.advance(40 * DAY)
    elif gone == "danger":
        change(world, tip, due_at=clock.now().replace(tzinfo=None))
    else:
        clock.advance(2 * DAY)
    size = keeper.size()
    with monkeypatch.context() as patch:
        patch.setattr(type(keeper.client), "look_at_clocks", stated_and_killed)
        with pytest.raises(Killed):
            looked(world, keeper)
    assert keeper.size() == size + 1
    assert row(world, tip).level == 0
    assert looked(world, keeper) == {}
    assert keeper.size() == size + 1
    case = view(keeper, tip).case
    assert (row(world, tip).state, row(world, tip).level) == (case.state, case.level)
    assert told(world, tip).items() >= case.standing().items()


def test_a_record_that_a_member_left_meanwhile_is_not_written_over(
    world: World, keeper: Observed, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tip = opened(world, keeper)
    clock.advance(2 * DAY)
    states = type(keeper.client).states

    def meanwhile(client: Any, tips: Any) -> Any:
        """Between the keeper's statement and the rows, a member moves the tip."""
        if view_of := states(client, [tip.id.hex()]):
            case = view_of[tip.id.hex()].case
            if (case.level, case.state) == (1, "received"):
                client.append(move(world, tip, "received", "screening"))
        return states(client, tips)

    monkeypatch.setattr(type(keeper.client), "states", meanwhile)
    looked(world, keeper)
    assert (row(world, tip).state, told(world, tip)["state"]) == ("screening", "screening")


def test_what_is_stored_of_a_tip_tells_no_hour(world: World, keeper: Observed, clock: FixedClock) -> None:
    tip = world.put_in(world.seal_tip())
    clock.advance(DAY)
    looked(world, keeper)
    with world.database.reading() as session:
        days = {item.day for item in session.scalars(select(Item).where(Item.tip_id == tip.id))}
    assert days == {date(2026, 3, 3)}
    database = world.open_database(world.settings.keeper_database_url)
    with database.reading() as session:
        stored = session.execute(select(models.tips.c.file, models.tips.c.due)).one()
    assert b"T" not in stored.file
    assert stored.due == "2026-03-04"
