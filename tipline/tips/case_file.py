"""Where a tip stands, as one frozen value: stored by the keeper, shown by the sites."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from crypto import canonical
from crypto.errors import BadFormat
from tipline.deadlines import Clocks
from tipline.protection.states import PROTECTION_MOVES, ProtectionState
from tipline.tips.moves import ENDED, TIP_MOVES, CaseState, TipState, state_named

LEAD: Final = 1
ABOVE: Final = 2
"""To whom a missed deadline went: the desk's lead, then the integrity desk."""


@dataclass(frozen=True)
class CaseFile:
    """Where a tip or a protection case stands.

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
        parted: tips that were linked to it and are no longer, each with the member who unlinked them last.
        duplicate_of: the tip that this one repeats.
        letter: the number of the latest transfer, "year-count", among those of `letter_desk`; `body` whom it
            went to.
        forms: of a protection case, the filled-in forms (32 hex digits each) on which its moves rested.
        rests_on: the one of them by which it came into its state; "" where it came by a reason.
        watch_every: of a protection case, after how many days the person agreed to say that they are well; 0
            for none, and `watch_due` the day by which they are to be heard next. `watch_level` is to whom a
            missed one went last, and when: a clock of its own, which no other deadline hides.
        umbrella: for an umbrella tip each step's last day, or the day with a "+" before it when it was done.
    """

    state: CaseState
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
    parted: Mapping[str, str] = field(default_factory=dict)
    duplicate_of: str = ""
    letter: str = ""
    letter_desk: str = ""
    body: str = ""
    umbrella: Mapping[str, str] = field(default_factory=dict)
    forms: tuple[str, ...] = ()
    rests_on: str = ""
    watch_every: int = 0
    watch_due: date | None = None
    watch_level: int = 0
    watch_level_on: date | None = None

    @classmethod
    def opened(cls, day: date, clocks: Clocks, *, protects: bool = False) -> "CaseFile":
        """A tip, or a protection case, that came on a day."""
        start: CaseState = PROTECTION_MOVES.start if protects else TIP_MOVES.start
        return cls(start, day, clocks.due(start, day))

    @property
    def protects(self) -> bool:
        """Whether this is a protection case."""
        return isinstance(self.state, ProtectionState)

    @property
    def has_ended(self) -> bool:
        """Whether nothing is due any more."""
        return self.state in ENDED

    @property
    def told(self) -> int:
        """To whom anything that was missed went last: a deadline, or a check-in."""
        return max(self.level, self.watch_level)

    def is_unheard(self, today: date) -> bool:
        """Whether the day of an agreed check-in has passed without one."""
        return self.watch_due is not None and self.watch_due < today

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
            **self._protection_fields(),
            **({"parted": dict(self.parted)} if self.parted else {}),
        }

    def _protection_fields(self) -> dict[str, Any]:
        # Left out of a tip's: what was stored before there were protection cases stays as it was.
        forms: dict[str, Any] = {"forms": list(self.forms)} if self.forms else {}
        if self.rests_on:
            forms["rests_on"] = self.rests_on
        if not self.watch_every:
            return forms
        return {
            **forms,
            "watch_every": self.watch_every,
            "watch_due": _iso(self.watch_due),
            "watch_level": self.watch_level,
            "watch_level_on": _iso(self.watch_level_on),
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
                state=state_named(fields["state"]),
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
                parted=dict(fields.get("parted", {})),
                duplicate_of=str(fields["duplicate_of"]),
                letter=str(fields["letter"]),
                letter_desk=str(fields["letter_desk"]),
                body=str(fields["body"]),
                umbrella=dict(fields["umbrella"]),
                forms=tuple(map(str, fields.get("forms", ()))),
                rests_on=str(fields.get("rests_on", "")),
                watch_every=int(fields.get("watch_every", 0)),
                watch_due=_day(fields.get("watch_due", "")),
                watch_level=int(fields.get("watch_level", 0)),
                watch_level_on=_day(fields.get("watch_level_on", "")),
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
            **({"watch": _iso(self.watch_due)} if self.watch_every else {}),
        }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
