"""What must still be kept is not erased; what was erased opens to nobody."""

from datetime import date
from typing import Any

import pytest

from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.keeper.test_cases import case, move, opened, reason, stated
from tests.world import SealedTip, World, name, request
from tipline.keeper import expiry
from tipline.keeper_client import Reason, Refused

DAY = 86_400
GOES_ON = 61 * DAY
"""Spam is kept for sixty days."""


@pytest.fixture
def tip(world: World, keeper: Observed) -> SealedTip:
    """A tip that was closed as spam today."""
    return spam(world, keeper, 1)


def spam(world: World, keeper: Observed, number: int) -> SealedTip:
    tip = opened(world, keeper)
    keeper.client.append(stated(world, "close-spam", "reviewer-a", tip, reason=reason(number)))
    return tip


def erase(keeper: Observed, *tips: SealedTip) -> dict[str, int]:
    return dict(keeper.client.erase([tip.id.hex() for tip in tips]).stated)


def why_not(keeper: Observed, *tips: SealedTip) -> Reason:
    """The reason of a refusal, which leaves no entry and nothing changed."""
    size = keeper.size()
    with pytest.raises(Refused) as refused:
        erase(keeper, *tips)
    assert keeper.size() == size
    return refused.value.reason


def test_nothing_goes_before_its_day_is_over(
    world: World, keeper: Observed, clock: FixedClock, tip: SealedTip
) -> None:
    for days in (0, 59, 1):
        clock.advance(days * DAY)
        assert keeper.client.expiring().tips == ()
        assert why_not(keeper, tip) is Reason.NOT_ALLOWED
    clock.advance(DAY)
    assert keeper.client.expiring().tips == ((tip.id.hex(), date(2026, 5, 2)),)
    assert erase(keeper, tip) == {"erase": 1}


def test_what_is_not_closed_never_goes(world: World, keeper: Observed, clock: FixedClock) -> None:
    tip = opened(world, keeper)
    clock.advance(9_999 * DAY)
    assert keeper.client.expiring().tips == ()
    assert why_not(keeper, tip) is Reason.NOT_ALLOWED


def test_a_tip_that_was_never_seen_is_not_erased(world: World, keeper: Observed) -> None:
    assert why_not(keeper, world.seal_tip()) is Reason.UNKNOWN_TIP


def test_what_two_people_hold_is_kept_until_two_people_let_it_go(
    world: World, keeper: Observed, clock: FixedClock, tip: SealedTip
) -> None:
    pair = ("reviewer-a", "registrar")
    keeper.client.append(stated(world, "hold", pair, tip, reason=reason(5)))
    clock.advance(9_999 * DAY)
    assert keeper.client.expiring().tips == ()
    assert why_not(keeper, tip) is Reason.NOT_ALLOWED
    keeper.client.append(stated(world, "unhold", pair, tip, reason=reason(6)))
    assert erase(keeper, tip) == {"erase": 1}


def test_of_several_all_or_none_go(world: World, keeper: Observed, clock: FixedClock, tip: SealedTip) -> None:
    held = spam(world, keeper, 2)
    keeper.client.append(stated(world, "hold", ("reviewer-a", "registrar"), held, reason=reason(5)))
    clock.advance(GOES_ON)
    for others in ([tip, held], [tip, opened(world, keeper)], [tip, world.seal_tip()]):
        why_not(keeper, *others)
        assert case(keeper, tip).state == "closed"


def test_a_kept_copy_of_the_slips_opens_nothing_of_an_erased_tip(
    world: World, keeper: Observed, clock: FixedClock, tip: SealedTip
) -> None:
    text, card = tip.item("text"), tip.item("card")
    clock.advance(GOES_ON)
    assert keeper.client.release(world.read("reviewer-a", tip), [request(text)]).inner
    erase(keeper, tip)
    assert keeper.refused(world.read("reviewer-a", tip), text) is Reason.NOT_ALLOWED
    assert keeper.refused(world.read("reviewer-a", tip, card), card) is Reason.NOT_ALLOWED
    listed = keeper.client.list_cards(
        world.sign("list", "reviewer-a", desk="intake", items=[name(card)]), [request(card)]
    )
    assert listed.inner == {}


@pytest.mark.parametrize("kind", ["reply", "note", "route", "move", "hold", "assign", "link", "pause"])
def test_nothing_is_stated_any_more_about_an_erased_tip(
    world: World, keeper: Observed, clock: FixedClock, tip: SealedTip, kind: str
) -> None:
    other = opened(world, keeper)
    clock.advance(GOES_ON)
    erase(keeper, tip)
    of_item = {"tip": tip.id.hex(), "desk": "intake", "item": "12" * 16, "hash": "34" * 32}
    statements: dict[str, Any] = {
        "reply": lambda: world.sign("reply", "reviewer-a", **of_item),
        "note": lambda: world.sign("note", "reviewer-a", **of_item),
        "route": lambda: world.route("reviewer-a", tip, desks=["intake"], excluded=[]),
        "move": lambda: move(world, tip, "erased", "triage", reason=reason(7)),
        "hold": lambda: stated(world, "hold", ("reviewer-a", "registrar"), tip, reason=reason(7)),
        "link": lambda: stated(world, "link", "reviewer-a", other, to=tip.id.hex(), reason=reason(7)),
    }
    statement = statements.get(kind, lambda: stated(world, kind, "reviewer-a", tip))()
    assert keeper.refused(statement) is Reason.NOT_ALLOWED


def test_an_erasure_is_stated_once_and_leaves_how_it_ended(world: World, clock: FixedClock) -> None:
    with world.keeper():
        keeper = Observed(world)
        tip = spam(world, keeper, 1)
        clock.advance(GOES_ON)
        erase(keeper, tip)
        body = keeper.entry(keeper.size() - 1).statement.body
        assert (body["type"], body["by"], body["tips"]) == ("erase", ["keeper"], [tip.id.hex()])
    with world.keeper():
        keeper = Observed(world)
        assert why_not(keeper, tip) is Reason.NOT_ALLOWED
        found = case(keeper, tip)
        assert (found.state, found.ending, found.since) == ("erased", "spam", clock.today())
        assert (found.assignee, found.decided_by) == ("", ())
        assert keeper.refused(world.read("reviewer-a", tip), tip.item("text")) is Reason.NOT_ALLOWED


def test_what_may_go_is_asked_for_in_pages(
    world: World, keeper: Observed, clock: FixedClock, tip: SealedTip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "LOOKED_AT", 2)
    tips = [tip, *(spam(world, keeper, number) for number in range(2, 5))]
    clock.advance(GOES_ON)
    found, after = [], ""
    while True:
        page = keeper.client.expiring(after)
        found += [each for each, _ in page.tips]
        if not page.last:
            break
        after = page.last
    assert found == sorted(each.id.hex() for each in tips)
