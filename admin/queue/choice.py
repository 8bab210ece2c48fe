"""What a member wants to see of the list: filters, order, page. Codes travel in the address, words never do.

    state     open · all · a state           due       overdue · hour · today · week
    whose     mine · nobody · a member's id  level     escalated · mine (where one leads the desk)
    paused    yes · no                       news      yes
    age       at least so many days          urgency, category, unit, official, language: on the sealed card

Words (handles and tags) come in a posted form and go no further than its answer.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlencode

from tipline.routing import UNKNOWN_UNIT
from tipline.tips.categories import Category, Official, Urgency
from tipline.tips.moves import TipState
from tipline.tips.tags import fold

OPEN: Final = "open"
ALL: Final = "all"
URGENT: Final = "urgent"
NOT_NAMED: Final = "none"
"""Stands in the address for a category, unit or official that is empty on the card."""

STATES: Final = (OPEN, *(state.value for state in TipState if state is not TipState.ERASED), ALL)
DUES: Final = ("overdue", "hour", "today", "week")
AGES: Final = ("3", "7", "14", "30", "90")
LEVELS: Final = ("escalated", "mine")
YES_NO: Final = ("yes", "no")
LANGUAGES: Final = ("zh-Hans", "en")
CATEGORIES: Final = tuple(category.value or NOT_NAMED for category in Category)
OFFICIALS: Final = tuple(official.value or NOT_NAMED for official in Official)
URGENCIES: Final = tuple(urgency.value for urgency in Urgency)
MINE: Final = "mine"
NOBODY: Final = "nobody"

CLEAR_SORTS: Final = (URGENT, "state", "due", "age", "assignee", "level", "paused")
SEALED_SORTS: Final = ("urgency", "category", "unit")
DOWN: Final = "down"
MAX_WORDS: Final = 8
MAX_TYPED: Final = 200

__all__ = ["UNKNOWN_UNIT", "Choice"]

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_ALLOWED: Final[Mapping[str, Collection[str]]] = {
    "state": STATES,
    "due": DUES,
    "age": AGES,
    "level": LEVELS,
    "paused": YES_NO,
    "news": ("yes",),
    "urgency": URGENCIES,
    "category": CATEGORIES,
    "official": OFFICIALS,
    "language": LANGUAGES,
    "sort": (*CLEAR_SORTS, *SEALED_SORTS),
    "order": (DOWN,),
}
_NAMED: Final = ("whose", "unit")
SEALED: Final = ("urgency", "category", "unit", "official", "language")
"""Filters that are on the card alone: each card is opened to look."""
_DEFAULTS: Final[Mapping[str, str]] = {"state": OPEN, "sort": URGENT}


@dataclass(frozen=True)
class Choice:
    """One view of the list. Empty fields choose nothing; `page` counts from 1."""

    state: str = OPEN
    whose: str = ""
    due: str = ""
    age: str = ""
    level: str = ""
    paused: str = ""
    news: str = ""
    urgency: str = ""
    category: str = ""
    unit: str = ""
    official: str = ""
    language: str = ""
    sort: str = URGENT
    order: str = ""
    page: int = 1
    typed: str = field(default="", repr=False)

    @classmethod
    def read(cls, fields: Mapping[str, str], typed: str = "") -> "Choice":
        """The choice of an address or a form; what is not known chooses nothing."""
        known = {name: fields[name] for name, values in _ALLOWED.items() if fields.get(name) in values}
        known |= {name: fields[name] for name in _NAMED if _NAME.fullmatch(fields.get(name, ""))}
        page = fields.get("page", "")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
        return cls(**known, page=max(number, 1), typed=typed.strip()[:MAX_TYPED])

    @property
    def words(self) -> tuple[str, ...]:
        """What is searched for: each must be found."""
        return tuple(dict.fromkeys(fold(self.typed).split()))[:MAX_WORDS]

    @property
    def chosen(self) -> dict[str, str]:
        """What differs from the plain list, without page and words: what an address or a saved view holds."""
        return {name: value for name, value in self._fields() if value != _DEFAULTS.get(name, "")}

    @property
    def filters(self) -> int:
        """How many filters beside the state are set."""
        return len(self.chosen.keys() - {"state", "sort", "order"})

    @property
    def is_plain(self) -> bool:
        """Whether this is the list as it opens, on any page."""
        return not self.chosen and not self.words

    @property
    def opens_cards(self) -> bool:
        """Whether every card must be opened to answer."""
        return bool(self.words) or self.sort in SEALED_SORTS or any(getattr(self, name) for name in SEALED)

    def query(self, **changes: str | int) -> str:
        """What stands behind an address for this choice with changes; from page 1 unless one is named."""
        changed = replace(self, **({"page": 1} | changes))  # type: ignore[arg-type]  # each name has its type
        fields = changed.chosen | ({"page": str(changed.page)} if changed.page > 1 else {})
        return f"?{urlencode(fields)}" if fields else ""

    def sorted_by(self, column: str) -> str:
        """The address for a heading: this column, or the other way round when it is this column already."""
        turned = "" if self.sort != column or self.order else DOWN
        return self.query(sort=column, order=turned)

    def _fields(self) -> Iterator[tuple[str, str]]:
        for name in (*_ALLOWED, *_NAMED):
            yield name, getattr(self, name)
