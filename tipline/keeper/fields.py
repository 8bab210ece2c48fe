"""Taking a request's fields apart. Whatever has another form is malformed."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from crypto.errors import BadFormat
from tipline.keeper.release import SlipFrame
from tipline.keeper_client.frames import to_bytes

_ID = re.compile(r"[0-9a-f]{32}")
MAX_NUMBER: Final = 2**53


def read_bytes(request: Mapping[str, Any], name: str) -> bytes:
    """A field of bytes.

    Raises:
        BadFormat: missing, or not base64.
    """
    return to_bytes(request.get(name))


def read_text(request: Mapping[str, Any], name: str) -> str:
    """A field of text.

    Raises:
        BadFormat: missing, or no text.
    """
    value = request.get(name)
    if not isinstance(value, str):
        raise BadFormat("a field is no text")
    return value


def read_number(request: Mapping[str, Any], name: str, *, least: int = 0) -> int:
    """A field with a whole number.

    Raises:
        BadFormat: missing, no whole number, or below `least`.
    """
    value = request.get(name)
    if type(value) is not int or not least <= value <= MAX_NUMBER:
        raise BadFormat("a field is no number, or out of range")
    return value


def read_list(request: Mapping[str, Any], name: str, *, most: int) -> list[Any]:
    """A field with a list.

    Raises:
        BadFormat: missing, no list, or longer than `most`.
    """
    value = request.get(name)
    if not isinstance(value, list) or len(value) > most:
        raise BadFormat("a field is no list, or too long")
    return value


def read_ids(request: Mapping[str, Any], name: str, *, most: int) -> list[bytes]:
    """A field with a list of identifiers, 32 hex digits each.

    Raises:
        BadFormat: missing, too long, or something else in it.
    """
    values = read_list(request, name, most=most)
    if not all(isinstance(value, str) and _ID.fullmatch(value) for value in values):
        raise BadFormat("an identifier is 32 hex digits")
    return [bytes.fromhex(value) for value in values]


def read_days(request: Mapping[str, Any], name: str, *, most: int) -> list[date]:
    """A field with a list of days (ISO).

    Raises:
        BadFormat: too long, or something else in it.
    """
    values = read_list(request, name, most=most)
    try:
        return [date.fromisoformat(value if isinstance(value, str) else "") for value in values]
    except ValueError as error:
        raise BadFormat("a day is written year-month-day") from error


def read_slips(request: Mapping[str, Any], *, most: int) -> list[SlipFrame]:
    """The slips of a request, as a site sends them.

    Raises:
        BadFormat: too many, or something else in the list.
    """
    frames = read_list(request, "slips", most=most)
    if not all(isinstance(frame, dict) for frame in frames):
        raise BadFormat("a slip's frame is none")
    return [
        SlipFrame(read_bytes(frame, "slip"), read_text(frame, "kind"), read_bytes(frame, "claim_signature"))
        for frame in frames
    ]
