"""What a reporter signs to collect a reward: blinded values for its vouchers, or to be paid by name.

Who collects vouchers signs beside it that they did, without the blinded values: that is for the log.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Self

from crypto import canonical
from crypto.errors import BadFormat
from tipline.rewards.days import proof_of

COLLECT: Final = "collect"
MAX_VOUCHERS: Final = 40
"""Of one award: 500,000 yuan in the default values are ten, and no award needs more than twenty."""

_TIP = re.compile(r"[0-9a-f]{32}")
_BLINDED = re.compile(r"[0-9a-f]{768}")
_MOST = 2**53


@dataclass(frozen=True)
class Collect:
    """One request to collect.

    Attributes:
        tip: 16 bytes.
        award: the index of its proposal.
        year: of the keys, as it is (UTC) when the award is collected first.
        blinded: for each voucher its value in yuan and the blinded number (384 bytes), ascending by value.
        named: to be paid by name instead; then `blinded` is empty.

    Raises:
        BadFormat: a field has another form.
    """

    tip: bytes
    award: int
    year: int
    blinded: tuple[tuple[int, bytes], ...] = field(default=(), repr=False)
    named: bool = False

    def __post_init__(self) -> None:
        values = [value for value, _ in self.blinded]
        if self.named == bool(values) or values != sorted(values) or len(values) > MAX_VOUCHERS:
            raise BadFormat("blinded values are named by value, or none for a payment by name")

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Self:
        """Read it from a request.

        Raises:
            BadFormat: it is none.
        """
        tip, award, year, named = (fields.get(name) for name in ("tip", "award", "year", "named"))
        if not isinstance(tip, str) or not _TIP.fullmatch(tip) or not isinstance(named, bool):
            raise BadFormat("a request to collect has another form")
        if type(award) is not int or type(year) is not int or not 0 <= award <= _MOST or not 0 < year < _MOST:
            raise BadFormat("an award and a year are whole numbers")
        blinded = fields.get("blinded")
        if not isinstance(blinded, list) or len(blinded) > MAX_VOUCHERS:
            raise BadFormat("blinded values are a list")
        return cls(bytes.fromhex(tip), award, year, tuple(map(_read_blinded, blinded)), named)

    def to_fields(self) -> dict[str, Any]:
        """The same as an object."""
        return {
            "tip": self.tip.hex(),
            "award": self.award,
            "year": self.year,
            "blinded": [[value, number.hex()] for value, number in self.blinded],
            "named": self.named,
        }

    def message(self, log: str) -> bytes:
        """What the claim key signs, for the log of this name."""
        return canonical.encode({"v": 1, "type": COLLECT, "log": log, **self.to_fields()})

    def proof(self, log: str) -> bytes:
        """What it signs beside that, for the log to show, where vouchers are asked for."""
        return proof_of(log, self.tip.hex(), self.award, self.year)

    def digest(self, log: str) -> str:
        """SHA-256 of `message` (hex): the keeper knows the same request by it."""
        return sha256(self.message(log)).hexdigest()

    @property
    def values(self) -> Counter[int]:
        """How many vouchers of each value."""
        return Counter(value for value, _ in self.blinded)


def _read_blinded(pair: object) -> tuple[int, bytes]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise BadFormat("a blinded value is a pair")
    value, number = pair
    if type(value) is not int or not 0 < value <= _MOST:
        raise BadFormat("a value is a whole number")
    if not isinstance(number, str) or not _BLINDED.fullmatch(number):
        raise BadFormat("a blinded number is 768 hex digits")
    return value, bytes.fromhex(number)
