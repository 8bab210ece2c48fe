"""What somebody has chosen of the ledger by day: the filter in the address, and the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Self
from urllib.parse import urlencode

from admin.ledger.books import Kind, Line

PAGE: Final = 50
KINDS: Final = tuple(kind.value for kind in Kind)
_MOST_PAGES: Final = 1_000_000


@dataclass(frozen=True)
class Choice:
    """A filter; what is empty filters nothing. `since` and `until` are days (ISO); pages count from 1."""

    kind: str = ""
    year: str = ""
    value: str = ""
    since: str = ""
    until: str = ""
    page: int = 1

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """The choice of an address; what is no choice is left out."""
        kind, page = given.get("kind", ""), given.get("page", "")
        return cls(
            kind=kind if kind in KINDS else "",
            year=_number(given.get("year", "")),
            value=_number(given.get("value", "")),
            since=_day(given.get("from", "")),
            until=_day(given.get("to", "")),
            page=min(int(_number(page) or 1), _MOST_PAGES),
        )

    def fits(self, line: Line) -> bool:
        """Whether a line is asked for."""
        return (
            self.kind in ("", line.kind.value)
            and self.year in ("", str(line.year))
            and self.value in ("", str(line.value))
            and self.since <= line.day
            and (not self.until or line.day <= self.until)
        )

    def query(self, page: int) -> str:
        """What stands behind the address of a page of this choice."""
        given = (("kind", self.kind), ("year", self.year), ("value", self.value))
        days = (("from", self.since), ("to", self.until), ("page", str(page) if page > 1 else ""))
        fields = {name: value for name, value in (*given, *days) if value}
        return f"?{urlencode(fields)}" if fields else ""


@dataclass(frozen=True)
class LedgerPage:
    """One page of the lines that fit, how many fit, and their yuan in sum by kind."""

    choice: Choice
    lines: Sequence[Line]
    total: int
    sums: Sequence[tuple[Kind, int, int]]

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def page_of(lines: Sequence[Line], choice: Choice) -> LedgerPage:
    """The page that was asked for; a page behind the last one is empty."""
    found = [line for line in lines if choice.fits(line)]
    start = (choice.page - 1) * PAGE
    sums = [
        (kind, sum(line.count for line in found if line.kind is kind), _amount(found, kind)) for kind in Kind
    ]
    return LedgerPage(
        choice, found[start : start + PAGE], len(found), [one for one in sums if one[1] or one[2]]
    )


def _amount(lines: Sequence[Line], kind: Kind) -> int:
    return sum(line.amount for line in lines if line.kind is kind)


def _number(text: str) -> str:
    return text if text.isascii() and text.isdigit() and 0 < len(text) <= len("1000000") else ""


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
