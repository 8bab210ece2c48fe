"""The figures of a month, which an auditor signs: counts of what was logged between two midnights (UTC).

A month that is over does not change, so whoever counts again finds the same, and the same hash. Once its
statements are past retention there is less to count.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from crypto import canonical
from crypto.statements import DONE, Entry
from tipline.alerts.rules import IDENTITY_REQUEST
from tipline.lookups.groups import EXPORTS, ROSTER, TYPES_OF
from tipline.reports.errors import BadMonth

_ALERT, _REVIEW = "alert", "alert-review"
OPEN: Final = "open"
"""In place of a finding: nobody had looked into the alert when the month ended."""


@dataclass(frozen=True)
class Month:
    """A month of the calendar, as `2026-03`."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month of a day."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read one.

        Raises:
            BadMonth: it is none.
        """
        try:
            found = cls.of(date.fromisoformat(f"{text}-01"))
        except ValueError as error:
            raise BadMonth("a month is written like 2026-03") from error
        if str(found) != text:
            raise BadMonth("a month is written like 2026-03")
        return found

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    @property
    def before(self) -> "Month":
        """The month before it."""
        return Month.of(self.first - timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


def figures_of(
    log: str,
    month: Month,
    by_type: Iterable[tuple[str, int]],
    refused: Iterable[tuple[str, int]],
    readings: Iterable[tuple[str, int]],
    alerts: Sequence[tuple[int, Entry]],
    witnesses: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The figures as an object that is signed by its hash.

    Args:
        by_type: how many entries of each type, refused ones too.
        refused: how many for each reason.
        readings: how many at each desk.
        alerts: the entries of alerts and their reviews of the month, in their order.
        witnesses: as `countersigned` counts them.
    """
    return {
        "v": 2,
        "type": "monthly",
        "log": log,
        "period": str(month),
        "entries": {kind: count for kind, count in sorted(by_type) if kind},
        "refused": {reason: count for reason, count in sorted(refused) if reason},
        "readings": {desk: count for desk, count in sorted(readings) if count},
        "alerts": _alerts(alerts),
        "witnesses": [dict(one) for one in witnesses],
    }


def hash_of(figures: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical figures, hex."""
    return sha256(canonical.encode(dict(figures))).hexdigest()


def summed(figures: Mapping[str, Any]) -> dict[str, int]:
    """What stands on the first page, by name."""
    counts: Mapping[str, int] = figures["entries"]
    return {
        "readings": sum(figures["readings"].values()),
        "refused": sum(figures["refused"].values()),
        "alerts": len(figures["alerts"]),
        "open": sum(one["finding"] == OPEN for one in figures["alerts"]),
        "violations": sum(one["finding"] == "violation" for one in figures["alerts"]),
        "roster": sum(counts.get(kind, 0) for kind in TYPES_OF[ROSTER]),
        "missed": counts.get("missed", 0),
        "silent": counts.get("silence", 0),
        "disclosures": counts.get(IDENTITY_REQUEST, 0),
        "exports": sum(counts.get(kind, 0) for kind in TYPES_OF[EXPORTS]),
        "erased": counts.get("erase", 0),
    }


def _alerts(entries: Sequence[tuple[int, Entry]]) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for index, entry in entries:
        body = entry.statement.body
        if body["type"] == _ALERT:
            found[index] = {"index": index, "rule": body["rule"], "finding": OPEN}
        elif body["type"] == _REVIEW and entry.outcome == DONE and body["alert"] in found:
            found[body["alert"]]["finding"] = body["finding"]
    return [one for _, one in sorted(found.items())]


def months_until(first: int, today: date) -> list[Month]:
    """The months that are over since a moment (Unix seconds), the latest first."""
    begun = Month.of(datetime.fromtimestamp(first, UTC).date())
    month, found = Month.of(today).before, []
    while month.first >= begun.first:
        found.append(month)
        month = month.before
    return found
