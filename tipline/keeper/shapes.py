"""The shape of every statement's body: which fields each type has, and what each field may hold.

A body that passes here can be taken apart without further care; whether it is allowed is for the rules.
Bodies that change the roster are checked in depth by the roster itself.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from tipline.keeper.errors import Refusal
from tipline.keeper_client.reasons import Reason
from tipline.tips.categories import Channel
from tipline.tips.moves import TipState
from tipline.tips.purposes import Purpose

MAX_LISTED: Final = 400  # items in one list or read statement: its slips still fit one frame
MAX_AUDITED: Final = 1_000_000  # entries under one audit statement
MAX_ROUTE: Final = 100  # ids of one kind in a route; a policy block holds fewer
MAX_SHEETS: Final = 20  # code sheets printed under one statement

Check = Callable[[Any], bool]

_COMMON: Final = frozenset(("v", "log", "type", "at", "nonce", "by"))
_ID = re.compile(r"[0-9a-f]{32}")
_HASH = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


def _text(pattern: re.Pattern[str]) -> Check:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _one_of(values: type[TipState] | type[Purpose] | type[Channel]) -> Check:
    allowed = frozenset(value.value for value in values)
    return lambda value: isinstance(value, str) and value in allowed


def _whole(low: int, high: int) -> Check:
    # type(…), because True is an int in Python.
    return lambda value: type(value) is int and low <= value <= high


def _sorted_names(least: int) -> Check:
    def check(value: Any) -> bool:
        if not _are_names(value) or not least <= len(value) <= MAX_ROUTE:
            return False
        return bool(value == sorted(set(value)))

    return check


def _is_item(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {"item", "hash"}:
        return False
    return _is_id(value["item"]) and _is_hash(value["hash"])


def _items(least: int) -> Check:
    def check(value: Any) -> bool:
        if not isinstance(value, list) or not all(map(_is_item, value)):
            return False
        return least <= len({each["item"] for each in value}) == len(value) <= MAX_LISTED

    return check


def _are_sheets(value: Any) -> bool:
    if not isinstance(value, list) or not all(map(_is_hash, value)):
        return False
    return 1 <= len(value) <= MAX_SHEETS and value == sorted(set(value))


def _is_sheet_or_none(value: Any) -> bool:
    return value == "" or _is_hash(value)


def _is_reason(value: Any) -> bool:
    return value == {} or _is_item(value)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_object, value))


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_name, value))


_is_id, _is_hash, _is_name = _text(_ID), _text(_HASH), _text(_NAME)
_ITEM_OF_TIP: Final[Mapping[str, Check]] = {"tip": _is_id, "desk": _is_name, "item": _is_id, "hash": _is_hash}

_FIELDS: Final[Mapping[str, Mapping[str, Check]]] = {
    "unit": {"unit": _is_object},
    "member": {"member": _is_object},
    "member-unit": {
        "member": _is_name,
        "unit": _is_name,
        "past_units": _are_objects,
        "conflicts": _are_names,
    },
    "grant": {"member": _is_name, "desk": _is_name},
    "revoke": {"member": _is_name, "desk": _is_name},
    "remove": {"member": _is_name},
    "desk": {"desk": _is_object},
    "list": {"desk": _is_name, "items": _items(0)},  # card keys alone, without cards
    "card-group": {"desk": _is_name, "group": _is_id, "excluded": _sorted_names(0), "slip": _is_hash},
    "read": {"tip": _is_id, "desk": _is_name, "purpose": _one_of(Purpose), "items": _items(1)},
    "reply": _ITEM_OF_TIP,
    "note": _ITEM_OF_TIP,
    "move": {
        "tip": _is_id,
        "desk": _is_name,
        "from": _one_of(TipState),
        "to": _one_of(TipState),
        "reason": _is_reason,
    },
    "route": {
        "tip": _is_id,
        "desk": _is_name,
        "desks": _sorted_names(1),
        "excluded": _sorted_names(0),
        "reason": _is_reason,
    },
    "sheets": {"desk": _is_name, "sheets": _are_sheets},
    "entry": {
        "tip": _is_id,
        "desk": _is_name,
        "claim": _is_hash,  # 32 bytes, too
        "channel": _one_of(Channel),
        "sheet": _is_sheet_or_none,
        "items": _items(1),
    },
    "audit": {"first": _whole(0, 2**53), "count": _whole(1, MAX_AUDITED)},
    "export": {"size": _whole(0, 2**53), "root": _is_hash},
}

ROSTER_TYPES: Final = ("genesis", "unit", "member", "member-unit", "grant", "revoke", "remove", "desk")
TYPES: Final = frozenset((*_FIELDS, "genesis", "unreadable"))


def check_shape(body: Mapping[str, Any]) -> None:
    """Check the body of a statement that a member may make.

    Raises:
        Refusal: malformed; a type that is not known, a field too many or missing, or one of another form.
    """
    fields = _FIELDS.get(body["type"])
    if fields is None or body.keys() != _COMMON | fields.keys():
        raise Refusal(Reason.MALFORMED)
    if not all(check(body[name]) for name, check in fields.items()):
        raise Refusal(Reason.MALFORMED)
