"""What else is done with protection cases: names, figures, rebuilding, reports on one, published results."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clocks import FixedClock
from tests.deadlines.test_look import change, row
from tests.keeper.disclosing import AGREES, Ceremony, identity_of
from tests.keeper.observed import Observed
from tests.keeper.protecting import DAY, FIRST, SECOND, advance, begun, proposed, second_member, stated, where
from tests.keeper.test_clocks import look
from tests.world import SealedTip, World
from tipline.deadlines import DEFAULT_CLOCKS
from tipline.deadlines.look import write_down
from tipline.keeper_client import Reason
from tipline.rebuild import Rebuilt, rebuild_caches
from tipline.reports.facts import facts_of
from tipline.results.service import QUARTERS, PublishedResults
from tipline.tips.moves import TipState

REPLY = {"item": "7e" * 16, "hash": "cd" * 32}


@pytest.fixture
def ending(world: World, keeper: Observed, clock: FixedClock) -> SealedTip:
    """A case that another member may end now."""
    second_member(world, keeper)
    case = begun(world, keeper)
    advance(world, keeper, case, "assessing", "planning", "approving", "protected", "ending")
    keeper.client.append(world.sign("reply", FIRST, tip=case.id.hex(), desk="protection", **REPLY))
    clock.advance(11 * DAY)
    return case


def end(world: World, keeper: Observed, case: SealedTip) -> None:
    ways: dict[str, Any] = {"from": "ending", "to": "ended", "detail": {"form": proposed(keeper, case)}}
    keeper.client.append(stated(world, "move", case, by=SECOND, **ways))


def test_an_ended_case_shuts_the_window_on_a_name(world: World, keeper: Observed, ending: SealedTip) -> None:
    ceremony = Ceremony(world, keeper, ending, identity_of(world, ending))
    index = ceremony.asked(FIRST, desk="protection", hours=72)
    ceremony.decided(index)
    ceremony.unlocked(index, desk="protection")
    end(world, keeper, ending)
    calls: list[Callable[[], object]] = [
        lambda: ceremony.asked(FIRST, desk="protection"),
        lambda: ceremony.unlocked(index, AGREES, desk="protection"),
    ]
    for call in calls:
        assert keeper.refusal(call) is Reason.TIP_CLOSED


def test_cases_are_in_no_figure_of_tips(
    world: World, keeper: Observed, clock: FixedClock, ending: SealedTip
) -> None:
    begun(world, keeper)
    clock.advance(2 * DAY)
    assert look(keeper.client).stated["missed"] > 0
    end(world, keeper, ending)
    clock.advance(8 * DAY)
    found = keeper.client.figures()
    assert (found.kept, found.missed, found.outcomes, found.days) == ({}, {}, {}, {})


def test_rows_of_cases_are_put_right_and_an_unseen_one_stays_asked(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    case, unseen = begun(world, keeper), world.put_in(world.seal_tip("protection"))
    advance(world, keeper, case, "assessing")
    keeper.client.append(stated(world, "watch", case, every=2))
    clock.advance(3 * DAY)
    look(keeper.client)
    rebuild_caches(world.database, keeper.client, world.verifier)
    assert rebuild_caches(world.database, keeper.client, world.verifier) == Rebuilt(2, 0)
    assert (row(world, case).state, row(world, case).level) == ("assessing", where(keeper, case).told)
    change(world, case, state="triage", level=0)
    assert rebuild_caches(world.database, keeper.client, world.verifier) == Rebuilt(2, 1)
    assert (row(world, case).state, row(world, unseen).state) == ("assessing", "asked")


def test_a_report_on_a_case_says_where_it_stands(world: World, keeper: Observed, ending: SealedTip) -> None:
    def state() -> str:
        entries = [(index, keeper.entry(index)) for index in range(keeper.size())]
        about = [
            (index, entry) for index, entry in entries if entry.statement.body.get("tip") == ending.id.hex()
        ]
        facts = facts_of(about, DEFAULT_CLOCKS, world.clock.today())
        assert facts is not None
        assert facts.ended is (facts.state == "ended")
        return facts.state

    assert state() == "ending"
    end(world, keeper, ending)
    assert state() == "ended"


def test_no_published_figure_counts_a_case_nor_what_is_left_of_one(
    world: World, keeper: Observed, clock: FixedClock, tmp_path: Path
) -> None:
    cases = [begun(world, keeper, "integrity", "protection") for _ in range(12)]
    gone = cases[:6]
    for case in gone:
        change(world, case, state=TipState.ERASED.value, desk="protection")
    clock.advance(150 * DAY)
    latest = PublishedResults(world.database, tmp_path / "results.json", clock).latest()
    assert [figures.received for figures in latest] == [0] * QUARTERS


def test_what_is_left_of_a_case_stays_at_the_desk_that_protects(
    world: World, keeper: Observed, clock: FixedClock, ending: SealedTip
) -> None:
    up: dict[str, Any] = {"desks": ["integrity", "protection"], "excluded": []}
    keeper.client.append(stated(world, "route", ending, **up))
    end(world, keeper, ending)
    clock.advance(1827 * DAY)
    keeper.client.erase([ending.id.hex()])
    write_down(world.database, keeper.client, [ending.id.hex()])
    assert (row(world, ending).state, row(world, ending).desk) == ("erased", "protection")
