"""What becomes of the sample tips: each story is a list of steps, each on a day.

A day counts from the one on which the tip came; a negative one counts back from the present.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tipline.tips.purposes import Purpose


@dataclass(frozen=True)
class Step:
    """One thing that somebody does: on which day, what, and with what."""

    day: int
    what: str
    how: str = ""


_BEGUN: Final = (Step(1, "move", "screening"), Step(1, "move", "triage"), Step(1, "take"))
_SENT: Final = (*_BEGUN, Step(3, "transfer"))
_VERIFIED: Final = (*_SENT, Step(7, "receipt"))
_ASKED: Final = (*_BEGUN, Step(2, "move", "need-more"), Step(2, "reply", "asked"))


def _closed(outcome: str) -> tuple[Step, ...]:
    return (
        *_VERIFIED,
        Step(30, "outcome", outcome),
        Step(32, "confirm"),
        Step(34, "reply", "closed"),
        Step(35, "move", "closed"),
    )


STORIES: Final[Mapping[str, tuple[Step, ...]]] = {
    "new": (),
    "late": (),
    "screening": (Step(1, "move", "screening"),),
    "triage": _BEGUN,
    "asked": _ASKED,
    "answered": (*_ASKED, Step(-1, "message", "asked")),
    "silent": (
        *_ASKED,
        Step(35, "move", "outside-remit"),
        Step(36, "reply", "outside"),
        Step(37, "move", "closed"),
    ),
    "outside": (*_BEGUN, Step(2, "move", "outside-remit")),
    "outside-closed": (
        *_BEGUN,
        Step(2, "move", "outside-remit"),
        Step(4, "reply", "outside"),
        Step(5, "move", "closed"),
    ),
    "duplicate-open": (*_BEGUN, Step(2, "duplicate")),
    "duplicate": (*_BEGUN, Step(2, "duplicate"), Step(4, "reply", "duplicate"), Step(5, "move", "closed")),
    "transferred": _SENT,
    "transfer-late": _SENT,
    "verifying": _VERIFIED,
    "paused": (*_VERIFIED, Step(20, "pause")),
    "outcome": (*_VERIFIED, Step(-2, "outcome", "true")),
    "feedback": (*_VERIFIED, Step(-6, "outcome", "partly-true"), Step(-3, "confirm")),
    "true": _closed("true"),
    "partly": _closed("partly-true"),
    "not-established": _closed("not-established"),
    "referred": _closed("referred"),
    "review": (
        *_VERIFIED,
        Step(-25, "outcome", "not-established"),
        Step(-22, "confirm"),
        Step(-21, "reply", "closed"),
        Step(-20, "move", "closed"),
        Step(-5, "message", "closed"),
        Step(-3, "move", "review"),
    ),
    "umbrella": (
        *_BEGUN,
        Step(2, "umbrella"),
        Step(3, "umbrella-step", "pursued"),
        Step(3, "umbrella-step", "reported"),
        Step(3, "umbrella-step", "transferred"),
        Step(3, "transfer"),
        Step(7, "receipt"),
    ),
    "umbrella-stalled": (*_BEGUN, Step(2, "umbrella"), Step(3, "umbrella-step", "pursued")),
    "spam": (Step(1, "close-spam"),),
    "erased": (Step(1, "close-spam"), Step(65, "erase")),
}

READ_FOR: Final[Mapping[str, Purpose]] = {
    **dict.fromkeys(("move", "duplicate", "umbrella", "close-spam"), Purpose.TRIAGE),
    **dict.fromkeys(("receipt", "outcome", "confirm", "pause"), Purpose.VERIFICATION),
    "reply": Purpose.REPLY,
}
"""Steps before which whoever takes them reads the tip, and what for; once a day."""


@dataclass(frozen=True)
class Visit:
    """An evening on which somebody reads tips that are a colleague's, so that there is an alert to look into.

    Attributes:
        days_ago: on which day; `hour` is UTC, late in the evening at the township.
        count: how many tips.
    """

    days_ago: int
    hour: int
    who: str
    whose: str
    count: int


LATE_VISIT: Final = Visit(days_ago=9, hour=14, who="reviewer-b", whose="reviewer-a", count=6)
