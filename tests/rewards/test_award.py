"""The steps of an award, and the way back of none."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import pytest

from crypto.errors import BadFormat
from tipline.rewards.award import OVER, Award, AwardRefused, AwardState
from tipline.rewards.rules import RewardRules
from tipline.rewards.scoring import Tier

DAY: Final = date(2026, 3, 3)
RULES: Final = RewardRules()
PROOF: Final = "ab" * 64
PROPOSED: Final = Award(
    index=7,
    tip="ab" * 16,
    claim="cd" * 32,
    desk="intake",
    tier=Tier.ORGANISED,
    amount=60_000,
    share="",
    proposer="m1",
    proposed="2026-03-03",
)
PAYEE: Final = "dd" * 32
CHECKED: Final = PROPOSED.verified("m2", DAY, confirmed=True)
HALF: Final = CHECKED.decided("m3", DAY, 60_000, RULES, approved=True, index=9)
APPROVED: Final = HALF.decided("m4", DAY, 60_000, RULES, approved=True, index=10)
GRANTED: Final = APPROVED.set_aside(DAY)
COLLECTED: Final = GRANTED.minted(DAY, 2026, "ee" * 32, PROOF)
NAMED: Final = GRANTED.by_name(DAY)
SETTLED: Final = NAMED.paid_by_name("m5", DAY, 60_000, PAYEE).paid_by_name("m6", DAY, 60_000, PAYEE)
STATES: Final = {
    award.state.value: award
    for award in (
        PROPOSED,
        CHECKED,
        APPROVED,
        GRANTED,
        COLLECTED,
        NAMED,
        SETTLED,
        PROPOSED.verified("m2", DAY, confirmed=False),
        GRANTED.expired(date(2026, 9, 4)),
        GRANTED.cancelled(DAY),
    )
}
LATER: Final = date(2026, 10, 1)

STEPS: Final[dict[str, tuple[Callable[[Award], Award], frozenset[str]]]] = {
    "verified": (lambda one: one.verified("m9", DAY, confirmed=True), frozenset(("proposed",))),
    "decided": (
        lambda one: one.decided("m9", DAY, one.amount, RULES, approved=True),
        frozenset(("checked",)),
    ),
    "set aside": (lambda one: one.set_aside(DAY), frozenset(("approved",))),
    "minted": (lambda one: one.minted(DAY, 2026, "ff" * 32, PROOF), frozenset(("granted",))),
    "by name": (lambda one: one.by_name(DAY), frozenset(("granted", "named"))),
    "paid by name": (lambda one: one.paid_by_name("m9", DAY, one.amount, PAYEE), frozenset(("named",))),
    "settled": (lambda one: one.settled(DAY), frozenset(("named",))),
    "extended": (lambda one: one.extended(date(2027, 1, 1)), frozenset(("granted",))),
    "expired": (lambda one: one.expired(LATER), frozenset(("granted",))),
    "cancelled": (
        lambda one: one.cancelled(DAY),
        frozenset(("proposed", "checked", "approved", "granted", "named")),
    ),
}


def test_every_state_is_looked_at() -> None:
    assert STATES.keys() == {state.value for state in AwardState}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", STATES)
def test_a_step_is_taken_from_its_states_alone(step: str, state: str) -> None:
    take, allowed = STEPS[step]
    if state in allowed:
        take(STATES[state])
    else:
        with pytest.raises(AwardRefused):
            take(STATES[state])


@pytest.mark.parametrize("state", STATES)
def test_what_is_over_can_be_proposed_anew(state: str) -> None:
    assert STATES[state].is_over is (STATES[state].state in OVER)


@pytest.mark.parametrize("who", ["m1", "m2", "m3"])
def test_nobody_takes_two_steps(who: str) -> None:
    with pytest.raises(AwardRefused, match="another-person"):
        HALF.decided(who, DAY, 60_000, RULES, approved=True)
    with pytest.raises(AwardRefused, match="another-person"):
        NAMED.paid_by_name(who, DAY, 60_000, PAYEE)
    with pytest.raises(AwardRefused, match="another-person"):
        PROPOSED.verified("m1", DAY, confirmed=True)


@pytest.mark.parametrize(
    ("limit", "needed"), [(59_500, 2), (60_000, 1), (60_500, 1)], ids=["above", "at it", "below"]
)
def test_above_the_limit_two_approve(limit: int, needed: int) -> None:
    decided = CHECKED.decided("m3", DAY, 60_000, replace(RULES, limit=limit), approved=True, index=9)
    assert decided.state is (AwardState.APPROVED if needed == 1 else AwardState.CHECKED)


def test_the_second_approver_picks_no_other_amount() -> None:
    with pytest.raises(AwardRefused, match="wrong-amount"):
        HALF.decided("m4", DAY, 60_500, RULES, approved=True)


@pytest.mark.parametrize("amount", [0, 29_500, 30_250, 100_500])
def test_the_amount_lies_in_the_tier(amount: int) -> None:
    with pytest.raises(AwardRefused, match="wrong-amount"):
        CHECKED.decided("m3", DAY, amount, RULES, approved=True)


def test_a_share_may_lie_below_its_tier() -> None:
    share = replace(CHECKED, share="ef" * 16)
    assert share.decided("m3", DAY, 500, RULES, approved=True).amount == 500


def test_the_order_of_approvals_is_that_of_the_last_ones() -> None:
    assert (HALF.approval, APPROVED.approval) == (0, 10)


class TestCollecting:
    def test_again_gives_the_same(self) -> None:
        assert COLLECTED.minted(LATER, 2026, "ee" * 32, PROOF) is COLLECTED

    def test_another_signature_for_the_same_leaves_the_first(self) -> None:
        assert COLLECTED.minted(LATER, 2026, "ee" * 32, "cd" * 64).proof == PROOF

    @pytest.mark.parametrize("other", [(2027, "ee" * 32), (2026, "ff" * 32)])
    def test_gives_no_other_vouchers(self, other: tuple[int, str]) -> None:
        with pytest.raises(AwardRefused, match="already-collected"):
            COLLECTED.minted(DAY, *other, PROOF)

    def test_ends_with_the_last_day(self) -> None:
        assert GRANTED.minted(date(2026, 9, 3), 2026, "ee" * 32, PROOF).state is AwardState.COLLECTED
        with pytest.raises(AwardRefused, match="award-expired"):
            GRANTED.minted(date(2026, 9, 4), 2026, "ee" * 32, PROOF)
        with pytest.raises(AwardRefused, match="award-expired"):
            GRANTED.by_name(date(2026, 9, 4))

    def test_by_name_leaves_no_voucher(self) -> None:
        with pytest.raises(AwardRefused, match="not-allowed"):
            NAMED.minted(DAY, 2026, "ee" * 32, PROOF)
        with pytest.raises(AwardRefused, match="not-allowed"):
            COLLECTED.by_name(DAY)


class TestByName:
    def test_two_clerks_confirm_on_one_day(self) -> None:
        first = NAMED.paid_by_name("m5", DAY, 60_000, PAYEE)
        assert (first.state, first.clerk) == (AwardState.NAMED, "m5")
        with pytest.raises(AwardRefused, match="another-person"):
            first.paid_by_name("m5", DAY, 60_000, PAYEE)
        assert first.paid_by_name("m6", DAY, 60_000, PAYEE).state is AwardState.SETTLED

    def test_a_first_word_of_yesterday_no_longer_counts(self) -> None:
        first = NAMED.paid_by_name("m5", DAY, 60_000, PAYEE)
        again = first.paid_by_name("m6", DAY + timedelta(days=1), 60_000, PAYEE)
        assert (again.state, again.clerk) == (AwardState.NAMED, "m6")

    def test_two_clerks_who_mean_two_payees_settle_nothing(self) -> None:
        first = NAMED.paid_by_name("m5", DAY, 60_000, PAYEE)
        with pytest.raises(AwardRefused, match="not-approved"):
            first.paid_by_name("m6", DAY, 60_000, "ff" * 32)
        again = first.paid_by_name("m6", DAY + timedelta(days=1), 60_000, "ff" * 32)
        assert (again.state, again.payee) == (AwardState.NAMED, "ff" * 32)

    def test_another_sum_is_refused(self) -> None:
        with pytest.raises(AwardRefused, match="wrong-amount"):
            NAMED.paid_by_name("m5", DAY, 59_500, PAYEE)


class TestLasting:
    @pytest.mark.parametrize("until", ["2026-09-03", "2026-03-04", "2029-03-04"])
    def test_is_longer_and_at_most_three_years(self, until: str) -> None:
        with pytest.raises(AwardRefused, match="wrong-day"):
            GRANTED.extended(date.fromisoformat(until))

    def test_three_years_are_allowed(self) -> None:
        assert GRANTED.extended(date(2029, 3, 3)).until == "2029-03-03"

    def test_is_over_after_the_last_day(self) -> None:
        assert not GRANTED.is_expired(date(2026, 9, 3))
        assert GRANTED.is_expired(date(2026, 9, 4))
        assert not COLLECTED.is_expired(date(2036, 1, 1))


def test_what_was_collected_is_not_cancelled() -> None:
    for award in (COLLECTED, SETTLED):
        with pytest.raises(AwardRefused, match="already-collected"):
            award.cancelled(DAY)


@pytest.mark.parametrize("state", STATES)
def test_a_stored_award_is_read_back(state: str) -> None:
    assert Award.decode(STATES[state].encode()) == STATES[state]


@pytest.mark.parametrize(
    "changes", [{"tier": "grand"}, {"state": "lost"}, {"approvers": 7}, {"more": 1}], ids=str
)
def test_anything_else_is_no_award(changes: dict[str, Any]) -> None:
    with pytest.raises(BadFormat):
        Award.from_fields(PROPOSED.to_fields() | changes)


@pytest.mark.parametrize("name", ["index", "tip", "claim", "amount", "tier", "state", "approvers"])
def test_an_award_that_lacks_a_part_is_none(name: str) -> None:
    fields = PROPOSED.to_fields()
    del fields[name]
    with pytest.raises(BadFormat):
        Award.from_fields(fields)


def test_an_erased_tips_award_has_no_claim_key() -> None:
    assert COLLECTED.forgotten() == replace(COLLECTED, claim="")
