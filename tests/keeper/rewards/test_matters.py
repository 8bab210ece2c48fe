"""Of tips on one matter one is the first, also where somebody with a part in an award unlinked them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.clocks import FixedClock
from tests.keeper.rewards.board import PROPOSER, Board, board, words
from tests.keeper.rewards.test_deciding import come_back, leave
from tests.keeper.test_cases import case
from tests.world import NOON, SealedTip, member_id
from tipline.keeper_client import Reason
from tipline.rewards.award import AwardState

OTHER = "reviewer-b"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    with board(tmp_path_factory.mktemp("matters") / "world", FixedClock(NOON)) as made:
        yield made


@pytest.fixture(scope="module")
def outsider(office: Board) -> str:
    """Somebody at the desk who takes no step of any award."""
    return office.third_reviewer()


def unlink(office: Board, one: SealedTip, other: SealedTip, by: str) -> None:
    """They are not on one matter after all, says somebody at the desk."""
    fields = {"tip": one.id.hex(), "desk": "intake", "to": other.id.hex(), "reason": words()}
    office.client.append(office.world.sign("unlink", by, **fields))


def unlinked(office: Board, by: str) -> tuple[SealedTip, SealedTip]:
    """Two tips that were found true and linked, and that somebody unlinked."""
    one, other = office.found(), office.found()
    office.link(one, other)
    unlink(office, one, other, by)
    return one, other


def test_who_unlinked_two_tips_does_not_have_both_rewarded_as_the_first(office: Board) -> None:
    one, other = unlinked(office, PROPOSER)
    office.propose(one)
    for by in (PROPOSER, OTHER):  # nor does anybody else, beside the award that they proposed
        assert office.seen.refused(office.proposal(other, by)) is Reason.SECOND_AWARD


def test_who_unlinked_two_tips_does_not_propose_beside_somebody_elses_award(office: Board) -> None:
    one, other = unlinked(office, PROPOSER)
    office.propose(one, OTHER)
    assert office.seen.refused(office.proposal(other)) is Reason.SECOND_AWARD
    assert office.propose(other, OTHER) > 0  # who had no part in it can


def test_a_link_that_somebody_without_a_part_removed_counts_no_more(office: Board, outsider: str) -> None:
    one, other = unlinked(office, outsider)
    awards = [office.propose(one), office.propose(other)]
    for award in awards:
        office.client.append(office.checked(award))
        office.client.append(office.approval(award))
    assert {office.award(award).state for award in awards} == {AwardState.APPROVED}


def test_the_last_who_removed_a_link_decides_whether_it_counts(office: Board, outsider: str) -> None:
    one, other = unlinked(office, PROPOSER)
    office.link(one, other)
    assert case(office.seen, one).parted == {}
    unlink(office, other, one, outsider)
    assert case(office.seen, one).parted == {other.id.hex(): member_id(outsider)}
    office.propose(one)
    assert office.propose(other) > 0


def test_a_matter_goes_through_links_that_were_removed(office: Board) -> None:
    one, between, other = (office.found() for _ in range(3))
    office.link(one, between)
    office.link(between, other)
    unlink(office, one, between, PROPOSER)
    office.propose(one, OTHER)
    assert office.seen.refused(office.proposal(other)) is Reason.SECOND_AWARD


def test_a_link_that_was_removed_gives_no_share(office: Board) -> None:
    one, other = unlinked(office, PROPOSER)
    office.propose(one)
    share: dict[str, Any] = {"novelty": "added", "share": one.id.hex(), "amount": 500}
    assert office.seen.refused(office.proposal(other, **share)) is Reason.NOT_ELIGIBLE


def test_who_unlinked_an_earlier_tip_does_not_propose_the_later_one_as_the_first(office: Board) -> None:
    early, late = office.found(first_seen=True), office.found(first_seen=True)
    office.link(early, late)
    unlink(office, early, late, PROPOSER)
    assert office.seen.refused(office.proposal(late)) is Reason.NOT_ELIGIBLE


@pytest.mark.parametrize("role", ["verifier", "approver"])
def test_who_unlinked_two_tips_neither_checks_nor_approves_the_second(office: Board, role: str) -> None:
    one, other = unlinked(office, OTHER)
    first, second = office.propose(one), office.propose(other)
    office.client.append(office.checked(first))
    office.client.append(office.approval(first))
    if role == "approver":
        office.client.append(office.checked(second))
    leave(office, OTHER, role)
    step = {"verifier": office.checked, "approver": office.approval}[role]
    assert office.seen.refused(step(second, OTHER)) is Reason.SECOND_AWARD
    if role == "verifier":  # they can still refuse it
        no = office.checked(second, OTHER, confirmed=False, outcome="", number="", reason=words())
        office.client.append(no)
        assert office.award(second).state is AwardState.REFUSED
    come_back(office, OTHER, role)


def test_of_tips_that_were_linked_late_the_second_is_not_checked_once_the_first_is_approved(
    office: Board,
) -> None:
    one, other = office.found(), office.found()
    first, second = office.propose(one), office.propose(other)
    office.link(one, other)
    office.client.append(office.checked(first))
    office.client.append(office.approval(first))
    assert office.seen.refused(office.checked(second)) is Reason.SECOND_AWARD
