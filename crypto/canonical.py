"""Canonical JSON: one value has exactly one encoding, so hashes and signatures of it are well defined.

UTF-8, keys sorted by code point, no white space, nothing escaped that need not be. Only text, whole
numbers, truth values, lists and objects: floats differ between languages, and null would be a second way to
say "absent".
"""

import json
from collections.abc import Iterable
from typing import Any, Final

from crypto.errors import BadFormat

MAX_DEPTH: Final = 8  # the outermost object counts as 1
MAX_INTEGER: Final = 2**53  # what every JSON reader can hold exactly (RFC 8259, section 6)

_PLAIN = (str, bool)
_SIMPLE: Final = frozenset(_PLAIN)
_NESTED = (dict, list)
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False)


def encode(value: dict[str, Any]) -> bytes:
    """Return the one encoding of an object of str, int, bool, list and dict.

    Raises:
        BadFormat: another type, a number beyond ±2^53, half a surrogate pair, or more than 8 levels.
    """
    if not isinstance(value, dict):
        raise BadFormat("canonical JSON is an object")
    return encode_part(value, depth=1)


def encode_part(value: dict[str, Any] | list[Any], *, depth: int) -> bytes:
    """Return the encoding of a part, as it stands `depth` levels down in the encoding of its object.

    Raises:
        BadFormat: as `encode`.
    """
    _check(value, depth)
    try:
        return _ENCODER.encode(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadFormat("text holds half a surrogate pair") from error


def decode(data: bytes) -> dict[str, Any]:
    """Read an object back, and refuse whatever is not its one encoding.

    A key that stands twice, white space, a needless escape and keys out of order need no rules of their own:
    what was read does not re-encode to the bytes it came from.

    Raises:
        BadFormat: not JSON, not canonical, or a value that `encode` would refuse.
    """
    value = read_unchecked(data)
    if encode(value) != data:
        raise BadFormat("JSON is not in its canonical form")
    return value


def read_unchecked(data: bytes) -> dict[str, Any]:
    """Read an object whose encoding the caller compares with these bytes; before that it may be any.

    Raises:
        BadFormat: no JSON object in UTF-8.
    """
    try:
        value = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # ValueError: no UTF-8, no JSON, a number of absurd length
        raise BadFormat("not JSON in UTF-8") from error
    if not isinstance(value, dict):
        raise BadFormat("canonical JSON is an object")
    return value


def _check(value: object, depth: int) -> None:
    if isinstance(value, _PLAIN):
        return
    if isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise BadFormat("number is out of range")
        return
    if not isinstance(value, _NESTED):
        raise BadFormat("JSON holds a type that is not allowed here")
    if depth > MAX_DEPTH:
        raise BadFormat("JSON is nested too deeply")
    inside: Iterable[object] = value
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise BadFormat("a key is not text")
        inside = value.values()
    for inner in inside:
        # Most are one of these: a call for each would cost as much as the encoding.
        if type(inner) not in _SIMPLE:
            _check(inner, depth + 1)
