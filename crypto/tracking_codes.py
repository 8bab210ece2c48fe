"""Tracking codes: 16 random bytes that a reporter keeps as eight groups of six digits.

Group i (0 to 7) is ``11·x + i`` with x of 16 bits. The remainder by 11 says
which place a group belongs to, so the groups may be typed in any order, and
every single wrong digit and every swap of neighbouring digits is caught:
neither changes a number by a multiple of 11. A wrong group then fits no place
or claims one that is taken, and then both are named.

Keys come by HKDF from the 16 bytes, never from the typed text. No slow hash is
needed at 128 bits, and one on the public side would hand attackers a lever.
"""

import hashlib
import unicodedata
from functools import cached_property
from typing import Self

from crypto.errors import BadFormat
from crypto.hidden import Hidden
from crypto.keys import Identity, SigningKey, derive
from crypto.randomness import random_bytes

RAW_LENGTH = 16
GROUPS = 8
DIGITS = 6
MODULUS = 11
_LARGEST = 0xFFFF
_MAX_TYPED = 1_000  # characters; a code with generous spacing has far fewer


class MistypedCode(BadFormat):
    """What was typed is not a code.

    Attributes:
        groups: the wrong groups as they were typed; where two claim one
            place, both, of which one may be right.
        missing: how many groups are missing.
        surplus: how many groups there are too many.
    """

    def __init__(self, groups: tuple[str, ...], missing: int, surplus: int) -> None:
        super().__init__("the tracking code is mistyped")
        self.groups = groups
        self.missing = missing
        self.surplus = surplus


class TrackingCode(Hidden):
    """A reporter's code and all that is derived from it."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) != RAW_LENGTH:
            raise BadFormat("a tracking code has 16 bytes")
        self.raw = bytes(raw)

    @classmethod
    def generate(cls) -> Self:
        """A fresh random code."""
        return cls(random_bytes(RAW_LENGTH))

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """The code of 16 bytes."""
        return cls(raw)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a typed code: groups in any order, any spacing, any script's decimal digits.

        Raises:
            MistypedCode: with the groups that are wrong.
        """
        return cls(_parse(text))

    def reveal(self) -> str:
        """Eight groups of six digits with one space between."""
        return " ".join(
            f"{MODULUS * int.from_bytes(self.raw[2 * place : 2 * place + 2], 'big') + place:0{DIGITS}d}"
            for place in range(GROUPS)
        )

    @cached_property
    def locator(self) -> bytes:
        """32 bytes that find the tip. Only their hash is stored."""
        return derive(self.raw, "tipline/code/locator")

    @property
    def locator_hash(self) -> bytes:
        """SHA-256 of the locator: what the database holds."""
        return hashlib.sha256(self.locator).digest()

    @cached_property
    def identity(self) -> Identity:
        """The pair that opens what is sealed to the reporter."""
        return Identity.from_seed(derive(self.raw, "tipline/code/seal"))

    @cached_property
    def claim_key(self) -> SigningKey:
        """The key that signs what the reporter adds later."""
        return SigningKey.from_seed(derive(self.raw, "tipline/code/claim"))

    @cached_property
    def marker_key(self) -> bytes:
        """A 32-byte key for the reporter's private marks, such as what was read."""
        return derive(self.raw, "tipline/code/marker")

    @cached_property
    def root_key(self) -> bytes:
        """A 32-byte key for the box that leads from the code in force to the first one."""
        return derive(self.raw, "tipline/code/root")

    def for_protection(self) -> Self:
        """The code of the protection case that belongs to this code's tip; it leads back to nothing."""
        return type(self)(derive(self.raw, "tipline/code/protection", RAW_LENGTH))


def _parse(text: str) -> bytes:
    if len(text) > _MAX_TYPED:
        raise MistypedCode((), GROUPS, 0)
    runs = _runs(text)
    whole = "".join(runs)
    if _fills(_sixes(whole)) or (
        len(whole) >= DIGITS * (GROUPS - 1) and not any(len(run) % DIGITS == 0 for run in runs)
    ):
        runs = [whole]  # A whole code, spaced in another rhythm.
    groups = list(dict.fromkeys(group for run in runs for group in _cut(run)))
    claims: dict[int, list[str]] = {}
    for group in groups:
        claims.setdefault(_place(group), []).append(group)
    wrong = {
        group
        for place, claimants in claims.items()
        if place == _NOWHERE or len(claimants) > 1
        for group in claimants
    }
    if wrong or len(groups) != GROUPS:
        named = tuple(group for group in groups if group in wrong)
        raise MistypedCode(named, max(GROUPS - len(groups), 0), max(len(groups) - GROUPS, 0))
    return b"".join((_value(claims[place][0]) // MODULUS).to_bytes(2, "big") for place in range(GROUPS))


def _runs(text: str) -> list[str]:
    """Split at all that is no letter, digit or mark; characters stay as typed.

    Format characters (category Cf: zero-width spaces, direction marks that a
    messenger slips in) are dropped.
    """
    visible = [character for character in text if unicodedata.category(character) != "Cf"]
    return "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in visible).split()


def _cut(run: str) -> list[str]:
    """Cut a run into groups of six.

    Where a digit is lost or doubled in a long run, the groups before and after
    still stand in sequence: cut them off at both ends, and the rest is wrong.
    """
    spare = len(run) % DIGITS
    if not spare:
        return _sixes(run)
    if len(run) < 2 * DIGITS:
        return [run]
    front, back = _sequence(_sixes(run), 1), _sequence(_sixes(run[spare:])[::-1], -1)
    if front >= back:
        back = min(back, (len(run) // DIGITS) - front)
    else:
        front = min(front, (len(run) // DIGITS) - back)
    start, end = front * DIGITS, len(run) - back * DIGITS
    return [*_sixes(run[:start]), run[start:end], *_sixes(run[end:])]


def _fills(groups: list[str]) -> bool:
    """Whether the groups claim each place once."""
    return len(groups) == GROUPS and {_place(group) for group in groups} == set(range(GROUPS))


def _sixes(run: str) -> list[str]:
    return [run[start : start + DIGITS] for start in range(0, len(run), DIGITS)]


def _sequence(groups: list[str], step: int) -> int:
    """How many of ``groups`` at the start claim places in sequence."""
    places = [_place(group) for group in groups]
    count = 0
    for place in places:
        if place == _NOWHERE or (count and place != places[count - 1] + step):
            break
        count += 1
    return count


_NOWHERE = -1


def _value(group: str) -> int:
    """The number of six digits of any script, or -1."""
    digits = [unicodedata.decimal(character, None) for character in group]
    if len(digits) != DIGITS:
        return -1
    value = 0
    for digit in digits:
        if digit is None:
            return -1
        value = 10 * value + digit
    return value


def _place(group: str) -> int:
    """The place that a group claims, 0 to 7, or ``_NOWHERE``."""
    value = _value(group)
    if value < 0 or value // MODULUS > _LARGEST or value % MODULUS >= GROUPS:
        return _NOWHERE
    return value % MODULUS
