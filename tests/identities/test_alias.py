"""What somebody is called where their name is not."""

import re
from string import ascii_uppercase

import pytest

from tipline.identities.alias import LETTERS, NUMBERS, alias_code
from tipline.ids import ItemId, new_item_id

VECTORS = (
    (bytes(16), "D54"),
    (bytes(range(16)), "K48"),
    (b"\xff" * 16, "D68"),
)
"""SHA-256 of the id as one number: its remainder by 24 is the letter, the rest by 99, and one, the number."""


@pytest.mark.parametrize(("item", "code"), VECTORS)
def test_an_item_gives_the_same_alias_always(item: bytes, code: str) -> None:
    assert alias_code(ItemId(item)) == code


def test_an_alias_is_a_letter_that_looks_like_no_digit_and_one_or_two_digits() -> None:
    assert set(LETTERS) == set(ascii_uppercase) - {"I", "O"}
    for _ in range(300):
        assert re.fullmatch(r"[A-HJ-NP-Z][1-9][0-9]?", alias_code(new_item_id()))


def test_aliases_spread_over_all_letters_and_numbers() -> None:
    """So that two people of one tip are told apart: one pair in some thousand is not."""
    codes = {alias_code(new_item_id()) for _ in range(4_000)}
    assert len(codes) > len(LETTERS) * NUMBERS // 2
