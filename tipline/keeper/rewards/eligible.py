"""Who may have a reward: what the keeper knows of a tip, and of those on the same matter, decides it."""

from collections.abc import Mapping, Set
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
from tipline.rewards.matters import Links, around, counted
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
    if body["share"]:
        first = _live(draft, linked(draft.pins, body["tip"])).get(body["share"])
        if body["novelty"] != Novelty.ADDED or first is None or first.share:
            raise Refusal(Reason.NOT_ELIGIBLE)
        return
    others = on_matter(draft, body["tip"], frozenset(body["by"]))
    if any(not award.share for award in _live(draft, others).values()):
        raise Refusal(Reason.SECOND_AWARD)
    if body["novelty"] != Novelty.NEW:
        raise Refusal(Reason.NOT_ELIGIBLE)
    _require_came_first(draft, body["tip"], others)


def most_of_share(first: Award, percent: int) -> int:
    """The most that a tip may have that only added facts: so many hundredths of the first one's award."""
    return first.amount * percent // 100


def linked(pins: Pins, tip: str) -> set[str]:
    """All other tips that are linked to this one now, those linked to linked ones too."""
    return counted(tip, _links(pins), frozenset())


def on_matter(draft: Draft, tip: str, people: Set[str]) -> set[str]:
    """The same, and those that somebody unlinked who takes a step of an award on the matter.

    Args:
        people: who took a step of the award that this is asked for, whoever takes the next one among them.
    """
    links = _links(draft.pins)
    others = _live(draft, around(tip, links)).values()
    return counted(tip, links, frozenset(people).union(*(award.people for award in others)))


def _links(pins: Pins) -> Links:
    def links(tip: str) -> dict[str, tuple[str, ...]]:
        standing = pins.tip(bytes.fromhex(tip))
        if standing is None:
            return {}
        gone = {other: (by,) for other, by in standing.case.parted.items()}
        return {**gone, **dict.fromkeys(standing.case.links, ())}

    return links


def _live(draft: Draft, tips: Set[str]) -> dict[str, Award]:
    """The awards of these tips that were neither refused nor taken back."""
    found = of_tips(draft.rows, map(bytes.fromhex, sorted(tips)))
    return {tip.hex(): award for tip, award in found.items() if not award.is_over}


def _require_came_first(draft: Draft, tip: str, others: Set[str]) -> None:
    """Refuse as the first one a tip that came later than another whose outcome is as good.

    Only where the log says so: a tip that was read on the day on which it came has no day of its own there.
    """
    came = _came(draft, bytes.fromhex(tip))
    if came is None or not came.exactly:
        return
    for other in map(bytes.fromhex, sorted(others)):
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
