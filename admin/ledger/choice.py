"""What somebody has chosen of the ledger by day: the filter in the address, and the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Self
from urllib.parse import urlencode

from tipline.rewards.lines import Kind, KindSum, Line, Wanted

PAGE: Final = 50
KINDS: Final = tuple(kind.value for kind in Kind)
_MOST_PAGES: Final = 1_000_000


@dataclass(frozen=True)
class Choice:
    """A filter, and a page; pages count from 1."""

    wanted: Wanted = field(default_factory=Wanted)
    page: int = 1

    @property
    def start(self) -> int:
        """The place of the page's first line among all that fit."""
        return (self.page - 1) * PAGE

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """The choice of an address; what is no choice is left out."""
        kind, page = given.get("kind", ""), given.get("page", "")
        wanted = Wanted(
            kind=kind if kind in KINDS else "",
            year=_number(given.get("year", "")),
            value=_number(given.get("value", "")),
            since=_day(given.get("from", "")),
            until=_day(given.get("to", "")),
        )
        return cls(wanted, max(1, min(int(_number(page) or 1), _MOST_PAGES)))

    def query(self, page: int) -> str:
        """What stands behind the address of a page of this choice."""
        asked = self.wanted
        given = (("kind", asked.kind), ("year", asked.year), ("value", asked.value))
        days = (("from", asked.since), ("to", asked.until), ("page", str(page) if page > 1 else ""))
        fields = {name: value for name, value in (*given, *days) if value}
        return f"?{urlencode(fields)}" if fields else ""


@dataclass(frozen=True)
class LedgerPage:
    """One page of the lines that fit, empty behind the last one, and all that fit in sum, by kind."""

    choice: Choice
    lines: Sequence[Line]
    sums: Sequence[KindSum]

    @property
    def total(self) -> int:
        """How many lines fit."""
        return sum(one.lines for one in self.sums)

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))

    @property
    def figures(self) -> Sequence[KindSum]:
        """The sums that are something."""
        return [one for one in self.sums if one.count or one.amount]


def _number(text: str) -> str:
    return text if text.isascii() and text.isdigit() and 0 < len(text) <= len("1000000") else ""


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
