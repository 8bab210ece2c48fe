"""How long a closed report is kept, as the page on it says: the keeper's terms, in days or in years."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tipline.deadlines import Clocks
from tipline.words import mark

_DAYS: Final = 365

ENDINGS: Final[Mapping[str, Sequence[str]]] = {
    mark("Not ours to decide, told before, or no report at all"): (
        *("keep-outside-remit", "keep-duplicate", "keep-spam"),
        "objection",
    ),
    mark("Not found to be so"): ("keep-not-established", "objection"),
    mark("Found true, wholly or in part, or taken over by another office"): ("keep-other", "objection"),
    mark("Somebody in office was said to protect them"): ("keep-umbrella", "keep-other"),
}
"""How it ended, and the terms of which the longest counts."""


OF_PROTECTION: Final = ("keep-protection", "objection")
"""The terms of a protection case, of which the longer counts."""


@dataclass(frozen=True)
class Period:
    """How long: in whole years where it is that, leap days apart; otherwise `years` is 0."""

    ending: str
    days: int
    years: int


def periods(clocks: Clocks) -> list[Period]:
    """The lines of the table."""
    return [
        _period(ending, max(clocks.term(name).days for name in names)) for ending, names in ENDINGS.items()
    ]


def record_period(clocks: Clocks) -> Period:
    """How long the log's statements about a report are kept, which go only after the report."""
    return _period("", clocks.statement_days)


def protection_period(clocks: Clocks) -> Period:
    """How long a protection case is kept after it ended."""
    return _period("", max(clocks.term(name).days for name in OF_PROTECTION))


def _period(ending: str, days: int) -> Period:
    years, over = divmod(days, _DAYS)
    return Period(ending, days, years if over <= years // 4 else 0)
