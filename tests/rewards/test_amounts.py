"""Amounts and the vouchers that they are paid in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.rewards.amounts import BASE, MOST, MOST_VOUCHERS, VALUES, is_amount, most_vouchers, split

AMOUNTS = st.integers(1, MOST // BASE).map(lambda number: number * BASE)
FIXED = st.sets(st.integers(2, 200).map(lambda number: number * BASE), max_size=7).map(
    lambda others: (BASE, *sorted(others))
)


@pytest.mark.parametrize("value", [0, -500, 499, 501, 500_500, True, 500.0, "500", None])
def test_nothing_else_is_an_amount(value: object) -> None:
    assert not is_amount(value)


@given(AMOUNTS, FIXED)
def test_vouchers_come_to_the_amount_each_value_once(amount: int, values: tuple[int, ...]) -> None:
    assert is_amount(amount)
    pairs = split(amount, values)
    assert sum(value * count for value, count in pairs) == amount
    assert [value for value, _ in pairs] == sorted({value for value, _ in pairs}, reverse=True)
    assert all(count > 0 for _, count in pairs)


@given(AMOUNTS)
def test_an_award_by_default_fits_one_request(amount: int) -> None:
    assert sum(count for _, count in split(amount, VALUES)) <= 19 < MOST_VOUCHERS


def test_the_most_vouchers_are_those_of_some_amount() -> None:
    assert most_vouchers(MOST, VALUES) == 19
    assert most_vouchers(5_000, (BASE,)) == 10
