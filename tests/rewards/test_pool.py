"""Whoever knows every day finds at least five awards for each voucher, and among them guesses blindly."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.clocks import FixedClock
from tests.keeper.rewards.till import till
from tests.rewards.a_year import AWARDS, Lived, guessed, live_a_year
from tests.rewards.quick_keys import quick_mint
from tests.world import NOON
from tipline.rewards.pools import Pool
from tipline.rewards.rules import DEFAULT_REWARD_RULES

LEAST: Final = DEFAULT_REWARD_RULES.crowd
MOST_AGREEING: Final = 5.0
"""Standard deviations: blind guesses are taken for better ones less than once in a million."""
SEED: Final = "a year"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    folder = tmp_path_factory.mktemp("year") / "world"
    with quick_mint(), till(folder, FixedClock(NOON)) as made:
        yield live_a_year(made, SEED)


def fewest_candidates(lived: Lived) -> int:
    """Of all vouchers, for whoever knows all days."""
    return min(len(pot.candidates(spent)) for pot in lived.pots.values() for spent in pot.back)


def test_every_voucher_fits_five_awards_whatever_day_it_came_and_whatever_came_later(lived: Lived) -> None:
    assert lived.refused > AWARDS
    assert all(len(pot.back) == pot.sizes.total() for pot in lived.pots.values())
    for pot in lived.pots.values():
        assert all(lived.owner[spent] in pot.candidates(spent) for spent in pot.back)
    assert fewest_candidates(lived) >= LEAST


def test_among_the_awards_that_fit_nobody_guesses_better_than_by_chance(lived: Lived) -> None:
    for value, pot in lived.pots.items():
        for name, right, mean, variance in guessed(pot, lived.owner):
            assert right <= mean + MOST_AGREEING * variance**0.5, (value, name)


def test_without_the_rule_days_alone_find_whose_a_voucher_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five awards that were collected once hide nobody who comes when all others have come."""
    monkeypatch.setattr(
        "tipline.keeper.rewards.redeeming.may_come_back",
        lambda row, _sizes, least, _today: bool(row.opened) or row.awards >= least,
    )
    with quick_mint(), till(tmp_path / "world", FixedClock(NOON)) as made:
        lived = live_a_year(made, SEED)
    alone = [spent for pot in lived.pots.values() for spent in pot.back if len(pot.candidates(spent)) == 1]
    assert alone
    for pot in lived.pots.values():
        assert all(pot.candidates(spent) == {lived.owner[spent]} for spent in alone if spent in pot.back)


@pytest.mark.parametrize(
    ("sizes", "back", "hidden"),
    [
        ({}, 0, 0),
        ({1: 5}, 0, 5),
        ({1: 5}, 1, 4),
        ({1: 5, 4: 1}, 5, 1),
        ({1: 5, 4: 1}, 4, 2),
        ({4: 5}, 3, 5),
        ({4: 5}, 4, 4),
        ({4: 2, 1: 3}, 11, 0),
        ({4: 2, 1: 3}, 12, 0),
    ],
)
def test_the_fewest_awards_that_may_have_a_voucher_out_count(
    sizes: dict[int, int], back: int, hidden: int
) -> None:
    assert Pool(sizes, back).hidden() == hidden
