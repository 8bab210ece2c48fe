"""The tier and the amount that scores suggest; people decide."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.rewards.amounts import is_amount
from tipline.rewards.scoring import BOUNDS, MOST_SCORE, Factor, Major, Tier, suggested_amount, suggested_tier

SCORES = st.fixed_dictionaries({factor: st.integers(0, MOST_SCORE) for factor in Factor})
FULL = dict.fromkeys(Factor, MOST_SCORE)
NONE = dict.fromkeys(Factor, 0)


@pytest.mark.parametrize(
    ("major", "scores", "tier"),
    [
        ((Major.SERIOUS,), FULL, Tier.ORDINARY),
        (
            (
                Major.UMBRELLA,
                Major.SERIOUS,
            ),
            NONE,
            Tier.UMBRELLA,
        ),
        (
            (
                Major.EVIL_FORCE,
                Major.UMBRELLA,
            ),
            NONE,
            Tier.EVIL_FORCE,
        ),
        ((Major.ORGANISED,), NONE, Tier.ORGANISED),
        ((Major.ORGANISED,), FULL, Tier.EXCEPTIONAL),
        ((Major.ORGANISED,), FULL | {Factor.HELP: 1}, Tier.EXCEPTIONAL),
        ((Major.ORGANISED,), FULL | {Factor.HELP: 0}, Tier.ORGANISED),
    ],
    ids=str,
)
def test_the_heaviest_matter_suggests_the_tier(
    major: tuple[Major, ...], scores: dict[Factor, int], tier: Tier
) -> None:
    assert suggested_tier(major, scores) is tier


@given(st.sampled_from(Tier), SCORES)
def test_a_suggestion_is_an_amount_of_its_tier(tier: Tier, scores: dict[Factor, int]) -> None:
    low, high = BOUNDS[tier]
    amount = suggested_amount((low, high), scores)
    assert is_amount(amount)
    assert low <= amount <= high


@pytest.mark.parametrize("tier", Tier)
def test_nothing_scored_suggests_the_least_and_all_the_most(tier: Tier) -> None:
    assert suggested_amount(BOUNDS[tier], NONE) == BOUNDS[tier][0]
    assert suggested_amount(BOUNDS[tier], FULL) == BOUNDS[tier][1]
