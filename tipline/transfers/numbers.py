"""The number of a transfer's letter: counted from 1 in each year for each desk, by the keeper."""

import re
from dataclasses import dataclass
from typing import Final, Self

from tipline.ids import DeskId
from tipline.transfers.errors import NotANumber

_WRITTEN: Final = re.compile(r"(20[0-9]{2})-([1-9][0-9]{0,5})")


@dataclass(frozen=True)
class LetterNumber:
    """The year (UTC) and a desk's count in it; in statements "2026-12", beside the desk."""

    desk: DeskId
    year: int
    count: int

    @classmethod
    def parse(cls, desk: str, written: str) -> Self:
        """Read "2026-12", a number of a desk's.

        Raises:
            NotANumber: it is none.
        """
        found = _WRITTEN.fullmatch(written)
        if not found:
            raise NotANumber("a letter's number is a year and a count")
        return cls(DeskId(desk), int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.year}-{self.count}"
