"""Who may have a reward: what the keeper knows of a tip, and of those on the same matter, decides it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, bindparam, or_, select

from tipline.keeper import models
from tipline.keeper.alerting.stating import is_decoy
from tipline.keeper.errors import Refusal
from tipline.keeper.pins import Pins
from tipline.keeper.proved import ROWS, proved
from tipline.keeper.rewards.awards import of_tips
from tipline.keeper.state import Draft, day_of
from tipline.keeper_client.reasons import Reason
from tipline.rewards.award import Award
from tipline.rewards.scoring import Duty, Novelty
from tipline.tips.case_file import CaseFile
from tipline.tips.moves import Outcome, TipState

_CONFIRMED: Final = frozenset((TipState.FEEDBACK, TipState.CLOSED, TipState.REVIEW))
"""A tip comes into these with an outcome only when a second person has confirmed it."""
_REWARDED: Final = frozenset((Outcome.TRUE.value, Outcome.PARTLY_TRUE.value))
_RECEIVED: Final = "received"
_ENTERED: Final = "entry"

_ENTRIES: Final = models.entries.c
_FIRST: Final = (
    ROWS.where(
        or_(
            _ENTRIES.tip == bindparam("tip"),
            _ENTRIES.index.in_(
                select(models.mentions.c.index).where(models.mentions.c.tip == bindparam("tip"))
            ),
        ),
        _ENTRIES.outcome == "done",
    )
    .order_by(_ENTRIES.index)
    .limit(1)
)


@dataclass(frozen=True)
class Came:
    """By which day a tip had come; `exactly` says whether it came on that day."""

    day: date
    exactly: bool


def is_found(case: CaseFile) -> bool:
    """Whether the outcome is true or partly true, and a second person confirmed it."""
    return case.state in _CONFIRMED and case.outcome in _REWARDED


def require_found(draft: Draft, tip: str) -> CaseFile:
    """The case of a tip (32 hex digits) that a reward may still be for.

    Raises:
        Refusal: not-eligible; its outcome stands no longer, or never stood.
    """
    standing = draft.pins.tip(bytes.fromhex(tip))
    if standing is None or not is_found(standing.case):
        raise Refusal(Reason.NOT_ELIGIBLE)
    return standing.case


def require_eligible(draft: Draft, body: Mapping[str, Any]) -> None:
    """Refuse a proposal that nobody can be rewarded for.

    Args:
        body: of a `reward-proposal`, its shape checked.

    Raises:
        Refusal: not-eligible; second-award.
    """
    require_found(draft, body["tip"])
    if is_decoy(draft.rows, body["tip"]) or not body["major"] or body["duty"] != Duty.NONE:
        raise Refusal(Reason.NOT_ELIGIBLE)
    others = linked(draft.pins, body["tip"])
    live = {tip.hex(): award for tip, award in of_tips(draft.rows, others).items() if not award.is_over}
    if body["share"]:
        first = live.get(body["share"])
        if body["novelty"] != Novelty.ADDED or first is None or first.share:
            raise Refusal(Reason.NOT_ELIGIBLE)
        return
    if any(not award.share for award in live.values()):
        raise Refusal(Reason.SECOND_AWARD)
    if body["novelty"] != Novelty.NEW:
        raise Refusal(Reason.NOT_ELIGIBLE)
    _require_came_first(draft, body["tip"], others)


def most_of_share(first: Award, percent: int) -> int:
    """The most that a tip may have that only added facts: so many hundredths of the first one's award."""
    return first.amount * percent // 100


def linked(pins: Pins, tip: str) -> list[bytes]:
    """All other tips on the same matter, those linked to linked ones too."""
    start = bytes.fromhex(tip)
    found, waiting = {start}, [start]
    while waiting:
        standing = pins.tip(waiting.pop())
        links = map(bytes.fromhex, standing.case.links if standing else ())
        fresh = [other for other in links if other not in found]
        found.update(fresh)
        waiting += fresh
    return sorted(found - {start})


def _require_came_first(draft: Draft, tip: str, others: list[bytes]) -> None:
    """Refuse as the first one a tip that came later than another whose outcome is as good.

    Only where the log says so: a tip that was read on the day on which it came has no day of its own there.
    """
    came = _came(draft, bytes.fromhex(tip))
    if came is None or not came.exactly:
        return
    for other in others:
        standing = draft.pins.tip(other)
        if standing is None or not is_found(standing.case):
            continue
        before = _came(draft, other)
        if before is not None and before.day < came.day:
            raise Refusal(Reason.NOT_ELIGIBLE)


def _came(draft: Draft, tip: bytes) -> Came | None:
    """What the first statement about a tip tells; None where it was forgotten.

    Raises:
        RowsChanged: that entry is not the log's.
    """
    row = _first_about(draft.connection, tip)
    if row is None:
        return None
    entry = proved(draft, row)
    body = entry.statement.body
    if body["type"] == _RECEIVED:
        return Came(date.fromisoformat(body["day"]), exactly=True)
    return Came(day_of(entry.at), exactly=body["type"] == _ENTERED)


def _first_about(connection: Connection, tip: bytes) -> Any:
    return connection.execute(_FIRST, {"tip": tip}).first()
