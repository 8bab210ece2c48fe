"""admin/rewards/board.py: what waits, for how long, and what is late."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from admin.leaders.rewards import RewardFigures
from admin.leaders.rewards import figures_of as shown_of
from tests.admin.rewarding import APPROVER, LEADER, VERIFIER, Rewarding
from tipline.rewards.award import Award, AwardState
from tipline.rewards.lines import VoucherDays
from tipline.rewards.scoring import Tier
from tipline.rewards.totals import counted

DAY = 86_400
SUNDAY = date(2026, 3, 1)


def award(**changes: Any) -> Award:
    """A granted one."""
    fields: dict[str, Any] = {
        "index": 1,
        "tip": "0" * 32,
        "claim": "",
        "desk": "intake",
        "tier": Tier.ORDINARY,
    }
    fields |= {"amount": 500, "share": "", "proposer": "", "proposed": "2026-01-02", "granted": "2026-02-02"}
    return Award(**{**fields, "state": AwardState.GRANTED, **changes})


def voucher(day: str, value: int = 5_000) -> VoucherDays:
    """One that came back, paid where a day is given."""
    return VoucherDays(2026, value, "2026-02-01", day, "counter" if day else "")


def figures_of(awards: list[Award], vouchers: list[VoucherDays], day: date) -> RewardFigures:
    """What leaders are shown of these."""
    return shown_of(day.year, counted(awards, vouchers, day))


def test_a_step_that_nobody_took_for_five_working_days_is_overdue(rewarding: Rewarding) -> None:
    award = rewarding.proposed()  # on a Tuesday
    rewarding.office.clock.advance(7 * DAY)
    assert "Overdue" not in rewarding.get(VERIFIER, "/rewards")
    rewarding.office.clock.advance(DAY)
    board = rewarding.get(VERIFIER, "/rewards")
    assert "Overdue" in board
    assert "8 days" in board
    assert "Overdue" in rewarding.get(APPROVER, f"/rewards/{award}")


def test_the_board_narrows_to_what_waits_for_me_and_to_each_state(rewarding: Rewarding) -> None:
    waits, checked = rewarding.proposed(), rewarding.proposed()
    rewarding.check(checked)
    mine = {name: rewarding.get(name, "/rewards?show=mine") for name in (VERIFIER, APPROVER)}
    assert f"/rewards/{waits}" in mine[VERIFIER]
    assert f"/rewards/{checked}" not in mine[VERIFIER]
    assert f"/rewards/{checked}" in mine[APPROVER]
    assert f"/rewards/{waits}" not in mine[APPROVER]
    assert f"/rewards/{waits}" not in rewarding.get(APPROVER, "/rewards?show=granted")
    assert f"/rewards/{waits}" in rewarding.get(APPROVER, "/rewards?show=<script>")
    rewarding.get(LEADER, "/rewards", 403)


@pytest.fixture
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of two awards on a page."""
    monkeypatch.setattr("admin.rewards.known.AT_ONCE", 2)


def next_page(page: str) -> str:
    """Where the next awards are."""
    [address] = re.findall(r'rel="next" href="([^"]+)"', page)
    return str(unescape(address))


@pytest.mark.usefixtures("two_at_once")
def test_the_second_page_of_what_is_approved_says_what_the_budget_lacks(rewarding: Rewarding) -> None:
    awards = [rewarding.approved() for _ in range(3)]
    first = rewarding.get(VERIFIER, "/rewards?show=approved")
    second = rewarding.get(VERIFIER, next_page(first))
    assert [f"/rewards/{award}" in second for award in awards] == [False, False, True]
    assert "60,000 yuan missing" in second
    assert "40,000 yuan missing" not in second
    for page in (first, second, rewarding.get(VERIFIER, "/rewards")):
        assert re.search(r"Missing for what is approved</dt><dd><strong[^>]*>.*60,000", page)


@pytest.mark.usefixtures("two_at_once")
def test_what_waits_for_me_goes_on_behind_the_first_page(
    rewarding: Rewarding, monkeypatch: pytest.MonkeyPatch
) -> None:
    awards = [rewarding.proposed() for _ in range(5)]
    first = rewarding.get(VERIFIER, "/rewards?show=mine")
    second = rewarding.get(VERIFIER, next_page(first))
    third = rewarding.get(VERIFIER, next_page(second))
    shown = [[award for award in awards if f"/rewards/{award}" in page] for page in (first, second, third)]
    assert shown == [awards[:2], awards[2:4], awards[4:]]
    assert 'rel="next"' not in third
    # Where few of many wait for somebody, a page may hold fewer, and the next goes on.
    monkeypatch.setattr("admin.rewards.known.MOST_QUESTIONS", 1)
    monkeypatch.setattr("admin.rewards.board.takes", lambda _visit, one: one.index == awards[4])
    page = rewarding.get(VERIFIER, "/rewards?show=mine")
    assert f"/rewards/{awards[4]}" not in page
    assert f"/rewards/{awards[4]}" in rewarding.get(VERIFIER, next_page(page))


def test_the_board_tells_how_long_awards_take(rewarding: Rewarding) -> None:
    tip = rewarding.found()
    rewarding.office.clock.advance(4 * DAY)
    rewarding.proposed(tip)
    assert "From outcome to grant (median)</dt><dd>–" in rewarding.get(VERIFIER, "/rewards")
    rewarding.office.clock.advance(2 * DAY)
    rewarding.set_budget()
    number = rewarding.office.keeper().rewards.standing(None).awards[0].award.index
    rewarding.check(number)
    rewarding.approve(number)
    assert "From outcome to grant (median)</dt><dd>6 days" in rewarding.get(VERIFIER, "/rewards")


def test_leaders_see_no_award_of_its_own_and_nothing_of_this_week() -> None:
    few = figures_of([award()] * 4, [voucher("2026-03-01"), voucher(""), voucher("2026-03-02")], SUNDAY)
    assert (few.granted, few.collected, few.paid) == (0, None, 0)
    awards = [award(collected="2026-02-20")] * 4 + [award(), award(), award(), award(granted="2026-03-02")]
    many = figures_of(awards, [voucher("2026-03-01")] * 5, SUNDAY)
    assert (many.granted, many.collected, many.paid) == (5, 55, 20_000)
    assert figures_of([award(granted="2025-12-31")] * 9, [], SUNDAY).granted == 0


def test_leaders_have_the_figures_on_their_page_and_in_the_file(rewarding: Rewarding) -> None:
    page = rewarding.get(LEADER, "/leaders")
    assert "Rewards of 2026" in page
    assert "/rewards/" not in page.partition("<main")[2]
    file = rewarding.browser(LEADER).get("/leaders/figures.csv", headers={"Accept-Language": "en"})
    assert "Awards granted, at least" in file.text
