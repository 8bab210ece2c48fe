"""Forms as a page shows them: the fields to fill in, and filled-in ones as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from admin.protection.form_words import CHOICES, WRONG, choice_words
from admin.readings.thread import ThreadEntry
from tipline.protection.asking import Group
from tipline.protection.fields import Field, Shape, Wrong
from tipline.protection.forms import FORMS, TYPED, Form

_COLUMNS: Final = 4
"""What, who, from, until."""
_ADDED: Final = ("risk_score", "risk_suggested")
"""What the service adds to what was typed."""


@dataclass(frozen=True)
class Filled:
    """A filled-in form of the thread: who filled it in, when, and its answers in the form's order.

    `rows` are those of its answers that stand by themselves; `table` has a plan's measures, a row each.
    """

    entry: ThreadEntry
    form: Form
    rows: Sequence[tuple[str, str]] = field(repr=False)
    table: Sequence[Sequence[str]] = field(repr=False)

    @property
    def answers(self) -> Mapping[str, str]:
        """The answers by field."""
        return self.entry.message.answers if self.entry.message else {}

    @property
    def day(self) -> date:
        """The day on which it was filled in."""
        return self.entry.day


def filled_in(entry: ThreadEntry) -> Filled | None:
    """A note as a filled-in form; None for any other note."""
    message = entry.message
    form = FORMS.get(str(message.topic)) if message is not None and entry.kind == "note" else None
    if message is None or form is None:
        return None
    names = [part.name for part in form.fields] + [name for name in _ADDED if name in message.answers]
    planned = [name for name in names if in_plan(name)]
    lines = [planned[start : start + _COLUMNS] for start in range(0, len(planned), _COLUMNS)]
    rows = [
        (name, message.answers[name]) for name in names if name in message.answers and name not in planned
    ]
    table = [[message.answers.get(name, "") for name in row] for row in lines]
    return Filled(entry, form, rows, [row for row in table if any(row)])


def wrong_words(wrong: Wrong) -> str:
    """What is wrong with a field."""
    return str(WRONG[wrong])


def written(typed: Mapping[str, Sequence[str]]) -> list[str]:
    """What somebody wrote in a form that could not be shown again: nothing of it is lost."""
    return [value for name in (*TYPED, "message", "note", "reason") for value in typed.get(name, ()) if value]


def in_plan(name: str) -> bool:
    """Whether a field is one of a plan's measures, which stand in a table."""
    return name.startswith(("plan_what_", "plan_owner_", "plan_from_", "plan_until_"))


def rows_of(form: Form) -> list[tuple[Field, ...]]:
    """A plan's fields, a row for each measure."""
    planned = [part for part in form.fields if in_plan(part.name)]
    return [tuple(planned[start : start + _COLUMNS]) for start in range(0, len(planned), _COLUMNS)]


def choices_of(part: Field, group: Group, bodies: Mapping[str, str]) -> list[tuple[str, str]]:
    """What can be chosen in a field, with its words.

    Args:
        bodies: the names of the competent bodies by id.
    """
    if part.shape is Shape.BODY:
        return list(bodies.items())
    hidden = () if group is Group.OFFICER else part.officers
    words = CHOICES.get(part.name, {})
    return [(code, str(words.get(code, code))) for code in part.choices if code not in hidden]


def said(name: str, answer: str, bodies: Mapping[str, str]) -> str:
    """An answer as a page shows it."""
    if _shape(name) is Shape.BODY:
        return bodies.get(answer, answer)
    return choice_words(name, answer)


def _shape(name: str) -> Shape | None:
    return _SHAPES.get(name)


_SHAPES: Final = {part.name: part.shape for form in FORMS.values() for part in form.fields}
