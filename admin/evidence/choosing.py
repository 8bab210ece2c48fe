"""Which entries go into a pack: what fits a filter, between two entry numbers.

A pack is looked at before it is taken, and taken over two or three requests. All of them name the last entry,
so that what is added to the log meanwhile changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from admin.evidence.errors import NothingChosen, TooManyChosen
from admin.log.choice import Choice
from admin.log.entries import LoggedEntry, log_size
from admin.log.looking import look_up
from admin.visit import Visit
from tipline.evidence.pack import MAX_CHOSEN
from tipline.lookups.views import View

_MOST: Final = 2**53
FIRST, LAST = "first", "last"


@dataclass(frozen=True)
class Chosen:
    """What was chosen. `entries` ascend; `gone` of them were forgotten and are not among them."""

    choice: Choice
    first: int
    last: int
    entries: Sequence[LoggedEntry]
    gone: int

    @property
    def fields(self) -> Mapping[str, str]:
        """The fields of a form that chooses the same again."""
        return {**self.choice.asked.to_fields(), FIRST: str(self.first), LAST: str(self.last)}


def choose(visit: Visit, given: Mapping[str, str]) -> Chosen:
    """The entries that an address or a form chooses; looking is an entry, too.

    Raises:
        NothingChosen, TooManyChosen: none, or more than a pack holds.
        NoSuchHandle: the tip is unknown.
        AuditRefused: this member may not see them.
        KeeperError: the keeper does not answer.
    """
    choice = Choice.read(visit, given)
    if choice.problem is not None:
        raise choice.problem
    newest = log_size(visit) - 1
    first, last = _number(given.get(FIRST), 0), min(_number(given.get(LAST), newest), newest)
    if first > last:
        raise NothingChosen
    wanted = min(MAX_CHOSEN, last - first + 1)
    looked = look_up(visit, View.EVIDENCE, choice.asked, wanted, before=last + 1)
    fitting = [one for one in looked.entries if one.index >= first]
    if len(fitting) == MAX_CHOSEN and _is_more(looked.total, fitting, first):
        raise TooManyChosen
    there = sorted((one for one in fitting if one.data), key=lambda one: one.index)
    if not there:
        raise NothingChosen
    return Chosen(choice, first, last, there, len(fitting) - len(there))


def _is_more(total: int, fitting: Sequence[LoggedEntry], first: int) -> bool:
    """Whether others may fit below the oldest that was handed out."""
    return total > len(fitting) and min(one.index for one in fitting) > first


def _number(value: str | None, otherwise: int) -> int:
    text = (value or "").strip()
    return min(int(text), _MOST) if text.isdecimal() and text.isascii() and len(text) < 20 else otherwise
