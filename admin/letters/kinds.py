"""Which letters there are, and what is typed into each, which stands on the printed page and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from admin.letters.errors import CardNumber, LineTooLong, NoName, TextTooLong
from tipline.identities.card_numbers import holds_card_number
from tipline.protection.asking import Group
from tipline.protection.forms import FORMS

MAX_LINE: Final = 200
MAX_TEXT: Final = 2_000
"""Characters."""

ENGLISH: Final = "letter_english"
"""The passage in staff's own words, for the English letter."""
CLEARED: Final = ("cleared_name", "cleared_post", "letter_to", "letter_number")
"""Who is cleared, their post and unit, to whom the letter goes, and its number."""


class Kind(StrEnum):
    """A letter, called as the form that it is made from."""

    APPLICATION = "application"
    REFERRAL = "referral"
    CLEARING = "clearing"

    @property
    def group(self) -> Group | None:
        """Whose cases alone have it; None for everybody's."""
        return FORMS[self.value].group

    @property
    def lines(self) -> tuple[str, ...]:
        """What is typed into its form."""
        return CLEARED if self is Kind.CLEARING else ()


@dataclass(frozen=True)
class Typed:
    """What was typed for one letter, beside what its form says.

    `english` is the form's passage in English; empty where it stands as it is.
    """

    name: str = field(default="", repr=False)
    post: str = field(default="", repr=False)
    to: str = field(default="", repr=False)
    number: str = ""
    english: str = field(default="", repr=False)


def read_typed(kind: Kind, form: Mapping[str, str]) -> Typed:
    """Read what a letter needs.

    Raises:
        LetterError: a line is missing or cannot be printed.
    """
    lines = {name: " ".join(form.get(name, "").split()) for name in kind.lines}
    for name, line in lines.items():
        if len(line) > MAX_LINE:
            raise LineTooLong(name)
        if holds_card_number(line):
            raise CardNumber(name)
    english = form.get(ENGLISH, "").strip().replace("\r\n", "\n")
    if len(english) > MAX_TEXT:
        raise TextTooLong
    if not lines:
        return Typed(english=english)
    if not lines["cleared_name"]:
        raise NoName
    name, post, to, number = (lines[name] for name in CLEARED)
    return Typed(name, post, to, number, english)
