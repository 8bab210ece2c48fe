"""Bech32 as age uses it: BIP 173 without the limit of 90 characters.

Sources: BIP 173 (checksum, alphabet, padding rules); c2sp.org/age ("without length limits").
A recipient has nearly 2,000 characters, so the checksum runs over integers with a table.
"""

from crypto.errors import BadFormat

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"  # BIP 173
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
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


def _polymod(values: list[int]) -> int:
    checksum = 1
    for value in values:
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value ^ _FEEDBACK[checksum >> 25]
    return checksum


def _expand(hrp: str) -> list[int]:
    codes = hrp.encode("ascii")
    return [code >> 5 for code in codes] + [0] + [code & 31 for code in codes]


def _check_hrp(hrp: str) -> None:
    if not hrp or any(ord(character) not in _PRINTABLE for character in hrp):
        raise BadFormat("a bech32 prefix needs printable ASCII characters")
    if hrp != hrp.lower() and hrp != hrp.upper():
        raise BadFormat("a bech32 text mixes upper and lower case")


def _to_fives(data: bytes) -> list[int]:
    padding = -len(data) * 8 % 5
    count = (len(data) * 8 + padding) // 5
    number = int.from_bytes(data, "big") << padding
    bits = f"{number:0{count * 5}b}" if count else ""
    return [int(bits[start : start + 5], 2) for start in range(0, count * 5, 5)]


def _from_fives(values: list[int]) -> bytes:
    length, padding = divmod(len(values) * 5, 8)
    bits = "".join(f"{value:05b}" for value in values)
    if padding > 4 or (padding and "1" in bits[-padding:]):
        raise BadFormat("a bech32 text has wrong padding bits")
    return int(bits[: length * 8] or "0", 2).to_bytes(length, "big")


def encode(hrp: str, data: bytes) -> str:
    """Encode ``data`` under the prefix ``hrp``, in the case of the prefix.

    Raises:
        BadFormat: the prefix is empty, not printable ASCII, or of mixed case.
    """
    _check_hrp(hrp)
    values = _to_fives(data)
    residue = _polymod(_expand(hrp.lower()) + values + [0] * _CHECKSUM_LENGTH) ^ 1
    values += [residue >> 5 * (_CHECKSUM_LENGTH - 1 - place) & 31 for place in range(_CHECKSUM_LENGTH)]
    text = hrp.lower() + "1" + "".join([_ALPHABET[value] for value in values])
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
    try:
        values = [_VALUES[character] for character in payload.lower()]
    except KeyError:
        raise BadFormat("a bech32 text has a character outside its alphabet") from None
    if _polymod(_expand(hrp.lower()) + values) != 1:
        raise BadFormat("a bech32 text has a wrong checksum")
    return hrp, _from_fives(values[:-_CHECKSUM_LENGTH])
