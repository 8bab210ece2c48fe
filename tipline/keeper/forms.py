"""What one field of a statement may hold: the forms that many types share."""

import re
from collections.abc import Callable, Collection
from datetime import date
from enum import StrEnum
from typing import Any

Check = Callable[[Any], bool]

_ID = re.compile(r"[0-9a-f]{32}")
_HASH = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""A text like a day."""
LETTER = re.compile(r"20[0-9]{2}-[1-9][0-9]{0,5}")
"""A letter's number: "year-count"."""


def text(pattern: re.Pattern[str]) -> Check:
    """A text that a pattern describes in full."""
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def one_of(values: type[StrEnum]) -> Check:
    """The value of one of an enumeration."""
    allowed = frozenset(value.value for value in values)
    return lambda value: isinstance(value, str) and value in allowed


def one_of_words(words: Collection[str]) -> Check:
    """One of some words."""
    return lambda value: isinstance(value, str) and value in words


def whole(low: int, high: int) -> Check:
    """A whole number from one bound to the other, both included."""
    # type(…), because True is an int in Python.
    return lambda value: type(value) is int and low <= value <= high


def is_item(value: Any) -> bool:
    """An item with its hash: {"item","hash"}."""
    if not isinstance(value, dict) or value.keys() != {"item", "hash"}:
        return False
    return is_id(value["item"]) and is_hash(value["hash"])


def is_reason(value: Any) -> bool:
    """The item of a reason, or {}."""
    return value == {} or is_item(value)


def is_day(value: Any) -> bool:
    """A day of the calendar, ISO."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def is_day_or_none(value: Any) -> bool:
    """A text like a day, or ""."""
    return isinstance(value, str) and (value == "" or DAY.fullmatch(value) is not None)


def is_id_or_none(value: Any) -> bool:
    """32 hex digits, or ""."""
    return value == "" or is_id(value)


def is_member_or_none(value: Any) -> bool:
    """A name, or ""."""
    return value == "" or is_name(value)


def is_letter_or_none(value: Any) -> bool:
    """A letter's number, or ""."""
    return value == "" or (isinstance(value, str) and LETTER.fullmatch(value) is not None)


def is_truth(value: Any) -> bool:
    """A truth value."""
    return isinstance(value, bool)


def is_object(value: Any) -> bool:
    """An object of whatever fields."""
    return isinstance(value, dict)


is_id = text(_ID)
"""32 hex digits."""
is_hash = text(_HASH)
"""64 hex digits."""
is_name = text(_NAME)
"""The name of a desk, a member or a unit."""
