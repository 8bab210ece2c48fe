"""Awards and the ledger by day, page by page: each once, and none for whom it is not there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clocks import FixedClock
from tests.keeper.rewards.board import Board, board
from tests.keeper.rewards.known import lines_of
from tests.keeper.rewards.till import Granted, Till
from tests.world import NOON, SealedTip, member_id
from tipline.keeper.rewards import answering
from tipline.keeper_client import Refused
from tipline.rewards.award import AwardState
from tipline.rewards.lines import Kind, Wanted

DAY = 86_400
TIPS: dict[str, SealedTip] = {}
HIDDEN_FROM = "verifier-near"
"""Of the unit u4, which one of the tips excludes."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """Five awards, three of them granted; the last one's tip excludes a unit."""
    with board(tmp_path_factory.mktemp("listing") / "world", FixedClock(NOON)) as made:
        made.budget(500_000)
        made.member(HIDDEN_FROM, "verifier", "u4")
        tips = [made.found(excluded=("u4",) if number == 4 else ()) for number in range(5)]
        for tip in tips[:2]:
            made.propose(tip)
        for tip in tips[2:]:
            made.approved(tip, 500)
        TIPS.update({tip.id.hex(): tip for tip in tips})
        yield made


@pytest.fixture
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "MOST_AWARDS", 2)


def test_who_is_excluded_from_a_tip_finds_no_line_of_its_award(office: Board) -> None:
    everything = [one.award for one in lines_of(office.client.rewards, member_id("auditor")).lines]
    hidden = [one.award for one in lines_of(office.client.rewards, member_id(HIDDEN_FROM)).lines]
    assert len(everything) == 3
    assert len(hidden) == 2
    assert set(hidden) < set(everything)


def test_nobody_who_is_no_member_is_told_a_line(office: Board) -> None:
    with pytest.raises(Refused):
        office.client.rewards.lines("m00000000", Wanted(), 0, 10)


@pytest.mark.usefixtures("two_at_once")
@pytest.mark.parametrize("state", [None, AwardState.PROPOSED, AwardState.GRANTED, AwardState.REFUSED])
def test_pages_of_awards_hold_each_once_in_both_directions(office: Board, state: AwardState | None) -> None:
    rewards = office.client.rewards
    oldest = [one.award for one in rewards.each_standing(state)]
    newest, beyond = list[int](), None
    while True:
        page = rewards.standing(state, beyond, newest=True)
        assert len(page.awards) <= 2
        newest += [one.award.index for one in page.awards]
        beyond = page.last
        if beyond is None:
            break
    assert {one.state for one in oldest} <= set(AwardState if state is None else [state])
    assert [one.index for one in oldest] == sorted(newest)
    assert newest == sorted(newest, reverse=True)
    assert len(newest) == {None: 5, AwardState.PROPOSED: 2, AwardState.GRANTED: 3}.get(state, 0)


@pytest.mark.usefixtures("two_at_once")
def test_mailboxes_are_told_all_awards_however_many_an_answer_holds(
    office: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = office.client.rewards.records()
    monkeypatch.setattr(answering, "AT_ONCE", 1)
    assert office.client.rewards.records() == everything
    assert len(everything) == 3


def test_differences_beyond_an_answer_are_counted(office: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "MOST_DIFFERENCES", 2)
    office.client.rewards.money()
    ledger = office.keeper.rewards.books.ledger
    ledger.touched.update(ledger.awards)
    with monkeypatch.context() as changed:
        changed.setattr(ledger, "awards", {})
        found = office.client.rewards.money()
    ledger.touched.update(ledger.awards)
    assert office.client.rewards.money().different == 0
    assert len(found.differences) == 2
    assert found.different > 2


def test_pages_of_the_ledger_hold_every_line_once(office: Board) -> None:
    rewards, auditor = office.client.rewards, member_id("auditor")
    everything = lines_of(rewards, auditor)
    pages = [rewards.lines(auditor, Wanted(), start, 2).lines for start in (0, 2, 4)]
    assert [line for page in pages for line in page] == list(everything.lines)
    assert [(one.kind, one.lines, one.amount) for one in everything.sums] == [(Kind.GRANTED, 3, 1_500)]


def test_what_is_collected_today_moves_no_award_to_another_list(office: Board) -> None:
    rewards = office.client.rewards
    [number, *_] = [one.award.index for one in rewards.each_standing(AwardState.GRANTED)]
    till = Till(office.world, office.keeper)
    tip = TIPS[office.award(number).tip]
    before = [list(rewards.each_standing(state)) for state in AwardState]
    till.mint(Granted(tip, office.award(number)))
    assert [list(rewards.each_standing(state)) for state in AwardState] == before
    till.public.close()
    office.clock.advance(DAY)
    office.look()
    assert [one.award.index for one in rewards.each_standing(AwardState.COLLECTED)] == [number]


def test_what_the_budget_lacks_is_told_of_awards_that_somebody_may_know_of(tmp_path: Path) -> None:
    with board(tmp_path / "world", FixedClock(NOON)) as poor:
        poor.budget(0)
        poor.member(HIDDEN_FROM, "verifier", "u4")
        seen, hidden = poor.approved(poor.found(), 500), poor.approved(poor.found(excluded=("u4",)), 1_000)
        rewards = poor.client.rewards
        for member, awards, lacking in (("auditor", [seen, hidden], 1_500), (HIDDEN_FROM, [seen], 500)):
            found = rewards.standing(AwardState.APPROVED, member=member_id(member))
            assert ([one.award.index for one in found.awards], found.lacking) == (awards, lacking)
        assert [one.lacking for one in rewards.awards([seen, hidden])] == [500, 1_500]
        assert rewards.approved() == (2, 1_500)
        with pytest.raises(Refused):
            rewards.standing(AwardState.APPROVED, member="m00000000")
