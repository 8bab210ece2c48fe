"""What is typed of an accused person: spellings, position, correction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from admin.accused.errors import (
    CorrectionTooLong,
    NameMissing,
    NameTooLong,
    NameTooShort,
    PositionTooLong,
    TooManySpellings,
)
from tipline.accused.marks import LEAST, folded
from tipline.accused.record import MAX_CORRECTION, MAX_POSITION, MAX_SPELLING, MAX_SPELLINGS, AccusedPerson

NAMES, POSITION, CORRECTION = "accused_names", "accused_position", "accused_correction"
TEXTS: Final = (NAMES, POSITION, CORRECTION)
"""Fields that somebody writes."""
PERSON, BASE = "accused_person", "accused_base"
"""Whose correction it is, and the item (hex) whose names the form was filled with; neither names anybody."""


@dataclass(frozen=True)
class NameForm:
    """A person as typed."""

    spellings: tuple[str, ...] = field(repr=False)
    position: str = field(repr=False)
    correction: str = field(repr=False)

    @classmethod
    def read(cls, form: Mapping[str, str]) -> "NameForm":
        """Read the form's fields: a spelling a line.

        Raises:
            AccusedError: there is no name, or something is too short, too long or too much.
        """
        lines = (_line(line) for line in form.get(NAMES, "").splitlines())
        spellings = tuple({folded(line): line for line in lines if line}.values())
        position, correction = _line(form.get(POSITION, "")), _line(form.get(CORRECTION, ""))
        if not spellings:
            raise NameMissing
        if any(len(folded(spelling)) < LEAST for spelling in spellings):
            raise NameTooShort
        if any(len(spelling) > MAX_SPELLING for spelling in spellings):
            raise NameTooLong
        if len(spellings) > MAX_SPELLINGS:
            raise TooManySpellings
        if len(position) > MAX_POSITION:
            raise PositionTooLong
        if len(correction) > MAX_CORRECTION:
            raise CorrectionTooLong
        return cls(spellings, position, correction)

    def person(self, code: str, number: int) -> AccusedPerson:
        """The person under a number."""
        return AccusedPerson(code, number, self.spellings, self.position, self.correction)

    def names_one_of(self, people: tuple[AccusedPerson, ...]) -> bool:
        """Whether a spelling is one of these people's."""
        taken = {folded(spelling) for person in people for spelling in person.spellings}
        return any(folded(spelling) in taken for spelling in self.spellings)


def _line(text: str) -> str:
    """A text as one line without white space around it."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
