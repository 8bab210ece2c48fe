"""The number of a transfer's letter: counted from 1 in each year, by the keeper."""

import re
from dataclasses import dataclass
from typing import Final, Self

from tipline.transfers.errors import NotANumber

_WRITTEN: Final = re.compile(r"(20[0-9]{2})-([1-9][0-9]{0,5})")


@dataclass(frozen=True)
class LetterNumber:
    """The year (UTC) and the count in it; in statements "2026-12"."""

    year: int
    count: int

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read "2026-12".

        Raises:
            NotANumber: it is none.
        """
        found = _WRITTEN.fullmatch(written)
        if not found:
            raise NotANumber("a letter's number is a year and a count")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.year}-{self.count}"
