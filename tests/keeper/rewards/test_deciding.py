"""Who checks and approves an award: other people than before, with the record and the amount that stand."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from crypto.statements import Statement
from tests.clocks import FixedClock
from tests.keeper.rewards.board import PROPOSER, Board, board, words
from tests.world import NOON, member_id
from tipline.keeper_client import Reason, Refused
from tipline.rewards.award import AwardState

AT_ONCE = 50


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    with board(tmp_path_factory.mktemp("deciding") / "world", FixedClock(NOON)) as made:
        yield made


@pytest.fixture
def proposed(office: Board) -> int:
    """An award that is proposed: 2,000 yuan."""
    return office.propose(office.found())


@pytest.fixture
def checked(office: Board, proposed: int) -> int:
    """One that is checked, too."""
    office.client.append(office.checked(proposed))
    return proposed


def heavy(office: Board, amount: int = 60_000) -> int:
    """An award above the limit, checked."""
    award = office.propose(office.found(), tier="organised", amount=amount, major=["organised"])
    office.client.append(office.checked(award))
    return award


@pytest.mark.parametrize("by", [PROPOSER, "approver", "clerk-1", "leader", "auditor", "registrar"])
def test_only_a_verifier_checks(office: Board, proposed: int, by: str) -> None:
    assert office.seen.refused(office.checked(proposed, by)) is Reason.NOT_ALLOWED


@pytest.mark.parametrize("by", [PROPOSER, "verifier", "clerk-1", "leader", "auditor", "registrar"])
def test_only_an_approver_approves(office: Board, checked: int, by: str) -> None:
    assert office.seen.refused(office.approval(checked, by)) is Reason.NOT_ALLOWED


@pytest.mark.parametrize("kind", ["checked", "approval"])
def test_each_step_is_one_persons(office: Board, proposed: int, kind: str) -> None:
    fields = _plain(getattr(office, kind)(proposed))
    pair = {"checked": ("verifier", "verifier-2"), "approval": ("approver", "approver-2")}[kind]
    assert office.seen.refused(office.world.sign(fields.pop("type"), *pair, **fields)) is Reason.NOT_ALLOWED


@pytest.mark.parametrize(
    ("role", "step"),
    [("verifier", Board.checked), ("approver", Board.approval)],
    ids=["check", "approval"],
)
def test_nobody_goes_on_with_what_they_proposed(
    office: Board, role: str, step: Callable[[Board, int, str], Statement]
) -> None:
    award = office.propose(office.found(), "reviewer-b")
    if role == "approver":
        office.client.append(office.checked(award))
    leave(office, "reviewer-b", role)
    assert office.seen.refused(step(office, award, "reviewer-b")) is Reason.ANOTHER_PERSON
    come_back(office, "reviewer-b", role)


def leave(office: Board, who: str, role: str) -> None:
    """Somebody leaves the desk for another duty."""
    fields = {"member": member_id(who), "desk": "intake"}
    office.client.append(office.world.sign("revoke", "registrar", **fields))
    gone = {"member": member_id(who), "role": "proposer", "held": False}
    office.client.append(office.world.sign("role", "registrar", **gone))
    office.role(who, role)


def come_back(office: Board, who: str, role: str) -> None:
    """And returns."""
    gone = {"member": member_id(who), "role": role, "held": False}
    office.client.append(office.world.sign("role", "registrar", **gone))
    office.role(who, "proposer")
    fields = {"member": member_id(who), "desk": "intake", "until": ""}
    office.client.append(office.world.sign("grant", "registrar", PROPOSER, **fields))


def test_whoever_checked_does_not_approve(office: Board, proposed: int) -> None:
    office.client.append(office.checked(proposed, "verifier-2"))
    for role, held in (("verifier", False), ("approver", True)):
        fields = {"member": member_id("verifier-2"), "role": role, "held": held}
        office.client.append(office.world.sign("role", "registrar", "registrar-2", **fields))
    assert office.seen.refused(office.approval(proposed, "verifier-2")) is Reason.ANOTHER_PERSON
    for role, held in (("approver", False), ("verifier", True)):
        fields = {"member": member_id("verifier-2"), "role": role, "held": held}
        office.client.append(office.world.sign("role", "registrar", "registrar-2", **fields))


@pytest.mark.parametrize(
    ("role", "step"), [("verifier", Board.checked), ("approver", Board.approval)], ids=["check", "approval"]
)
def test_whom_the_tip_excludes_decides_nothing(
    office: Board, role: str, step: Callable[[Board, int, str], Statement]
) -> None:
    who, tip = f"{role}-inside", office.found(excluded=("u4",))
    office.member(who, role, "u4")
    award = office.propose(tip)
    if role == "approver":
        office.client.append(office.checked(award))
    assert office.seen.refused(step(office, award, who)) is Reason.EXCLUDED


@pytest.mark.parametrize(
    "changes",
    [{"outcome": "partly-true"}, {"outcome": ""}, {"number": ""}, {"number": "2026-999"}],
    ids=str,
)
def test_a_record_that_is_not_the_logs_confirms_nothing(
    office: Board, proposed: int, changes: dict[str, Any]
) -> None:
    assert office.seen.refused(office.checked(proposed, **changes)) is Reason.WRONG_RECORD
    assert office.award(proposed).state is AwardState.PROPOSED


def test_a_refusal_needs_a_reason_and_no_record(office: Board, proposed: int) -> None:
    no: dict[str, Any] = {"confirmed": False, "outcome": "", "number": ""}
    assert office.seen.refused(office.checked(proposed, **no)) is Reason.NOT_ALLOWED
    office.client.append(office.checked(proposed, **no, reason=words()))
    assert office.award(proposed).state is AwardState.REFUSED
    assert office.seen.refused(office.approval(proposed)) is Reason.NOT_ALLOWED


def test_an_approvers_refusal_needs_a_reason(office: Board, checked: int) -> None:
    assert office.seen.refused(office.approval(checked, approved=False)) is Reason.NOT_ALLOWED
    office.client.append(office.approval(checked, approved=False, amount=0, reason=words()))
    assert office.award(checked).state is AwardState.REFUSED


def test_steps_come_in_their_order(office: Board, proposed: int) -> None:
    assert office.seen.refused(office.approval(proposed)) is Reason.NOT_ALLOWED
    office.client.append(office.checked(proposed))
    assert office.seen.refused(office.checked(proposed, "verifier-2")) is Reason.NOT_ALLOWED


@pytest.mark.parametrize("kind", ["checked", "approval"])
def test_an_award_that_nobody_proposed_takes_no_step(office: Board, proposed: int, kind: str) -> None:
    fields = _plain(getattr(office, kind)(proposed))
    by = {"checked": "verifier", "approval": "approver"}[kind]
    statement = office.world.sign(fields.pop("type"), by, **(fields | {"award": proposed + 1_000}))
    assert office.seen.refused(statement) is Reason.UNKNOWN_AWARD


def _plain(statement: Statement) -> dict[str, Any]:
    """Its body without what each signing makes anew."""
    fresh = ("v", "log", "at", "nonce", "by")
    return {name: value for name, value in statement.body.items() if name not in fresh}


@pytest.mark.parametrize("amount", [0, 499, 750, 5_500, 50_000])
def test_the_amount_lies_within_the_tier(office: Board, checked: int, amount: int) -> None:
    assert office.seen.refused(office.approval(checked, amount=amount)) is Reason.WRONG_AMOUNT


@pytest.mark.parametrize(
    "changes",
    [{"amount": 500_500}, {"amount": -500}, {"approved": 1}, {"reason": "no"}, {"tier": "umbrella"}],
    ids=str,
)
def test_an_approval_of_another_shape_is_refused(
    office: Board, checked: int, changes: dict[str, Any]
) -> None:
    assert office.seen.refused(office.approval(checked, **changes)) is Reason.MALFORMED


def test_the_approver_picks_the_amount(office: Board, checked: int) -> None:
    office.client.append(office.approval(checked, amount=500))
    assert office.award(checked).amount == 500
    assert office.award(checked).state is AwardState.APPROVED


def test_an_approval_is_not_taken_twice(office: Board, checked: int) -> None:
    statement = office.approval(checked)
    office.client.append(statement)
    assert office.seen.refused(statement) is Reason.REPLAYED
    assert office.seen.refused(office.approval(checked)) is Reason.NOT_ALLOWED


class TestAboveTheLimit:
    def test_two_people_approve(self, office: Board) -> None:
        award = heavy(office)
        office.client.append(office.approval(award, amount=60_000))
        assert office.award(award).state is AwardState.CHECKED
        again = office.approval(award, amount=60_000)
        assert office.seen.refused(again) is Reason.ANOTHER_PERSON
        office.client.append(office.approval(award, "approver-2", amount=60_000))
        assert office.award(award).state is AwardState.APPROVED
        assert office.award(award).approvers == (member_id("approver"), member_id("approver-2"))

    def test_the_second_says_yes_to_the_same_amount(self, office: Board) -> None:
        award = heavy(office)
        office.client.append(office.approval(award, amount=60_000))
        for other in (55_000, 70_000, 40_000):
            statement = office.approval(award, "approver-2", amount=other)
            assert office.seen.refused(statement) is Reason.WRONG_AMOUNT

    def test_the_second_can_refuse(self, office: Board) -> None:
        award = heavy(office)
        office.client.append(office.approval(award, amount=60_000))
        office.client.append(office.approval(award, "approver-2", 0, approved=False, reason=words()))
        assert office.award(award).state is AwardState.REFUSED

    def test_one_person_often_and_at_once_is_one_person(self, office: Board) -> None:
        award = heavy(office)
        statements = [office.approval(award, amount=60_000) for _ in range(AT_ONCE)]
        done = [one for one in at_once(office, statements) if one == "done"]
        assert len(done) == 1
        assert office.award(award).state is AwardState.CHECKED


def test_of_fifty_approvals_at_once_one_counts(office: Board, checked: int) -> None:
    names = ("approver", "approver-2", "approver-3")
    statements = [
        office.approval(checked, names[number % 3], amount=500 * (1 + number % 10))
        for number in range(AT_ONCE)
    ]
    outcomes = at_once(office, statements)
    assert outcomes.count("done") == 1
    award = office.award(checked)
    said = statements[outcomes.index("done")].body
    assert (award.amount, award.approvers) == (said["amount"], (said["by"][0],))


def at_once(office: Board, statements: list[Statement]) -> list[str]:
    """What becomes of each, all handed in together."""

    def hand_in(statement: Statement) -> str:
        try:
            office.client.append(statement)
        except Refused as refused:
            return str(refused.reason)
        return "done"

    with ThreadPoolExecutor(len(statements)) as pool:
        return list(pool.map(hand_in, statements))


def test_an_outcome_that_was_taken_back_is_not_approved(office: Board) -> None:
    tip = office.found()
    award = office.propose(tip)
    office.client.append(office.checked(award))
    office.take_back(tip, office.third_reviewer())
    assert office.seen.refused(office.approval(award)) is Reason.NOT_ELIGIBLE


def test_of_tips_that_were_linked_after_their_proposals_one_is_the_first(office: Board) -> None:
    one, other = office.found(), office.found()
    first, second = office.propose(one), office.propose(other)
    office.link(one, other)
    for award in (first, second):
        office.client.append(office.checked(award))
    office.client.append(office.approval(first))
    assert office.seen.refused(office.approval(second)) is Reason.SECOND_AWARD
    assert office.award(second).state is AwardState.CHECKED


class TestAShare:
    def test_waits_until_the_first_one_is_approved(self, office: Board) -> None:
        one, other = office.found(), office.found()
        office.link(one, other)
        first = office.propose(one, amount=2_000)
        share = office.propose(other, amount=1_000, novelty="added", share=one.id.hex())
        office.client.append(office.checked(share))
        assert office.seen.refused(office.approval(share, amount=500)) is Reason.NOT_ELIGIBLE
        office.client.append(office.checked(first))
        office.client.append(office.approval(first, amount=1_000))
        assert office.seen.refused(office.approval(share, amount=1_000)) is Reason.WRONG_AMOUNT
        office.client.append(office.approval(share, amount=500))
        assert office.award(share).state is AwardState.APPROVED

    def test_falls_with_the_first_one(self, office: Board) -> None:
        one, other = office.found(), office.found()
        office.link(one, other)
        first = office.propose(one, amount=2_000)
        share = office.propose(other, amount=1_000, novelty="added", share=one.id.hex())
        office.client.append(office.checked(share))
        office.client.append(office.cancel(first))
        assert office.seen.refused(office.approval(share, amount=500)) is Reason.NOT_ELIGIBLE
