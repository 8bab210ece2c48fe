"""tipline/protection/scoring.py."""

from itertools import product

import pytest

from tipline.protection.scoring import STEPS, Factor, Level, score, suggested

EVERY = [dict(zip(Factor, steps, strict=True)) for steps in product(range(STEPS), repeat=len(Factor))]
ORDER = list(Level)


def scores(*steps: int) -> dict[Factor, int]:
    """The five factors in their order: threat, capability, exposure, dependants, triggers."""
    return dict(zip(Factor, steps, strict=True))


@pytest.mark.parametrize(
    ("steps", "level"),
    [
        ((0, 0, 0, 0, 0), Level.LOW),
        ((1, 1, 1, 1, 0), Level.LOW),
        ((1, 1, 1, 1, 1), Level.MEDIUM),
        ((2, 2, 2, 2, 1), Level.MEDIUM),
        ((2, 2, 2, 2, 2), Level.HIGH),
        ((2, 3, 3, 3, 3), Level.HIGH),
        ((2, 4, 4, 4, 1), Level.EXTREME),
        ((4, 4, 4, 4, 4), Level.EXTREME),
    ],
)
def test_the_sum_suggests_the_level(steps: tuple[int, ...], level: Level) -> None:
    assert suggested(scores(*steps)) is level


def test_a_threat_that_can_be_carried_out_is_never_called_low() -> None:
    assert suggested(scores(3, 3, 0, 0, 0)) is Level.HIGH
    assert suggested(scores(4, 3, 0, 0, 0)) is Level.EXTREME
    serious = [one for one in EVERY if min(one[Factor.THREAT], one[Factor.CAPABILITY]) >= 3]
    assert serious
    assert all(suggested(one) in (Level.HIGH, Level.EXTREME) for one in serious)


def test_a_higher_score_never_suggests_a_lower_level() -> None:
    for one in EVERY:
        for factor in Factor:
            if one[factor] + 1 < STEPS:
                more = one | {factor: one[factor] + 1}
                assert ORDER.index(suggested(more)) >= ORDER.index(suggested(one))
                assert score(more) == score(one) + 1
