"""The number on the outside of a code sheet: eight random digits and a check digit.

It means nothing and leads to public values alone. The check digit is Damm's, which catches every single wrong
digit and every swap of neighbours.
Source: H. Michael Damm, Total anti-symmetrische Quasigruppen, Marburg 2004; the table of order 10 there.
"""

import unicodedata
from typing import Final, NewType

from crypto.randomness import random_bytes
from tipline.sheets.errors import MistypedNumber

SheetNumber = NewType("SheetNumber", str)

DIGITS: Final = 9
_PAYLOAD: Final = 10 ** (DIGITS - 1)
_GROUP: Final = 3
_LONGEST: Final = 100  # characters as typed
_DAMM: Final = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def new_number() -> SheetNumber:
    """A fresh random number, nine digits."""
    # 128 bits: the remainder favours no number by more than 2^-100.
    payload = f"{int.from_bytes(random_bytes(16), 'big') % _PAYLOAD:0{DIGITS - 1}d}"
    return SheetNumber(f"{payload}{_check(payload)}")


def parse_number(text: str) -> SheetNumber:
    """Read a typed number, with any spacing and any script's decimal digits.

    Raises:
        MistypedNumber: not nine digits, or the check digit does not fit.
    """
    visible = [each for each in text[:_LONGEST] if unicodedata.category(each)[0] not in "ZPC"]
    values = [unicodedata.decimal(each, None) for each in visible]
    digits = "".join(str(value) for value in values if value is not None)
    if len(text) > _LONGEST or len(digits) != len(values) or len(digits) != DIGITS or _check(digits):
        raise MistypedNumber
    return SheetNumber(digits)


def grouped(number: SheetNumber) -> str:
    """The number as people read it: three groups of three."""
    return " ".join(number[start : start + _GROUP] for start in range(0, DIGITS, _GROUP))


def _check(digits: str) -> int:
    """The check digit of these digits; 0 for digits that end with their own."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return interim
