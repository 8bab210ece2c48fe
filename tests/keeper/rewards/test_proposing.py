"""Who may propose an award, for which tips, and how much."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.clocks import FixedClock
from tests.keeper.protecting import begun
from tests.keeper.rewards.board import PROPOSER, SCORES, Board, board, words
from tests.keeper.test_alerts import rules as alert_rules
from tests.world import NOON, SealedTip, member_id, request
from tipline.keeper_client import Reason
from tipline.rewards.award import AwardState


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    with board(tmp_path_factory.mktemp("proposing") / "world", FixedClock(NOON)) as made:
        yield made


@pytest.fixture(scope="module")
def tip(office: Board) -> SealedTip:
    """A tip that was found true, and for which nobody ever proposes successfully."""
    return office.found()


@pytest.mark.parametrize("by", ["verifier", "approver", "clerk-1", "leader", "auditor", "protection"])
def test_only_a_proposer_who_holds_the_desk_proposes(office: Board, tip: SealedTip, by: str) -> None:
    assert office.seen.refused(office.proposal(tip, by)) is Reason.DESK_NOT_HELD


def test_a_reviewer_who_is_no_proposer_proposes_nothing(office: Board, tip: SealedTip) -> None:
    fields = {"member": member_id("reviewer-b"), "role": "proposer", "held": False}
    office.client.append(office.world.sign("role", "registrar", **fields))
    assert office.seen.refused(office.proposal(tip, "reviewer-b")) is Reason.NOT_ALLOWED
    office.role("reviewer-b", "proposer")


def test_a_proposer_of_another_desk_proposes_nothing(office: Board, tip: SealedTip) -> None:
    statement = office.proposal(tip, "integrity", desk="integrity")
    assert office.seen.refused(statement) is Reason.NOT_ALLOWED


def test_a_proposer_whom_the_tip_excludes_proposes_nothing(office: Board) -> None:
    tip = office.found(excluded=("u4",))
    office.client.append(office.world.route(PROPOSER, tip, desks=["intake"], excluded=["u2", "u4"]))
    assert office.seen.refused(office.proposal(tip)) is Reason.EXCLUDED


def test_two_people_do_not_propose_together(office: Board, tip: SealedTip) -> None:
    statement = office.proposal(tip, (PROPOSER, "reviewer-b"))
    assert office.seen.refused(statement) is Reason.NOT_ALLOWED


@pytest.mark.parametrize(
    "states",
    [
        ("screening",),
        ("screening", "triage", "transferred", "verifying"),
        ("screening", "triage", "transferred", "verifying", "outcome"),
        ("screening", "triage", "transferred", "verifying", "outcome", "verifying"),
        ("screening", "triage", "outside-remit"),
    ],
    ids=lambda states: states[-1] + str(len(states)),
)
def test_without_a_confirmed_outcome_there_is_no_reward(office: Board, states: tuple[str, ...]) -> None:
    tip = office.found(*states)
    assert office.seen.refused(office.proposal(tip)) is Reason.NOT_ELIGIBLE


@pytest.mark.parametrize("outcome", ["not-established", "referred"])
def test_what_was_not_found_true_is_not_rewarded(office: Board, outcome: str) -> None:
    assert office.seen.refused(office.proposal(office.found(outcome=outcome))) is Reason.NOT_ELIGIBLE


@pytest.mark.parametrize("states", [("closed",), ("closed", "review")], ids=lambda states: states[-1])
def test_a_confirmed_outcome_counts_until_it_is_taken_back(office: Board, states: tuple[str, ...]) -> None:
    tip = office.found()
    office.advance(tip, *states)
    assert office.award(office.propose(tip)).state is AwardState.PROPOSED


@pytest.mark.parametrize(
    "changes",
    [
        {"major": []},
        {"duty": "bound"},
        {"novelty": "known"},
        {"novelty": "added"},
        {"novelty": "new", "share": "0f" * 16},
        {"novelty": "added", "share": "0f" * 16},
    ],
    ids=str,
)
def test_not_major_or_bound_or_known_is_not_rewarded(
    office: Board, tip: SealedTip, changes: dict[str, Any]
) -> None:
    assert office.seen.refused(office.proposal(tip, **changes)) is Reason.NOT_ELIGIBLE


@pytest.mark.parametrize(
    ("tier", "amount"),
    [
        ("ordinary", 0),
        ("ordinary", 499),
        ("ordinary", 750),
        ("ordinary", 5_500),
        ("evil-force", 9_500),
        ("organised", 100_500),
        ("umbrella", 500),
    ],
)
def test_an_amount_outside_the_tier_is_refused(office: Board, tip: SealedTip, tier: str, amount: int) -> None:
    assert office.seen.refused(office.proposal(tip, tier=tier, amount=amount)) is Reason.WRONG_AMOUNT


@pytest.mark.parametrize(
    "changes",
    [
        {"tier": "grand"},
        {"major": ["serious", "serious"]},
        {"major": ["wide", "serious"]},
        {"major": ["nice"]},
        {"scores": SCORES | {"risk": 4}},
        {"scores": {"risk": 1}},
        {"novelty": "old"},
        {"duty": ""},
        {"share": "x"},
        {"reason": {}},
        {"amount": 500_500},
        {"amount": True},
        {"more": 1},
    ],
    ids=str,
)
def test_a_proposal_of_another_shape_is_refused(
    office: Board, tip: SealedTip, changes: dict[str, Any]
) -> None:
    assert office.seen.refused(office.proposal(tip, **changes)) is Reason.MALFORMED


def test_a_tip_that_nobody_knows_has_no_reward(office: Board) -> None:
    assert office.seen.refused(office.proposal(office.world.seal_tip())) is Reason.UNKNOWN_TIP


def test_a_proposal_is_not_taken_twice(office: Board) -> None:
    statement = office.proposal(office.found())
    office.client.append(statement)
    assert office.seen.refused(statement) is Reason.REPLAYED


def test_one_tip_has_one_award(office: Board) -> None:
    tip = office.found()
    office.propose(tip)
    assert office.seen.refused(office.proposal(tip, "reviewer-b")) is Reason.SECOND_AWARD


def test_partly_true_is_enough_and_everything_that_was_scored_is_known(office: Board) -> None:
    tip = office.found(outcome="partly-true")
    award = office.propose(tip, tier="umbrella", amount=7_500, major=["election", "umbrella"])
    entry = office.entry(award)
    assert (entry.award.state, entry.award.amount, entry.award.tip) == (
        AwardState.PROPOSED,
        7_500,
        tip.id.hex(),
    )
    assert entry.proposal.scores == SCORES
    assert [one.value for one in entry.proposal.major] == ["election", "umbrella"]
    assert entry.confirmed == office.clock.today()
    assert entry.due is not None
    assert entry.due > office.clock.today()


class TestTipsOnOneMatter:
    def test_have_one_first_award(self, office: Board) -> None:
        one, between, other = (office.found() for _ in range(3))
        office.link(one, between)
        office.link(between, other)
        office.propose(one)
        assert office.seen.refused(office.proposal(other)) is Reason.SECOND_AWARD

    def test_share_what_was_added_up_to_the_part_that_is_set(self, office: Board) -> None:
        one, other = office.found(), office.found()
        office.link(one, other)
        added = {"novelty": "added", "share": one.id.hex()}
        assert office.seen.refused(office.proposal(other, amount=500, **added)) is Reason.NOT_ELIGIBLE
        office.propose(one, amount=2_000)
        assert office.seen.refused(office.proposal(other, amount=1_500, **added)) is Reason.WRONG_AMOUNT
        new = {"novelty": "new", "share": one.id.hex()}
        assert office.seen.refused(office.proposal(other, amount=500, **new)) is Reason.NOT_ELIGIBLE
        assert office.award(office.propose(other, amount=1_000, **added)).share == one.id.hex()

    def test_a_share_of_a_share_is_refused(self, office: Board) -> None:
        one, other, third = (office.found() for _ in range(3))
        office.link(one, other)
        office.link(other, third)
        office.propose(one)
        office.propose(other, amount=1_000, novelty="added", share=one.id.hex())
        added = {"novelty": "added", "share": other.id.hex()}
        assert office.seen.refused(office.proposal(third, amount=500, **added)) is Reason.NOT_ELIGIBLE

    def test_a_share_of_a_tip_on_another_matter_is_refused(self, office: Board) -> None:
        one, other = office.found(), office.found()
        office.propose(one)
        added = {"novelty": "added", "share": one.id.hex()}
        assert office.seen.refused(office.proposal(other, amount=500, **added)) is Reason.NOT_ELIGIBLE

    def test_the_first_is_not_one_that_came_later(self, office: Board) -> None:
        early = office.found(first_seen=True)
        late = office.found(first_seen=True)
        office.link(early, late)
        assert office.seen.refused(office.proposal(late)) is Reason.NOT_ELIGIBLE
        office.propose(early)

    def test_one_that_came_earlier_and_was_not_found_true_takes_nothing(self, office: Board) -> None:
        early = office.found(first_seen=True, outcome="not-established")
        late = office.found(first_seen=True)
        office.link(early, late)
        office.propose(late)


def test_a_refused_award_makes_room_for_another(office: Board) -> None:
    tip = office.found()
    award = office.propose(tip)
    no = office.checked(award, confirmed=False, reason=words())
    office.client.append(no)
    again = office.propose(tip, amount=1_000)
    assert office.award(award).state is AwardState.REFUSED
    assert office.award(again).amount == 1_000
    approval = office.approval(award)
    assert office.seen.refused(approval) is Reason.UNKNOWN_AWARD


def test_a_decoy_has_no_reward(office: Board) -> None:
    office.client.append(alert_rules(office.world, decoy={"on": True}))
    tip = office.world.seal_tip()
    office.client.append(office.world.sign("decoy", "auditor", tip=tip.id.hex()))
    office.client.release(office.world.read(PROPOSER, tip), [request(tip.item("text"))])
    office.advance(tip, "screening", "triage", "transferred", "verifying", "outcome", "feedback")
    assert office.seen.refused(office.proposal(tip)) is Reason.NOT_ELIGIBLE


def test_a_protection_case_has_no_reward(office: Board) -> None:
    case = begun(office.world, office.seen)
    assert office.seen.refused(office.proposal(case)) is Reason.NOT_ALLOWED
    both = begun(office.world, office.seen, "integrity", "protection")
    statement = office.proposal(both, "integrity", desk="integrity")
    assert office.seen.refused(statement) is Reason.NOT_ELIGIBLE
