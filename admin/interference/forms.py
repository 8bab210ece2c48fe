"""What an entry and an answer hold, read strictly. What is not asked for is not read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from werkzeug.datastructures import MultiDict

from admin.interference.errors import (
    AnswerTooLong,
    InterferenceError,
    NoAnswer,
    NoCase,
    NoName,
    NothingHappened,
    NoTime,
    NoWay,
    TooLong,
    UnknownMeasure,
    UnknownUnit,
)
from tipline.interference.contents import Account, Answer
from tipline.interference.ways import MEASURES, WAYS, Measure, Way
from tipline.roster import Roster
from tipline.tips.answers import MAX_TEXT_BYTES

Form = MultiDict[str, str]
MOST_UNITS: Final = 100
"""As many as a statement names."""
_NEEDED: Final[Mapping[str, type[InterferenceError]]] = {
    "who": NoName,
    "case": NoCase,
    "when": NoTime,
    "happened": NothingHappened,
}


@dataclass(frozen=True, repr=False)
class Filing:
    """An account, and the units that must not read it, sorted."""

    account: Account
    excluded: tuple[str, ...]


def read_filing(form: Form, roster: Roster) -> Filing:
    """Read an entry.

    Raises:
        InterferenceError: a field is missing or cannot be taken.
    """
    texts = {name: _text(form, name) for name in ("who", "position", "case", "when", "happened", "did")}
    for name, missing in _NEEDED.items():
        if not texts[name]:
            raise missing
    if form.get("how") not in WAYS:
        raise NoWay
    account = Account(unit=_text(form, "whose_unit"), way=Way(form["how"]), **texts)
    if len(account.encode()) > MAX_TEXT_BYTES:
        raise TooLong
    return Filing(account, _units(form, roster))


def read_answer(form: Form) -> Answer:
    """Read an answer.

    Raises:
        InterferenceError: it says nothing, or too much, or what is not offered.
    """
    measures = form.getlist("measures")
    if not set(measures) <= set(MEASURES):
        raise UnknownMeasure
    text = _text(form, "done_about")
    if not text:
        raise NoAnswer
    answer = Answer(tuple(one for one in Measure if one.value in measures), text)
    if len(answer.encode()) > MAX_TEXT_BYTES:
        raise AnswerTooLong
    return answer


def read_chosen(form: Form) -> frozenset[int]:
    """The entries whose texts are to be printed; what is no number is none of them."""
    return frozenset(int(one) for one in form.getlist("chosen") if one.isascii() and one.isdigit())


def _units(form: Form, roster: Roster) -> tuple[str, ...]:
    named = sorted(set(form.getlist("unseen")))
    if not set(named) <= roster.units.keys() or len(named) > MOST_UNITS:
        raise UnknownUnit
    return tuple(named)


def _text(form: Form, name: str) -> str:
    return form.get(name, "").strip().replace("\r\n", "\n")
