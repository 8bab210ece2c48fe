"""No way to write an identity card's number gets past, and what people write of themselves does.

The first two numbers are the examples of GB 11643-1999; the others were made from its rule.
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.identities.card_numbers import holds_card_number

CARD = "11010519491231002X"
ANOTHER = "440524188001010014"
WEIGHTS = [2**power % 11 for power in range(17, 0, -1)]


def with_check(digits: str) -> str:
    """Seventeen digits with their check digit, from the definition: the sum of all by 2^i is 1 modulo 11."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    check = (1 - total) % 11
    return digits + ("X" if check == 10 else str(check))


BIRTHS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
CARDS = st.builds(
    lambda place, born, count: with_check(f"{place:06}{born:%Y%m%d}{count:03}"),
    st.integers(110_000, 820_000),
    BIRTHS,
    st.integers(0, 999),
)


@pytest.mark.parametrize(
    "text",
    [
        CARD,
        ANOTHER,
        CARD.lower(),
        f"身份证{CARD}。",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
        "110105-19491231-002x",
        "440524 18800101 0014",
        "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X",
        f"138 0013 8000 {CARD}",
        f"1{CARD}",
        "110105\n19491231\n002X",
    ],
)
def test_a_card_number_is_found_however_it_is_written(text: str) -> None:
    assert holds_card_number(text)


@given(CARDS, st.sampled_from(["", " ", "-", " . ", "\n"]), st.text(alphabet="，。你 a", max_size=5))
def test_every_card_number_is_found(card: str, gap: str, around: str) -> None:
    assert holds_card_number(f"{around}{gap.join([card[:6], card[6:14], card[14:]])}{around}")


@given(CARDS, st.integers(0, 17), st.integers(1, 9))
def test_a_wrong_digit_makes_it_none(card: str, at: int, more: int) -> None:
    digit = str((int(card[at]) + more) % 10) if card[at] != "X" else str(more)
    assert not holds_card_number(card[:at] + digit + card[at + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "李娜",
        "13800138000",
        "13800138000 13900139000",
        "0571-88886666，13800138000",
        "QQ 1234567890",
        "6222021234567890123",
        CARD[:-1],
        CARD[:-1] + "1",
        "110105194912310020",
    ],
)
def test_telephone_numbers_and_others_are_none(text: str) -> None:
    assert not holds_card_number(text)
