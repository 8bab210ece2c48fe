"""Pickup codes: ten digits that fetch cash, said or written down at a counter.

Nine follow from the voucher under a keeper's key, so that asking again gives the same; the tenth catches
every single wrong digit and every swap of neighbours.

Source of the check digit: H. M. Damm, Total anti-symmetrische Quasigruppen (Marburg, 2004), page 111.
"""

import hashlib
import hmac
import unicodedata
from typing import Final, Self

from crypto.errors import BadFormat
from crypto.hidden import Hidden

DIGITS: Final = 10
DIGEST_LENGTH: Final = 16
SPENT_LENGTH: Final = 32
_MAX_TYPED: Final = 100  # characters; a code with generous spacing has far fewer
_TABLE: Final = (  # Damm's quasigroup of order ten
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


class MistypedPickup(BadFormat):
    """What was typed is no pickup code: a digit is wrong, or there are too few or too many."""


class PickupCode(Hidden):
    """A pickup code.

    Raises:
        MistypedPickup: not ten digits of which the last fits the others.
    """

    def __init__(self, digits: str) -> None:
        if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()) or _check(digits) != "0":
            raise MistypedPickup("the pickup code is mistyped")
        self._digits = digits

    @classmethod
    def derive(cls, key: bytes, spent: bytes, attempt: int) -> Self:
        """The code of a voucher: of its hash, and of how often an earlier code of it ran out.

        Args:
            key: the keeper's, 32 bytes.
            spent: SHA-256 of the voucher's message.
        """
        if len(spent) != SPENT_LENGTH:
            raise BadFormat("the hash of a voucher has 32 bytes")
        message = b"tipline/pickup" + spent + attempt.to_bytes(4, "big")
        number = int.from_bytes(hmac.digest(key, message, "sha256"), "big") % 10 ** (DIGITS - 1)
        digits = f"{number:0{DIGITS - 1}d}"
        return cls(digits + _check(digits))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a typed code: any spacing or punctuation, any script's decimal digits.

        Raises:
            MistypedPickup: it is none.
        """
        if len(text) > _MAX_TYPED:
            raise MistypedPickup("the pickup code is mistyped")
        kept = [character for character in text if unicodedata.category(character)[0] in "LN"]
        return cls("".join(str(unicodedata.decimal(character, "?")) for character in kept))

    def reveal(self) -> str:
        """Groups that can be said aloud: three, three and four digits."""
        return f"{self._digits[:3]} {self._digits[3:6]} {self._digits[6:]}"

    def digest(self, key: bytes) -> bytes:
        """What is stored of a code: 16 bytes, which without the keeper's key lead to no code."""
        message = b"tipline/pickup/stored" + self._digits.encode("ascii")
        return hmac.new(key, message, hashlib.sha256).digest()[:DIGEST_LENGTH]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PickupCode) and hmac.compare_digest(self._digits, other._digits)

    def __hash__(self) -> int:
        return hash(self._digits)


def _check(digits: str) -> str:
    """The check digit of some digits; of digits that end with theirs, "0"."""
    interim = 0
    for digit in digits:
        interim = int(_TABLE[interim][int(digit)])
    return str(interim)
