"""The shape of every statement's body: which fields each type has, and what each field may hold.

A body that passes here can be taken apart without further care; whether it is allowed is for the rules.
Bodies that change the roster are checked in depth by the roster itself.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from tipline.alerts.findings import FINDINGS, REPORTS
from tipline.disclosures.grounds import GROUNDS
from tipline.disclosures.telling import TELLS
from tipline.disclosures.terms import LEAST_HOURS, MOST_HOURS
from tipline.keeper.errors import Refusal
from tipline.keeper.forms import (
    DAY,
    LETTER,
    Check,
    is_day_or_none,
    is_hash,
    is_id,
    is_id_or_none,
    is_item,
    is_letter_or_none,
    is_member_or_none,
    is_name,
    is_object,
    is_reason,
    is_truth,
    one_of,
    one_of_words,
    text,
    whole,
)
from tipline.keeper.rewards.shapes import REWARD_FIELDS
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

_COMMON: Final = frozenset(("v", "log", "type", "at", "nonce", "by"))
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


def _sorted_names(least: int) -> Check:
    def check(value: Any) -> bool:
        if not _are_names(value) or not least <= len(value) <= MAX_ROUTE:
            return False
        return bool(value == sorted(set(value)))

    return check


def _items(least: int) -> Check:
    def check(value: Any) -> bool:
        if not isinstance(value, list) or not all(map(is_item, value)):
            return False
        return least <= len({each["item"] for each in value}) == len(value) <= MAX_LISTED

    return check


def _are_days(value: Any) -> bool:
    return isinstance(value, list) and all(map(text(DAY), value))


def _are_tips(value: Any) -> bool:
    if not isinstance(value, list) or not all(map(is_id, value)):
        return False
    return 1 <= len(value) <= MAX_TIPS and value == sorted(set(value))


def _is_detail(value: Any) -> bool:
    return isinstance(value, dict) and all(
        name in _DETAILS and _DETAILS[name](each) for name, each in value.items()
    )


def _are_sheets(value: Any) -> bool:
    if not isinstance(value, list) or not all(map(is_hash, value)):
        return False
    return 1 <= len(value) <= MAX_SHEETS and value == sorted(set(value))


def _is_sheet_or_none(value: Any) -> bool:
    return value == "" or is_hash(value)


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


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("age1pq1")


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(map(is_object, value))


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(map(is_name, value))


_ITEM_OF_TIP: Final[Mapping[str, Check]] = {"tip": is_id, "desk": is_name, "item": is_id, "hash": is_hash}

_STEP_OF_TIP: Final[Mapping[str, Check]] = {"tip": is_id, "desk": is_name, "reason": is_reason}
_STATES: Final = frozenset(state.value for state in TipState) | PROTECTION_STATES
_DETAILS: Final[Mapping[str, Check]] = {
    "of": is_id,
    "outcome": one_of(Outcome),
    "body": is_name,
    "number": text(LETTER),
    "packet": is_hash,
    "receipt": is_item,
    "form": is_item,
}
"""What a move may name beside its states; which of it, the table of moves says."""

_FIELDS: Final[Mapping[str, Mapping[str, Check]]] = {
    "unit": {"unit": is_object},
    "member": {"member": is_object},
    "member-unit": {
        "member": is_name,
        "unit": is_name,
        "past_units": _are_objects,
        "conflicts": _are_names,
    },
    "grant": {"member": is_name, "desk": is_name, "until": is_day_or_none},
    "revoke": {"member": is_name, "desk": is_name},
    "remove": {"member": is_name},
    "role": {"member": is_name, "role": is_name, "held": is_truth},
    "lead": {"desk": is_name, "member": is_name},
    "conflicts": {"member": is_name, "add": _are_names},
    "desk": {"desk": is_object},
    "rekey": {"desk": is_object},
    "regrant": {"member": is_name, "desk": is_name},
    "new-keys": {"member": is_name, "signing_key": is_hash, "recipient": _is_key},
    "passkey": {"member": is_name, "passkey": is_object},
    "body": {"body": is_object},
    "witnesses": {
        "witnesses": _are_objects,
        "quorum": whole(0, 2**10),
        "alarm_hours": whole(1, 2**16),
        "stop": is_truth,
    },
    "acknowledge": {"what": is_name, "lost": is_object, "found": is_object, "reason": is_reason},
    "calendar": {"year": whole(2000, 2199), "off": _are_days, "worked": _are_days},
    "deadlines": {"days": is_object},
    "list": {"desk": is_name, "items": _items(0)},  # card keys alone, without cards
    "card-group": {"desk": is_name, "group": is_id, "excluded": _sorted_names(0), "slip": is_hash},
    "read": {"tip": is_id, "desk": is_name, "purpose": one_of(Purpose), "items": _items(1)},
    "reply": _ITEM_OF_TIP,
    "note": _ITEM_OF_TIP,
    "tags": {**_ITEM_OF_TIP, "after": is_id_or_none},
    "accused": {**_ITEM_OF_TIP, "after": is_id_or_none},
    "identity": _ITEM_OF_TIP,
    "search": {"desk": is_name, "item": is_id, "hash": is_hash},
    "move": {
        "tip": is_id,
        "desk": is_name,
        "from": one_of_words(_STATES),
        "to": one_of_words(_STATES),
        "detail": _is_detail,
        "reason": is_reason,
    },
    "packet": {
        "tip": is_id,
        "desk": is_name,
        "body": is_name,
        "number": text(LETTER),
        "packet": is_hash,
    },
    "watch": {**_STEP_OF_TIP, "every": whole(0, MAX_WATCH)},
    "pause": _STEP_OF_TIP,
    "resume": _STEP_OF_TIP,
    "extend": _STEP_OF_TIP,
    "hold": _STEP_OF_TIP,
    "unhold": _STEP_OF_TIP,
    "umbrella": _STEP_OF_TIP,
    "umbrella-step": {**_STEP_OF_TIP, "step": one_of_words(UMBRELLA_STEPS)},
    "assign": {"desk": is_name, "tips": _are_tips, "to": is_member_or_none},
    "close-spam": {"desk": is_name, "tips": _are_tips, "reason": is_reason},
    "link": {**_STEP_OF_TIP, "to": is_id},
    "unlink": {**_STEP_OF_TIP, "to": is_id},
    "route": {
        "tip": is_id,
        "desk": is_name,
        "desks": _sorted_names(1),
        "excluded": _sorted_names(0),
        "reason": is_reason,
    },
    "sheets": {"desk": is_name, "sheets": _are_sheets},
    "entry": {
        "tip": is_id,
        "desk": is_name,
        "claim": is_hash,  # 32 bytes, too
        "channel": one_of(Channel),
        "sheet": _is_sheet_or_none,
        "items": _items(1),
    },
    "audit": {
        "first": whole(0, 2**53),
        "count": whole(1, MAX_AUDITED),
        "view": one_of_words(VIEWS),
        "filter": is_filter,
    },
    "evidence": {"entries": _are_pairs, "hash": is_hash},
    "audit-all": {"act": one_of_words(AUDIT_ACTS), "filter": is_filter},
    "export": {"size": whole(0, 2**53), "root": is_hash},
    "alert-rules": {"rules": is_object},
    "alert-review": {
        "alert": whole(0, 2**53),
        "finding": one_of_words(FINDINGS),
        "tip": is_id_or_none,
        "reason": is_reason,
    },
    "alert-ask": {"alert": whole(0, 2**53)},
    "alert-answer": {"alert": whole(0, 2**53), "item": is_id, "hash": is_hash},
    "decoy": {"tip": is_id},
    "disclosure": {
        **_ITEM_OF_TIP,
        "ground": one_of_words(GROUNDS),
        "hours": whole(LEAST_HOURS, MOST_HOURS),
        "tell": one_of_words(TELLS),
        "emergency": is_truth,
        "reason": is_item,
        "body": is_member_or_none,
        "letter": is_letter_or_none,
        "accused_unit": is_name,
    },
    "disclosure-decision": {"request": whole(0, 2**53), "approved": is_truth, "reason": is_item},
    "disclosure-unlock": {"request": whole(0, 2**53)},
    "disclosure-view": {"request": whole(0, 2**53), **_ITEM_OF_TIP},
    "interference": {"item": is_id, "hash": is_hash, "excluded": _sorted_names(0)},
    "interference-answer": {"entry": whole(0, 2**53), "item": is_id, "hash": is_hash},
    **REWARD_FIELDS,
    "report": {"kind": one_of_words(REPORTS), "period": text(_MONTH), "hash": is_hash},
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
    "mint-keys",
    "reward-grant",
    "reward-expired",
    "reward-named",
    "reward-day",
    "key-expired",
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
