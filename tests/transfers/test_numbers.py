"""The number of a letter."""

import pytest

from tipline.ids import DeskId
from tipline.transfers.errors import NotANumber
from tipline.transfers.numbers import LetterNumber

NUMBER = LetterNumber(DeskId("intake"), 2026, 12)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-0", "2026-01", "1999-1", "2026-1 ", "2026-1234567", "２０２６-1"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        LetterNumber.parse("intake", text)


def test_a_number_is_read_and_written() -> None:
    assert LetterNumber.parse("intake", "2026-12") == NUMBER
    assert str(NUMBER) == "2026-12"
