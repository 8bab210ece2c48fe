"""The fields of the forms that staff fill in for a protection case, and reading one of them.

They are codes and rules; the words stand with the site that shows them.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

MAX_LINE: Final = 200
MAX_WORDS: Final = 2_000
"""Characters of one answer: all answers of a form together stay below the longest text of an item."""

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Shape(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    TEXT = "text"
    ONE = "one"
    SEVERAL = "several"
    DAY = "day"
    BODY = "body"
    """One of the competent bodies of the roster."""


class When(StrEnum):
    """Which days a field takes: any, none after today, or none before it."""

    ANY = ""
    PAST = "past"
    FUTURE = "future"


class Wrong(StrEnum):
    """What is wrong with a field."""

    MISSING = "missing"
    WHY = "why"
    TOO_LONG = "too-long"
    NO_CHOICE = "no-choice"
    NONE_AND_MORE = "none-and-more"
    NO_DAY = "no-day"
    NOT_YET = "not-yet"
    OVER = "over"
    BEFORE = "before"
    UNFINISHED = "unfinished"
    OFFICERS_ALONE = "officers-alone"


NONE: Final = "none"
"""The choice beside which no other is taken."""

Typed = Mapping[str, Sequence[str]]
"""What a browser sent: each field's values."""


@dataclass(frozen=True)
class Problem:
    """A field that cannot be taken as it is."""

    field: str
    wrong: Wrong


@dataclass(frozen=True)
class Field:
    """One field; `name` is its answer's key in the note.

    Attributes:
        choices: the codes of a choice, in their order.
        officers: those of the choices that are an officer's alone.
        because: another field and those of its choices that make this one needed.
        with_any: other fields beside which this one is needed: a row begun is a row finished.
        not_before: the field with the day before which this one's may not lie.
    """

    name: str
    shape: Shape = Shape.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    officers: tuple[str, ...] = ()
    when: When = When.ANY
    because: tuple[str, tuple[str, ...]] | None = None
    with_any: tuple[str, ...] = ()
    not_before: str = ""

    @property
    def is_typed(self) -> bool:
        """Whether somebody writes it, and does not choose."""
        return self.shape in (Shape.LINE, Shape.TEXT)

    def read(self, typed: Typed) -> str:
        """The answer as it is kept: several choices are separated by spaces, in the field's order."""
        values = [value.strip().replace("\r\n", "\n") for value in typed.get(self.name, ())]
        given = [value for value in values if value]
        if self.shape is Shape.SEVERAL:
            return " ".join([one for one in self.choices if one in given] + _strange(given, self.choices))
        answer = given[0] if given else ""
        return " ".join(answer.split()) if self.shape is Shape.LINE else answer

    def wrong_with(self, answers: Mapping[str, str], today: date, bodies: Collection[str]) -> Wrong | None:
        """What is wrong with its answer among those of its form; None for nothing."""
        answer = answers[self.name]
        if not answer:
            return self._missing(answers)
        if self.is_typed:
            most = MAX_LINE if self.shape is Shape.LINE else MAX_WORDS
            return Wrong.TOO_LONG if len(answer) > most else None
        if self.shape is Shape.DAY:
            return self._wrong_day(answers, today)
        return self._wrong_choice(answer.split(), bodies)

    def _missing(self, answers: Mapping[str, str]) -> Wrong | None:
        if self.required:
            return Wrong.MISSING
        if self.because is not None and set(answers[self.because[0]].split()) & set(self.because[1]):
            return Wrong.WHY
        return Wrong.UNFINISHED if any(answers[other] for other in self.with_any) else None

    def _wrong_day(self, answers: Mapping[str, str], today: date) -> Wrong | None:
        day = day_of(answers[self.name])
        if day is None:
            return Wrong.NO_DAY
        if self.when is When.PAST and day > today:
            return Wrong.NOT_YET
        if self.when is When.FUTURE and day < today:
            return Wrong.OVER
        first = day_of(answers[self.not_before]) if self.not_before else None
        return Wrong.BEFORE if first is not None and day < first else None

    def _wrong_choice(self, chosen: Sequence[str], bodies: Collection[str]) -> Wrong | None:
        known = bodies if self.shape is Shape.BODY else self.choices
        if not set(chosen) <= set(known) or (self.shape is not Shape.SEVERAL and len(chosen) > 1):
            return Wrong.NO_CHOICE
        return Wrong.NONE_AND_MORE if NONE in chosen and len(chosen) > 1 else None


def day_of(text: str) -> date | None:
    """The day of an answer; None where it is none."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _strange(given: Sequence[str], choices: Collection[str]) -> list[str]:
    """What was sent and is no choice, so that it is refused and not left out."""
    return [one.replace(" ", "_") for one in given if one not in choices]
