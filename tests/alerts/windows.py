"""Entries for the rules, made by hand."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from tipline.alerts.finding import Alert, find
from tipline.alerts.rules import RULES, Rule, RuleBook
from tipline.alerts.seen import Seen, Window
from tipline.deadlines import Calendar

NOON: Final = 1_772_539_200
"""Tuesday, 3 March 2026, 12:00 UTC: eight in the evening in China."""
MINUTE, HOUR, DAY = 60, 3_600, 86_400
A, B = "m0000000a", "m0000000b"


def tip(number: int) -> str:
    return f"{number:032x}"


def reading(index: int, at: int, number: int = 0, member: str = A, **changes: Any) -> Seen:
    fields: dict[str, Any] = {
        "said": at,
        "type": "read",
        "signers": (member,),
        "desk": "intake",
        "tip": tip(number),
    }
    return Seen(index, at, **(fields | changes))


def step(index: int, at: int, **changes: Any) -> Seen:
    fields: dict[str, Any] = {"said": at, "type": "move", "signers": (A,), "desk": "intake", "tip": tip(0)}
    return Seen(index, at, **(fields | changes))


def found(window: Window, rule: Rule, **thresholds: Any) -> Sequence[Alert]:
    """What one rule finds, the others being off."""
    others: dict[str, dict[str, Any]] = {other.value: {"on": False} for other in RULES if other is not rule}
    book = RuleBook.read(others | ({rule.value: thresholds} if thresholds else {}))
    holiday = Calendar(off=frozenset((date(2026, 3, 5),)))
    return find(window, book, holiday)
