"""Numbers of identity cards, which are kept nowhere: one is enough to find a person by.

Eighteen characters: six digits of a place, eight of a date of birth, three of a count, and a check digit that
may be X. Source: GB 11643-1999; the check is ISO 7064, MOD 11-2.
"""

import re
from datetime import date
from typing import Final
from unicodedata import normalize

_LENGTH: Final = 18
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_BETWEEN: Final = re.compile(r"[\s\-.,·、/_]+")
_ALONE: Final = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")
_RUN: Final = re.compile(r"[0-9](?:[\s\-.,·、/_]{0,3}[0-9Xx]){17,}")
_BIRTHS: Final = range(1800, 2100)


def holds_card_number(text: str) -> bool:
    """Whether a text holds the number of an identity card, in whatever way it is written in digits.

    Eighteen digits by themselves are taken for one when the check digit is right. In a longer row of digits,
    or one with gaps, a date of birth must stand in its place, too: two telephone numbers are no card.
    """
    plain = normalize("NFKC", text)
    if any(_is_checked(number) for number in _ALONE.findall(plain)):
        return True
    rows = (_BETWEEN.sub("", row) for row in _RUN.findall(plain))
    windows = (row[at : at + _LENGTH] for row in rows for at in range(len(row) - _LENGTH + 1))
    return any(_is_checked(window) and _is_dated(window) for window in windows)


def _is_checked(number: str) -> bool:
    digits = number[:-1]
    if not digits.isdigit():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return number[-1].upper() == _CHECKS[total % 11]


def _is_dated(number: str) -> bool:
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    try:
        return date(year, month, day).year in _BIRTHS
    except ValueError:
        return False
