"""What stands inside a sealed item of names: whom a tip accuses, as its text calls them, and corrections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

from crypto.canonical import decode, encode
from crypto.errors import BadFormat
from tipline.accused.marks import Mark, code_of
from tipline.ids import TipId

FORMAT: Final = 1
MAX_PEOPLE: Final = 12
MAX_SPELLINGS: Final = 6
MAX_SPELLING: Final = 40  # characters, as are the next two
MAX_POSITION: Final = 120
MAX_CORRECTION: Final = 400
MAX_NUMBER: Final = 2**16 - 1
_FIELDS: Final = frozenset(("number", "spellings", "position", "correction"))


@dataclass(frozen=True, repr=False)
class AccusedPerson:
    """One whom a tip accuses.

    Attributes:
        code: what the person is called elsewhere, such as A3; tip and number give it, and no item holds it.
        number: counts up within a tip and stays through corrections.
        spellings: the name as the text has it, each way in which it stands there.
        position: position or unit, in free words.
        correction: what is wrong about it.
    """

    code: str
    number: int
    spellings: tuple[str, ...]
    position: str = ""
    correction: str = ""

    @property
    def mark(self) -> Mark:
        """What hides the person's name."""
        return Mark(self.code, self.spellings)


@dataclass(frozen=True, repr=False)
class AccusedRecord:
    """All whom a tip accuses, as a member wrote them down on a day (UTC)."""

    people: tuple[AccusedPerson, ...]
    day: date

    def encode(self) -> bytes:
        """Canonical JSON."""
        people = [
            {
                "number": one.number,
                "spellings": list(one.spellings),
                "position": one.position,
                "correction": one.correction,
            }
            for one in self.people
        ]
        return encode({"v": FORMAT, "people": people, "day": self.day.isoformat()})

    @classmethod
    def decode(cls, data: bytes, tip: TipId) -> Self:
        """Read the names of a tip.

        Raises:
            BadFormat: they are none, or more and longer ones than an item takes.
        """
        fields = decode(data)
        if fields.keys() != {"v", "people", "day"} or fields["v"] != FORMAT:
            raise BadFormat("names of accused persons have other fields or an unknown version")
        try:
            people = tuple(_person(one, tip) for one in fields["people"])
            day = date.fromisoformat(fields["day"])
        except (KeyError, TypeError, ValueError) as error:
            raise BadFormat("not the names of accused persons") from error
        if len(people) > MAX_PEOPLE or len({one.number for one in people}) < len(people):
            raise BadFormat("too many accused persons, or one twice")
        return cls(people, day)


def next_number(people: Sequence[AccusedPerson], tip: TipId) -> int:
    """The number of one more person: above all others, and with a code that nobody of this tip has."""
    number, taken = max((one.number for one in people), default=0) + 1, {one.code for one in people}
    while code_of(tip, number) in taken:
        number += 1
    return number


def _person(fields: Any, tip: TipId) -> AccusedPerson:
    if not isinstance(fields, dict) or fields.keys() != _FIELDS or type(fields["number"]) is not int:
        raise ValueError("a person has other fields")
    if not 1 <= fields["number"] <= MAX_NUMBER:
        raise ValueError("a person has no number")
    spellings = tuple(fields["spellings"])
    texts = (*spellings, fields["position"], fields["correction"])
    if not all(isinstance(text, str) for text in texts) or not 1 <= len(spellings) <= MAX_SPELLINGS:
        raise ValueError("a person has no name, or too many")
    if any(not 1 <= len(text) <= MAX_SPELLING for text in spellings):
        raise ValueError("a name is empty or too long")
    if len(fields["position"]) > MAX_POSITION or len(fields["correction"]) > MAX_CORRECTION:
        raise ValueError("a field of a person is too long")
    return AccusedPerson(
        code_of(tip, fields["number"]),
        fields["number"],
        spellings,
        fields["position"],
        fields["correction"],
    )
