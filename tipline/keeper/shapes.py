"""The shape of every statement's body: which fields each type has, and what each field may hold.

A body that passes here can be taken apart without further care; whether it is allowed is for the rules.
Bodies that change the roster are checked in depth by the roster itself.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from tipline.alerts.findings import FINDINGS, REPORTS
from tipline.disclosures.grounds import GROUNDS
from tipline.disclosures.telling import TELLS
from tipline.disclosures.terms import LEAST_HOURS, MOST_HOURS
from tipline.keeper.errors import Refusal
from tipline.keeper_client.reasons import Reason
from tipline.lookups.filters import is_filter
from tipline.lookups.views import VIEWS
from tipline.roster.changes import CHANGES
from tipline.tips.cases import UMBRELLA_STEPS
from tipline.tips.categories import Channel
from tipline.tips.moves import PROTECTION_STATES, Outcome, TipState
from tipline.tips.purposes import Purpose

MAX_LISTED: Final = 400  # items in one list or read statement: its slips still fit one frame
MAX_CHOSEN: Final = 1_000  # entries in one evidence pack
MAX_AUDITED: Final = 1_000  # entries under one audit statement: some pages
AUDIT_ACTS: Final = ("verify", "export")
MAX_ROUTE: Final = 100  # ids of one kind in a route; a policy block holds fewer
MAX_TIPS: Final = 200  # tips that one statement gives to somebody, or closes
MAX_WATCH: Final = 30  # days between two check-ins
MAX_SHEETS: Final = 20  # code sheets printed under one statement

Check = Callable[[Any], bool]

_COMMON: Final = frozenset(("v", "log", "type", "at", "nonce", "by"))
_ID = re.compile(r"[0-9a-f]{32}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HASH = re.compile(r"[0-9a-f]{64}")
_LETTER = re.compile(r"20[0-9]{2}-[1-9][0-9]{0,5}")
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


def _text(pattern: re.Pattern[str]) -> Check:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _one_of(values: type[Outcome] | type[Purpose] | type[Channel]) -> Check:
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


def _is_day_or_none(value: Any) -> bool:
    return isinstance(value, str) and (value == "" or _DAY.fullmatch(value) is not None)


def _are_days(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(day, str) and _DAY.fullmatch(day) for day in value)


def _are_tips(value: Any) -> bool:
    if not isinstance(value, list) or not all(map(_is_id, value)):
        return False
    return 1 <= len(value) <= MAX_TIPS and value == sorted(set(value))


def _is_member_or_none(value: Any) -> bool:
    return value == "" or _is_name(value)


def _one_of_words(words: Collection[str]) -> Check:
    return lambda value: isinstance(value, str) and value in words


def _is_detail(value: Any) -> bool:
    return isinstance(value, dict) and all(
        name in _DETAILS and _DETAILS[name](each) for name, each in value.items()
    )


def _are_sheets(value: Any) -> bool:
    if not isinstance(value, list) or not all(map(_is_hash, value)):
        return False
    return 1 <= len(value) <= MAX_SHEETS and value == sorted(set(value))


def _is_id_or_none(value: Any) -> bool:
    return value == "" or _is_id(value)


def _is_sheet_or_none(value: Any) -> bool:
    return value == "" or _is_hash(value)


def _are_pairs(value: Any) -> bool:
    """Pairs of first and last index, ascending and apart."""
    ended, count = -1, 0
    for pair in value if isinstance(value, list) else []:
        if not isinstance(pair, list) or len(pair) != 2 or not all(type(end) is int for end in pair):
            return False
        if not ended < pair[0] <= pair[1] <= 2**53:
            return False
        ended, count = pair[1] + 1, count + pair[1] - pair[0] + 1
    return 1 <= count <= MAX_CHOSEN


def _is_reason(value: Any) -> bool:
    return value == {} or _is_item(value)


def _is_letter_or_none(value: Any) -> bool:
    return value == "" or (isinstance(value, str) and _LETTER.fullmatch(value) is not None)


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("age1pq1")


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_object, value))


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_name, value))


_is_id, _is_hash, _is_name = _text(_ID), _text(_HASH), _text(_NAME)
_ITEM_OF_TIP: Final[Mapping[str, Check]] = {"tip": _is_id, "desk": _is_name, "item": _is_id, "hash": _is_hash}

_STEP_OF_TIP: Final[Mapping[str, Check]] = {"tip": _is_id, "desk": _is_name, "reason": _is_reason}
_STATES: Final = frozenset(state.value for state in TipState) | PROTECTION_STATES
_DETAILS: Final[Mapping[str, Check]] = {
    "of": _is_id,
    "outcome": _one_of(Outcome),
    "body": _is_name,
    "number": _text(_LETTER),
    "packet": _is_hash,
    "receipt": _is_item,
    "form": _is_item,
}
"""What a move may name beside its states; which of it, the table of moves says."""

_FIELDS: Final[Mapping[str, Mapping[str, Check]]] = {
    "unit": {"unit": _is_object},
    "member": {"member": _is_object},
    "member-unit": {
        "member": _is_name,
        "unit": _is_name,
        "past_units": _are_objects,
        "conflicts": _are_names,
    },
    "grant": {"member": _is_name, "desk": _is_name, "until": _is_day_or_none},
    "revoke": {"member": _is_name, "desk": _is_name},
    "remove": {"member": _is_name},
    "role": {"member": _is_name, "role": _is_name, "held": _is_truth},
    "lead": {"desk": _is_name, "member": _is_name},
    "conflicts": {"member": _is_name, "add": _are_names},
    "desk": {"desk": _is_object},
    "rekey": {"desk": _is_object},
    "regrant": {"member": _is_name, "desk": _is_name},
    "new-keys": {"member": _is_name, "signing_key": _is_hash, "recipient": _is_key},
    "passkey": {"member": _is_name, "passkey": _is_object},
    "body": {"body": _is_object},
    "witnesses": {
        "witnesses": _are_objects,
        "quorum": _whole(0, 2**10),
        "alarm_hours": _whole(1, 2**16),
        "stop": _is_truth,
    },
    "acknowledge": {"what": _is_name, "lost": _is_object, "found": _is_object, "reason": _is_reason},
    "calendar": {"year": _whole(2000, 2199), "off": _are_days, "worked": _are_days},
    "deadlines": {"days": _is_object},
    "list": {"desk": _is_name, "items": _items(0)},  # card keys alone, without cards
    "card-group": {"desk": _is_name, "group": _is_id, "excluded": _sorted_names(0), "slip": _is_hash},
    "read": {"tip": _is_id, "desk": _is_name, "purpose": _one_of(Purpose), "items": _items(1)},
    "reply": _ITEM_OF_TIP,
    "note": _ITEM_OF_TIP,
    "tags": {**_ITEM_OF_TIP, "after": _is_id_or_none},
    "accused": {**_ITEM_OF_TIP, "after": _is_id_or_none},
    "identity": _ITEM_OF_TIP,
    "search": {"desk": _is_name, "item": _is_id, "hash": _is_hash},
    "move": {
        "tip": _is_id,
        "desk": _is_name,
        "from": _one_of_words(_STATES),
        "to": _one_of_words(_STATES),
        "detail": _is_detail,
        "reason": _is_reason,
    },
    "packet": {
        "tip": _is_id,
        "desk": _is_name,
        "body": _is_name,
        "number": _text(_LETTER),
        "packet": _is_hash,
    },
    "watch": {**_STEP_OF_TIP, "every": _whole(0, MAX_WATCH)},
    "pause": _STEP_OF_TIP,
    "resume": _STEP_OF_TIP,
    "extend": _STEP_OF_TIP,
    "hold": _STEP_OF_TIP,
    "unhold": _STEP_OF_TIP,
    "umbrella": _STEP_OF_TIP,
    "umbrella-step": {**_STEP_OF_TIP, "step": _one_of_words(UMBRELLA_STEPS)},
    "assign": {"desk": _is_name, "tips": _are_tips, "to": _is_member_or_none},
    "close-spam": {"desk": _is_name, "tips": _are_tips, "reason": _is_reason},
    "link": {**_STEP_OF_TIP, "to": _is_id},
    "unlink": {**_STEP_OF_TIP, "to": _is_id},
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
    "audit": {
        "first": _whole(0, 2**53),
        "count": _whole(1, MAX_AUDITED),
        "view": _one_of_words(VIEWS),
        "filter": is_filter,
    },
    "evidence": {"entries": _are_pairs, "hash": _is_hash},
    "audit-all": {"act": _one_of_words(AUDIT_ACTS), "filter": is_filter},
    "export": {"size": _whole(0, 2**53), "root": _is_hash},
    "alert-rules": {"rules": _is_object},
    "alert-review": {
        "alert": _whole(0, 2**53),
        "finding": _one_of_words(FINDINGS),
        "tip": _is_id_or_none,
        "reason": _is_reason,
    },
    "alert-ask": {"alert": _whole(0, 2**53)},
    "alert-answer": {"alert": _whole(0, 2**53), "item": _is_id, "hash": _is_hash},
    "decoy": {"tip": _is_id},
    "disclosure": {
        **_ITEM_OF_TIP,
        "ground": _one_of_words(GROUNDS),
        "hours": _whole(LEAST_HOURS, MOST_HOURS),
        "tell": _one_of_words(TELLS),
        "emergency": _is_truth,
        "reason": _is_item,
        "body": _is_member_or_none,
        "letter": _is_letter_or_none,
        "accused_unit": _is_name,
    },
    "disclosure-decision": {"request": _whole(0, 2**53), "approved": _is_truth, "reason": _is_item},
    "disclosure-unlock": {"request": _whole(0, 2**53)},
    "disclosure-view": {"request": _whole(0, 2**53), **_ITEM_OF_TIP},
    "interference": {"item": _is_id, "hash": _is_hash, "excluded": _sorted_names(0)},
    "interference-answer": {"entry": _whole(0, 2**53), "item": _is_id, "hash": _is_hash},
    "report": {"kind": _one_of_words(REPORTS), "period": _text(_MONTH), "hash": _is_hash},
}

_MAY_LACK: Final = {
    "grant": frozenset(("until",)),
    "audit": frozenset(("view", "filter")),
    "audit-all": frozenset(("filter",)),
    "disclosure": frozenset(("accused_unit",)),
}
"""Fields that some statements do not have: a `grant` from before there were deputies, a plain `audit`.

An `accused_unit` goes with one ground alone.
"""

ROSTER_TYPES: Final = ("genesis", *CHANGES)
OWN_TYPES: Final = (
    "genesis",
    "unreadable",
    "received",
    "checked-in",
    "missed",
    "silence",
    "pause-end",
    "unassign",
    "erase",
    "inventory",
    "forget",
    "lapse",
    "alert",
    "disclosure-lapse",
)
"""What the keeper alone states; nobody sends it."""
TYPES: Final = frozenset((*_FIELDS, *ROSTER_TYPES, *OWN_TYPES))


def check_shape(body: Mapping[str, Any]) -> None:
    """Check the body of a statement that a member may make.

    Raises:
        Refusal: malformed; a type that is not known, a field too many or missing, or one of another form.
    """
    fields = _FIELDS.get(body["type"])
    if fields is None or not body.keys() <= _COMMON | fields.keys():
        raise Refusal(Reason.MALFORMED)
    if not (_COMMON | fields.keys()) - body.keys() <= _MAY_LACK.get(body["type"], frozenset()):
        raise Refusal(Reason.MALFORMED)
    if not all(check(body[name]) for name, check in fields.items() if name in body):
        raise Refusal(Reason.MALFORMED)
