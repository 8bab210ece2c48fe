"""Counts of deadlines and outcomes, as the keeper makes them from the log."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tipline.keeper_client.errors import KeeperLied


@dataclass
class LoggedFigures:
    """Counts by their keys.

    Attributes:
        kept: (month "2026-03", state) in which so many tips left the state in time.
        missed: the same for deadlines that passed.
        outcomes: (quarter "2026-1", outcome) of those that a second person confirmed.
        days: how many days tips took until they were closed, each as often as it happened.
        open_then: tips (32 hex digits) whose state has changed since the last day that counts, and whether
            each was open at its end: the rows know only how they stand now.
    """

    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: Counter[tuple[str, str]] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)
    open_then: dict[str, bool] = field(default_factory=dict)

    def to_fields(self) -> dict[str, list[list[Any]]]:
        """As they leave the keeper: each a list of keys with their number."""
        pairs = {"kept": self.kept, "missed": self.missed, "outcomes": self.outcomes}
        listed = {
            name: [[*key, number] for key, number in sorted(counts.items())] for name, counts in pairs.items()
        }
        days = [[days, number] for days, number in sorted(self.days.items())]
        return listed | {"days": days, "open_then": [[*each] for each in sorted(self.open_then.items())]}


def last_counted(today: date) -> date:
    """The last day that figures count: the Sunday (UTC) before this week.

    Whoever sends a few tips to bring a rounded count to where it flips would otherwise see each arrival.
    """
    return today - timedelta(days=today.weekday() + 1)


def read_figures(answer: Mapping[str, Any]) -> LoggedFigures:
    """Read the keeper's answer.

    Raises:
        KeeperLied: it holds no counts.
    """
    try:
        pairs = {
            name: Counter({(str(key), str(of)): int(number) for key, of, number in answer[name]})
            for name in ("kept", "missed", "outcomes")
        }
        return LoggedFigures(
            **pairs,
            days=Counter({int(days): int(number) for days, number in answer["days"]}),
            open_then={str(tip): bool(was_open) for tip, was_open in answer["open_then"]},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise KeeperLied("the answer holds no counts") from error
