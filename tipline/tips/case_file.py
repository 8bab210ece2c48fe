"""Where a tip stands, as one frozen value: stored by the keeper, shown by the sites."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from crypto import canonical
from crypto.errors import BadFormat
from tipline.deadlines import Clocks
from tipline.tips.moves import ENDED, TIP_MOVES, TipState

LEAD: Final = 1
ABOVE: Final = 2
"""To whom a missed deadline went: the desk's lead, then the integrity desk."""


@dataclass(frozen=True)
class CaseFile:
    """Where a tip stands.

    Attributes:
        since: the UTC day on which the state began.
        due: the last day for leaving it; None when nothing is due.
        paused_on: since when the clock stands still; None while it runs.
        paused_days: the working days for which it stood still before, since the state began.
        level: 0, or to whom the missed deadline went last (`LEAD`, `ABOVE`), and when.
        assignee: a member's id; empty when nobody has taken the tip.
        outcome: one of `Outcome`, once it is recorded.
        ending: how the way ended: an outcome, "outside-remit", "duplicate", "spam", or empty.
        decided_by: who recorded, confirmed or declined; a review is another's.
        answered: whether an answer went out since the state began.
        heard: whether something new from the reporter was read since the state began.
        triage_due: of a tip that waits for more, the day on which triage was due; `triage_level` how far a
            miss had gone.
        links: other tips on the same matter (32 hex digits each).
        duplicate_of: the tip that this one repeats.
        letter: the number of the latest transfer, "year-count", among those of `letter_desk`; `body` whom it
            went to.
        umbrella: for an umbrella tip each step's last day, or the day with a "+" before it when it was done.
    """

    state: TipState
    since: date
    due: date | None
    paused_on: date | None = None
    paused_days: int = 0
    level: int = 0
    level_on: date | None = None
    assignee: str = ""
    outcome: str = ""
    ending: str = ""
    decided_by: tuple[str, ...] = ()
    answered: bool = False
    heard: bool = False
    triage_due: date | None = None
    triage_level: int = 0
    extended: bool = False
    held: bool = False
    links: tuple[str, ...] = ()
    duplicate_of: str = ""
    letter: str = ""
    letter_desk: str = ""
    body: str = ""
    umbrella: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def opened(cls, day: date, clocks: Clocks) -> "CaseFile":
        """A tip that came on a day."""
        return cls(TIP_MOVES.start, day, clocks.due(TIP_MOVES.start, day))

    @property
    def has_ended(self) -> bool:
        """Whether nothing is due any more."""
        return self.state in ENDED

    def is_overdue(self, today: date) -> bool:
        """Whether the day has passed and the clock was running."""
        return self.due is not None and self.paused_on is None and self.due < today

    def encode(self) -> bytes:
        """Canonical JSON, as the keeper stores and sends it."""
        return canonical.encode(self.to_fields())

    def to_fields(self) -> dict[str, Any]:
        """The same as an object: days are ISO, "" for none."""
        return {
            "state": self.state.value,
            "since": self.since.isoformat(),
            "due": _iso(self.due),
            "paused_on": _iso(self.paused_on),
            "paused_days": self.paused_days,
            "level": self.level,
            "level_on": _iso(self.level_on),
            "assignee": self.assignee,
            "outcome": self.outcome,
            "ending": self.ending,
            "decided_by": list(self.decided_by),
            "answered": self.answered,
            "heard": self.heard,
            "triage_due": _iso(self.triage_due),
            "triage_level": self.triage_level,
            "extended": self.extended,
            "held": self.held,
            "links": list(self.links),
            "duplicate_of": self.duplicate_of,
            "letter": self.letter,
            "letter_desk": self.letter_desk,
            "body": self.body,
            "umbrella": dict(self.umbrella),
        }

    @classmethod
    def decode(cls, data: bytes) -> "CaseFile":
        """Read a stored case.

        Raises:
            BadFormat: it is none.
        """
        return cls.from_fields(canonical.decode(data))

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> "CaseFile":
        """Read a case from its object.

        Raises:
            BadFormat: it is none.
        """
        try:
            return cls(
                state=TipState(fields["state"]),
                since=date.fromisoformat(fields["since"]),
                due=_day(fields["due"]),
                paused_on=_day(fields["paused_on"]),
                paused_days=int(fields["paused_days"]),
                level=int(fields["level"]),
                level_on=_day(fields["level_on"]),
                assignee=str(fields["assignee"]),
                outcome=str(fields["outcome"]),
                ending=str(fields["ending"]),
                decided_by=tuple(map(str, fields["decided_by"])),
                answered=bool(fields["answered"]),
                heard=bool(fields["heard"]),
                triage_due=_day(fields["triage_due"]),
                triage_level=int(fields["triage_level"]),
                extended=bool(fields["extended"]),
                held=bool(fields["held"]),
                links=tuple(map(str, fields["links"])),
                duplicate_of=str(fields["duplicate_of"]),
                letter=str(fields["letter"]),
                letter_desk=str(fields["letter_desk"]),
                body=str(fields["body"]),
                umbrella=dict(fields["umbrella"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadFormat("not a tip's case") from error

    def standing(self) -> dict[str, Any]:
        """What the reporter may know of it: no desk, no member, no other tip."""
        told = self.state in (TipState.FEEDBACK, TipState.CLOSED, TipState.REVIEW)
        return {
            "state": self.state.value,
            "since": self.since.isoformat(),
            "due": _iso(self.due),
            "paused": self.paused_on is not None,
            "level": self.level,
            "outcome": self.outcome if told else "",
        }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
