"""Bech32 as age uses it: BIP 173 without the limit of 90 characters.

Sources: BIP 173 (checksum, alphabet, padding rules); c2sp.org/age ("without length limits").
A recipient has nearly 2,000 characters and stands in every tip, so the checksum takes two characters a
step, and whole numbers do the regrouping of bits.
"""

import base64
import re

from crypto.errors import BadFormat

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"  # BIP 173
_ALPHABET_ONLY = re.compile(f"[{_ALPHABET}]+")
_FIVES = bytes(range(32))  # values of five bits, one a byte
_CHARACTERS = bytes.maketrans(_FIVES, _ALPHABET.encode("ascii"))
_VALUES = bytes.maketrans(_ALPHABET.encode("ascii"), _FIVES)
_FROM_BASE32 = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _FIVES)  # RFC 4648
_TO_DIGITS = bytes.maketrans(_FIVES, b"0123456789abcdefghijklmnopqrstuv")  # as int() reads base 32
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)  # BIP 173
_CHECKSUM_LENGTH = 6
_PRINTABLE = range(33, 127)  # BIP 173: characters that a prefix may have


def _feedback(top: int) -> int:
    folded = 0
    for bit, generator in enumerate(_GENERATOR):
        if top >> bit & 1:
            folded ^= generator
    return folded


_FEEDBACK = tuple(_feedback(top) for top in range(32))


def _step(checksum: int, value: int) -> int:
    return (checksum & 0x1FFFFFF) << 5 ^ value ^ _FEEDBACK[checksum >> 25]


# What the upper ten bits leave behind after two steps: the step is linear, so the rest is added to it.
_FEEDBACK_OF_TWO = tuple(_step(_step(top << 20, 0), 0) for top in range(1024))


def _polymod(values: bytes) -> int:
    checksum = 1
    if len(values) % 2:
        checksum, values = _step(checksum, values[0]), values[1:]
    for first, second in zip(values[::2], values[1::2], strict=True):
        checksum = (checksum & 0xFFFFF) << 10 ^ first << 5 ^ second ^ _FEEDBACK_OF_TWO[checksum >> 20]
    return checksum


def _expand(hrp: str) -> bytes:
    codes = hrp.encode("ascii")
    return bytes([code >> 5 for code in codes]) + b"\0" + bytes([code & 31 for code in codes])


def _check_hrp(hrp: str) -> None:
    if not hrp or any(ord(character) not in _PRINTABLE for character in hrp):
        raise BadFormat("a bech32 prefix needs printable ASCII characters")
    if hrp != hrp.lower() and hrp != hrp.upper():
        raise BadFormat("a bech32 text mixes upper and lower case")


def _to_fives(data: bytes) -> bytes:
    return base64.b32encode(data).rstrip(b"=").translate(_FROM_BASE32)


def _from_fives(values: bytes) -> bytes:
    length, padding = divmod(len(values) * 5, 8)
    number = int(values.translate(_TO_DIGITS) or b"0", 32)
    if padding > 4 or number & (1 << padding) - 1:
        raise BadFormat("a bech32 text has wrong padding bits")
    return (number >> padding).to_bytes(length, "big")


def encode(hrp: str, data: bytes) -> str:
    """Encode ``data`` under the prefix ``hrp``, in the case of the prefix.

    Raises:
        BadFormat: the prefix is empty, not printable ASCII, or of mixed case.
    """
    _check_hrp(hrp)
    values = _to_fives(data)
    residue = _polymod(_expand(hrp.lower()) + values + bytes(_CHECKSUM_LENGTH)) ^ 1
    places = range(_CHECKSUM_LENGTH - 1, -1, -1)
    values += bytes([residue >> 5 * place & 31 for place in places])
    text = hrp.lower() + "1" + values.translate(_CHARACTERS).decode("ascii")
    return text if hrp == hrp.lower() else text.upper()


def decode(text: str) -> tuple[str, bytes]:
    """Split ``text`` into its prefix, in the case it has, and its data.

    Raises:
        BadFormat: no separator, a character outside the alphabet, mixed case,
            a wrong checksum, or padding bits that are not zero.
    """
    if text != text.lower() and text != text.upper():
        raise BadFormat("a bech32 text mixes upper and lower case")
    hrp, separator, payload = text.rpartition("1")
    if not separator or len(payload) < _CHECKSUM_LENGTH:
        raise BadFormat("not a bech32 text")
    _check_hrp(hrp)
    lower = payload.lower()
    if not _ALPHABET_ONLY.fullmatch(lower):
        raise BadFormat("a bech32 text has a character outside its alphabet")
    values = lower.encode("ascii").translate(_VALUES)
    if _polymod(_expand(hrp.lower()) + values) != 1:
        raise BadFormat("a bech32 text has a wrong checksum")
    return hrp, _from_fives(values[:-_CHECKSUM_LENGTH])
