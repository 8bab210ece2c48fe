"""The witnesses' figures of a month: who was asked to countersign, and on which days they did."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from tipline.reports.monthly import Month
from tipline.roster.witnesses import NO_WITNESSES, WitnessPolicy

BEFORE: Final = timedelta(days=31)
"""How far before a month a cosignature may lie that still counts: an alarm comes after 30 days at most."""
_DAY: Final = timedelta(days=1)
_HOUR: Final = 3_600


@dataclass(frozen=True)
class Stated:
    """A policy, and when it was logged (Unix seconds)."""

    at: int
    policy: WitnessPolicy


def countersigned(
    month: Month, policies: Sequence[Stated], times: Mapping[str, Sequence[int]]
) -> list[dict[str, Any]]:
    """One object for each witness that a policy of the month names, by name.

    `days` are the days (UTC) at whose end the policy named it; `without` how many of them have no
    cosignature; `late` at the end of how many the last one was longer ago than the policy allows. `first` and
    `last` are the first and the last day with one, "" where there is none.

    Args:
        policies: all that were stated, in their order.
        times: when each witness signed (Unix seconds), those of the month and of `BEFORE` it.
    """
    counted: dict[str, list[tuple[date, bool]]] = {}
    for day in _days(month):
        end = _end(day)
        policy = next((one.policy for one in reversed(policies) if one.at < end), NO_WITNESSES)
        for witness in policy.witnesses:
            last = max((at for at in times.get(witness.name, ()) if at < end), default=0)
            late = end - max(last, policy.since) > policy.alarm_hours * _HOUR
            counted.setdefault(witness.name, []).append((day, late))
    return [_figures(name, days, times.get(name, ())) for name, days in sorted(counted.items())]


def _figures(name: str, days: Sequence[tuple[date, bool]], times: Sequence[int]) -> dict[str, Any]:
    signed = {datetime.fromtimestamp(at, UTC).date() for at in times}
    on = sorted(day for day, _ in days if day in signed)
    return {
        "name": name,
        "days": len(days),
        "first": on[0].isoformat() if on else "",
        "last": on[-1].isoformat() if on else "",
        "without": len(days) - len(on),
        "late": sum(late for _, late in days),
    }


def _days(month: Month) -> Iterator[date]:
    day = month.first
    while day <= month.last:
        yield day
        day += _DAY


def _end(day: date) -> int:
    """The first second after a day (UTC)."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) + 86_400
