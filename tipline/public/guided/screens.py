"""The four screens, what each of them asks, and the answers as they travel sealed between them.

1 danger  ->  2 who must not see it  ->  3 what happened  ->  4 files, and send
   ^--- back ---'        ^--- back ---'        ^--- back ---'
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from enum import IntEnum, StrEnum
from typing import Any

from tipline.public.report.forms import ReportForm


class Screen(IntEnum):
    """A screen, by its number."""

    DANGER = 1
    WHO = 2
    WHAT = 3
    FILES = 4


class Go(StrEnum):
    """Which button was pressed: the last one, "Back", or one that shows this screen in another language."""

    ON = ""
    BACK = "back"
    STAY = "stay"


FIELDS: Mapping[Screen, tuple[str, ...]] = {
    Screen.DANGER: ("danger",),
    Screen.WHO: ("official", "unit", "exclude", "exclude_text"),
    Screen.WHAT: ("description", "category"),
    Screen.FILES: (),
}
"""The fields of `ReportForm` that each screen asks for. What is sent for another screen is not looked at."""

_EMPTY = ReportForm()
_NAMES = frozenset(one.name for one in fields(ReportForm)) - {"errors"}


def screen_of(number: str) -> Screen:
    """The screen of a form's field `step`; the first for what is no number of ours."""
    return Screen(int(number)) if number in {"1", "2", "3", "4"} else Screen.DANGER


def go_of(pressed: str) -> Go:
    """What a button asks for; whatever is no button of ours moves on."""
    return Go(pressed) if pressed in {go.value for go in Go} else Go.ON


def screen_asking(problem: str) -> Screen:
    """The screen that asks for a field."""
    return next(screen for screen, names in FIELDS.items() if problem in names)


def with_screen(earlier: ReportForm, screen: Screen, typed: ReportForm) -> ReportForm:
    """The earlier answers, with those that a screen asks for as they were typed now."""
    return replace(earlier, **{name: getattr(typed, name) for name in FIELDS[screen]})


def answers_of(form: ReportForm, without: Iterable[str] = ()) -> dict[str, Any]:
    """What was answered, as text, truth values and lists: what a sealed state holds; some fields left out."""
    answers: dict[str, Any] = {}
    for name in _NAMES.difference(without):
        value = getattr(form, name)
        if value != getattr(_EMPTY, name):
            answers[name] = sorted(value) if isinstance(value, frozenset) else value
    return answers


def form_of(answers: Mapping[str, Any]) -> ReportForm:
    """The answers that a sealed state holds, unchecked: offices may be gone from the list since."""
    known = {name: answers[name] for name in _NAMES & answers.keys()}
    if "exclude" in known:
        known["exclude"] = frozenset(known["exclude"])
    return ReportForm(**known)
