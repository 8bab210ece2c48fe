"""Lines of the ledger that stand in the log alone: counter-entries, which auditors see, among all others."""

from collections.abc import Mapping, Sequence
from typing import Any

from tipline.rewards.lines import Kind, Line


def payment_line(day: str, body: Mapping[str, Any]) -> Line:
    """The line of a payment that was taken back later: its row is paid no more, so the log alone tells it."""
    return Line(day, Kind.PAID, body["value"], None, 0, body["value"], 1, body["point"])


def counter_line(day: str, body: Mapping[str, Any]) -> Line | None:
    """The line of a statement that stands in the log alone; None for all others."""
    kind = body["type"]
    if kind == "pay-undo":
        return Line(day, Kind.UNDONE, body["value"], None, 0, body["value"], 1)
    if kind == "key-expired":
        out = body["minted"] - body["paid"]
        return Line(day, Kind.KEY_EXPIRED, body["returned"], None, body["year"], body["value"], out)
    return Line(day, Kind.EXTENDED, 0, body["award"]) if kind == "reward-extend" else None


def first_needed(start: int, counter: Sequence[Line]) -> int:
    """From which of the keeper's lines on a page needs them that begins with line `start` of all."""
    return max(0, start - len(counter))


def merged(lines: Sequence[Line], counter: Sequence[Line], start: int, count: int) -> Sequence[Line]:
    """A page of all lines.

    Args:
        lines: the keeper's, in order, from `first_needed` on; to the end, or at least up to `start + count`.
        counter: all that stand in the log alone. Those before the keeper's first line here come before the
            page, too: there are too few of them to reach it.
    """
    found = sorted((*lines, *counter), key=lambda line: line.place)
    begin = start - first_needed(start, counter)
    return found[begin : begin + count]
