"""What an auditor looks for: each field narrows it, and what is left out chooses nothing.

    {"member", "desk", "tip", "type", "purpose", "from", "to", "outcome"}

`member` is a signer, the first or another; `type` a statement's type or one of `groups.GROUPS`; `from` and
`to` are UTC days, both counted; `outcome` is "done", "refused" or the reason of a refusal. The object stands
in the auditor's statement.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, Final, Self

from crypto.errors import BadFormat
from crypto.statements import DONE, REFUSED, Entry
from tipline.lookups.facets import HOUR, facets_of, tips_of
from tipline.lookups.groups import is_of

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_TIP: Final = re.compile(r"[0-9a-f]{32}")
_FROM, _TO = "from", "to"
HOURS: Final = 24


def _is_name(value: str) -> bool:
    return _NAME.fullmatch(value) is not None


def _is_tip(value: str) -> bool:
    return _TIP.fullmatch(value) is not None


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_SHAPES: Final[Mapping[str, Callable[[str], bool]]] = {
    **dict.fromkeys(("member", "desk", "type", "purpose", "outcome"), _is_name),
    "tip": _is_tip,
    _FROM: _is_day,
    _TO: _is_day,
}
NAMES: Final = tuple(_SHAPES)
"""All fields, as a statement names them."""
_CALLED: Final = {_FROM: "since", _TO: "until"}


@dataclass(frozen=True)
class Filter:
    """What is looked for. Empty fields choose nothing; `since` and `until` are ISO days."""

    member: str = ""
    desk: str = ""
    tip: str = ""
    type: str = ""
    purpose: str = ""
    since: str = ""
    until: str = ""
    outcome: str = ""

    @classmethod
    def from_fields(cls, value: object) -> Self:
        """Read a statement's object.

        Raises:
            BadFormat: a field is unknown, empty or of another form.
        """
        if not isinstance(value, dict) or not value.keys() <= _SHAPES.keys():
            raise BadFormat("a filter has fields that no filter has")
        if not all(isinstance(each, str) and _SHAPES[name](each) for name, each in value.items()):
            raise BadFormat("a field of a filter has another form")
        return cls(**{_CALLED.get(str(name), str(name)): each for name, each in value.items()})

    @classmethod
    def chosen_from(cls, given: Mapping[str, str]) -> Self:
        """Read what somebody chose on a page; what is of another form chooses nothing."""
        known = {name: given.get(name, "").strip() for name in NAMES}
        return cls.from_fields({name: each for name, each in known.items() if each and _SHAPES[name](each)})

    def to_fields(self) -> dict[str, str]:
        """As a statement names it."""
        named = {called: name for name, called in _CALLED.items()}
        values = {named.get(each.name, each.name): getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if value}

    def fits(self, entry: Entry) -> bool:
        """Whether an entry is what is looked for."""
        facets = facets_of(entry)
        first, after = self.hours
        return (
            (not self.member or self.member in facets.signers)
            and (not self.desk or facets.desk == self.desk)
            and (not self.tip or self.tip in tips_of(entry))
            and (not self.type or is_of(facets, self.type))
            and (not self.purpose or facets.purpose == self.purpose)
            and (not self.outcome or self._is_outcome(facets.reason))
            and (first is None or first <= facets.hour)
            and (after is None or facets.hour < after)
        )

    @property
    def hours(self) -> tuple[int | None, int | None]:
        """The first hour, and the first one that is too late (both since 1970, UTC); None for any."""
        since = _hour(self.since) if self.since else None
        until = _hour(self.until) + HOURS if self.until else None
        return since, until

    def _is_outcome(self, reason: str) -> bool:
        if self.outcome in (DONE, REFUSED):
            return (self.outcome == REFUSED) == bool(reason)
        return reason == self.outcome


def day_of_hour(hour: int) -> date:
    """The UTC day of an hour since 1970."""
    return datetime.fromtimestamp(hour * HOUR, UTC).date()


def _hour(day: str) -> int:
    return int(datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).timestamp()) // HOUR


def is_filter(value: Any) -> bool:
    """Whether a statement's field is a filter."""
    try:
        Filter.from_fields(value)
    except BadFormat:
        return False
    return True
