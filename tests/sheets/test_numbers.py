"""The number on the outside of a sheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.sheets.errors import MistypedNumber
from tipline.sheets.numbers import DIGITS, grouped, new_number, parse_number

numbers = st.builds(new_number)


@given(numbers, st.integers(0, DIGITS - 1), st.integers(1, 9))
def test_every_wrong_digit_is_caught(number: str, place: int, shift: int) -> None:
    wrong = str((int(number[place]) + shift) % 10)
    with pytest.raises(MistypedNumber):
        parse_number(number[:place] + wrong + number[place + 1 :])


@given(numbers, st.integers(0, DIGITS - 2))
def test_every_swap_of_neighbours_is_caught(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped == number:
        assert parse_number(swapped) == number
    else:
        with pytest.raises(MistypedNumber):
            parse_number(swapped)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_nine_digits_or_refused(text: str) -> None:
    try:
        number = parse_number(text)
    except MistypedNumber:
        return
    assert len(number) == DIGITS
    assert number.isascii()
    assert number.isdigit()


@pytest.mark.parametrize("text", ["", "572 4", "000 000 00", "000 000 000 0", "00000000a", "0" * 1_000])
def test_another_length_is_refused(text: str) -> None:
    with pytest.raises(MistypedNumber):
        parse_number(text)


def test_the_check_digit_is_damms() -> None:
    # The example that is given everywhere for this scheme: 572 has the check digit 4.
    assert parse_number("000 005 724") == "000005724"


def test_spacing_does_not_matter() -> None:
    number = new_number()
    for typed in (number, grouped(number), "-".join(number), f"\u3000{number}\u200b"):
        assert parse_number(typed) == number


def test_full_width_digits_are_digits() -> None:
    number = new_number()
    wide = number.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    assert parse_number(wide) == number
