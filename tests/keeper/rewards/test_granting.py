"""Budgets, and what is granted out of them: in the order of approval, as far as there is room."""

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests.clocks import FixedClock
from tests.keeper.rewards.board import Board, board, board_of, words
from tests.world import NOON, World
from tipline.keeper.rewards import granting
from tipline.keeper.state import Draft
from tipline.keeper_client import KeeperUnavailable, Reason
from tipline.rewards.award import Award, AwardState

DAY = 86_400


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    with board(tmp_path_factory.mktemp("granting") / "world", FixedClock(NOON)) as made:
        yield made


@pytest.fixture
def empty(office: Board) -> Board:
    """The same with nothing left in the budget, and nobody waiting for it."""
    known = office.known()
    for one in known.awards:
        if one.award.state is AwardState.APPROVED:
            office.client.append(office.cancel(one.award.index))
    if known.budgets:
        now = office.budget_now()
        office.budget(now.granted - now.returned)
    else:
        office.budget(0)
    assert office.budget_now().balance == 0
    return office


@pytest.mark.parametrize(
    "by",
    [
        ("approver", "registrar"),
        ("approver", "clerk-1"),
        ("approver", "auditor"),
        ("verifier", "leader"),
        ("verifier", "verifier-2"),
        ("leader", "reviewer-a"),
    ],
    ids="+".join,
)
def test_other_pairs_set_no_budget(office: Board, by: tuple[str, str]) -> None:
    assert office.seen.refused(office.budgeted(9_000, by=by)) is Reason.NOT_ALLOWED


def test_one_person_sets_no_budget(office: Board) -> None:
    assert office.seen.refused(office.budgeted(9_000, by=("approver",))) is Reason.TWO_SIGNATURES


@pytest.mark.parametrize("by", [("approver", "leader"), ("approver", "verifier"), ("approver-2", "approver")])
def test_an_approver_and_another_set_it(office: Board, by: tuple[str, str]) -> None:
    now = next((one.granted - one.returned for one in office.known().budgets), 0)
    office.budget(now + 500, by=by)
    assert office.budget_now().amount == now + 500


def test_a_budget_is_a_multiple_of_the_smallest_value(office: Board) -> None:
    assert office.seen.refused(office.budgeted(10_250)) is Reason.WRONG_AMOUNT


def test_a_year_without_mint_keys_has_no_budget(office: Board) -> None:
    assert office.seen.refused(office.budgeted(500, 2027)) is Reason.NO_MINT_KEYS


@pytest.mark.parametrize("changes", [{"amount": -500}, {"amount": 10**9 + 500}, {"year": 1999}], ids=str)
def test_a_budget_of_another_shape_is_refused(office: Board, changes: dict[str, int]) -> None:
    fields = {"year": 2026, "amount": 500, "reason": words()}
    statement = office.world.sign("reward-budget", "approver", "leader", **(fields | changes))
    assert office.seen.refused(statement) is Reason.MALFORMED


def test_a_budget_is_never_below_what_is_granted(empty: Board) -> None:
    now = empty.budget_now().amount
    empty.budget(now + 2_000)
    empty.approved(empty.found())
    assert empty.seen.refused(empty.budgeted(now + 1_500)) is Reason.OVER_BUDGET
    empty.budget(now + 2_000)


def test_what_is_approved_is_granted_at_once_where_there_is_room(empty: Board) -> None:
    empty.budget(empty.budget_now().amount + 2_000)
    award = empty.propose(empty.found())
    empty.client.append(empty.checked(award))
    before = empty.seen.size()
    empty.client.append(empty.approval(award))
    assert empty.last_entries(before) == ["reward-approval", "reward-grant"]
    granted = empty.award(award)
    assert (granted.state, granted.granted) == (AwardState.GRANTED, empty.clock.today().isoformat())
    assert granted.until == "2026-09-03"
    assert empty.budget_now().balance == 0
    statement = empty.seen.entry(before + 1).statement.body
    assert {name: statement[name] for name in ("award", "tip", "claim", "amount", "year", "until")} == {
        "award": award,
        "tip": granted.tip,
        "claim": granted.claim,
        "amount": 2_000,
        "year": 2026,
        "until": "2026-09-03",
    }


def test_over_the_budget_it_waits_and_the_rows_say_so(empty: Board) -> None:
    award = empty.approved(empty.found())
    assert empty.award(award).state is AwardState.APPROVED
    assert empty.look().get("reward-grant") is None
    assert empty.award(award).state is AwardState.APPROVED


def test_a_raised_budget_grants_in_the_order_of_approval(empty: Board) -> None:
    first, second = empty.propose(empty.found()), empty.propose(empty.found())
    for award in (first, second):
        empty.client.append(empty.checked(award))
    for award in (second, first):  # the one proposed later is approved first
        empty.client.append(empty.approval(award))
    before = empty.seen.size()
    empty.budget(empty.budget_now().amount + 2_500)
    assert empty.last_entries(before) == ["reward-budget", "reward-grant"]
    assert empty.award(second).state is AwardState.GRANTED
    assert empty.award(first).state is AwardState.APPROVED


def test_a_smaller_one_passes_a_larger_that_does_not_fit(empty: Board) -> None:
    large, small = empty.approved(empty.found(), 5_000), empty.approved(empty.found(), 1_000)
    empty.budget(empty.budget_now().amount + 4_000)
    assert empty.award(large).state is AwardState.APPROVED
    assert empty.award(small).state is AwardState.GRANTED
    empty.budget(empty.budget_now().amount + 2_000)
    assert empty.award(large).state is AwardState.GRANTED


def test_what_is_cancelled_makes_room_at_once(empty: Board) -> None:
    empty.budget(empty.budget_now().amount + 2_000)
    first, second = empty.approved(empty.found()), empty.approved(empty.found())
    before = empty.seen.size()
    empty.client.append(empty.cancel(first))
    assert empty.last_entries(before) == ["reward-cancel", "reward-grant"]
    assert empty.award(first).state is AwardState.CANCELLED
    assert empty.award(second).state is AwardState.GRANTED
    assert empty.budget_now().balance == 0


def test_an_outcome_that_was_taken_back_is_not_granted(empty: Board) -> None:
    tip = empty.found()
    award = empty.approved(tip)
    empty.take_back(tip, empty.third_reviewer())
    empty.budget(empty.budget_now().amount + 2_000)
    assert empty.award(award).state is AwardState.APPROVED


def test_the_grant_is_charged_to_the_year_in_which_it_is_made(tmp_path: Path) -> None:
    """And what returns goes to the year in which that happens."""
    with board(tmp_path / "world", FixedClock(NOON)) as office:
        award = office.approved(office.found())
        office.clock.advance(303 * DAY)  # 31 December
        office.keys(2027)
        office.budget(2_000, 2027)
        assert office.award(award).state is AwardState.APPROVED
        office.clock.advance(DAY)
        assert office.look()["reward-grant"] == 1
        assert office.budget_now(2027).granted == 2_000
        office.clock.advance(365 * DAY)
        assert office.look()["reward-expired"] == 1
        assert office.budget_now(2028).returned == 2_000
        assert office.budget_now(2027).returned == 0


def test_approval_and_grant_are_durable_together_or_not_at_all(
    world: World, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails between the two ends the keeper; the next one finds neither, and the budget whole."""

    def breaks(_draft: Draft, _award: Award) -> NoReturn:
        raise OSError(errno.EIO, "the plug is pulled")

    with board_of(world, clock) as office, monkeypatch.context() as broken:
        office.budget(2_000)
        award = office.propose(office.found())
        office.client.append(office.checked(award))
        size = office.seen.size()
        broken.setattr(granting, "_granted", breaks)
        with pytest.raises(KeeperUnavailable):
            office.client.append(office.approval(award))
    with world.keeper() as keeper:
        again = Board(world, clock, keeper)
        assert again.seen.size() == size
        assert again.award(award).state is AwardState.CHECKED
        assert again.budget_now().balance == 2_000
        again.client.append(again.approval(award))
        assert again.award(award).state is AwardState.GRANTED
        before = again.known()
    with world.keeper() as keeper:
        assert Board(world, clock, keeper).known() == before
