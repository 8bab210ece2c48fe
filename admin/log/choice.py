"""What an auditor has chosen: the filter in the address, and the words of its form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from sqlalchemy import select

from admin.log.errors import LogError, NoSuchHandle
from admin.log_words import ACTIONS
from admin.queue.rows import HANDLE
from admin.visit import Visit
from admin.words import PURPOSES, REFUSALS
from crypto.statements import DONE, REFUSED
from tipline.ids import NO_TIP
from tipline.lookups.filters import Filter
from tipline.lookups.groups import GROUPS
from tipline.tips.models import Tip

TYPES: Final = (*GROUPS, *(action for action in ACTIONS if action not in ("read-file", "role-taken")))
"""What the form offers as actions: groups first. Two words stand for a kind of another type."""
OUTCOMES: Final = (DONE, REFUSED, *REFUSALS)
PURPOSES_OFFERED: Final = tuple(PURPOSES)
_DIGITS: Final = 32


@dataclass(frozen=True)
class Choice:
    """A filter as it was typed, and what was wrong with it."""

    asked: Filter
    typed: Mapping[str, str]
    problem: LogError | None = None

    @classmethod
    def read(cls, visit: Visit, given: Mapping[str, str]) -> "Choice":
        """The choice of an address or a form; a tip may be named by its handle."""
        asked = Filter.chosen_from(given)
        tip = given.get("tip", "").strip()
        try:
            asked = replace(asked, tip=find_tip_id(visit, tip) if tip else "")
        except NoSuchHandle as problem:
            return cls(asked, {**asked.to_fields(), "tip": tip}, problem)
        return cls(asked, asked.to_fields())

    def query(self, **more: str | int) -> str:
        """What stands behind an address for this choice."""
        fields = {**self.asked.to_fields(), **{name: str(value) for name, value in more.items()}}
        return f"?{urlencode(fields)}" if fields else ""


def find_tip_id(visit: Visit, text: str) -> str:
    """A tip's id (32 hex digits) by itself, or by the handle of a stored tip.

    Raises:
        NoSuchHandle: none has it, or several have.
    """
    digits = text.replace("-", "").replace(" ", "").lower()
    if len(digits) not in (HANDLE, _DIGITS):
        raise NoSuchHandle
    try:
        first = bytes.fromhex(digits.ljust(_DIGITS, "0"))
        last = bytes.fromhex(digits.ljust(_DIGITS, "f"))
    except ValueError as error:
        raise NoSuchHandle from error
    if digits == NO_TIP.hex():
        raise NoSuchHandle  # statements about items of no tip say so; they are no tip's life
    if len(digits) == _DIGITS:
        return digits
    with visit.services.database.reading() as session:
        found: Sequence[bytes] = session.scalars(
            select(Tip.id).where(Tip.id.between(first, last)).limit(2)
        ).all()
    if len(found) != 1:
        raise NoSuchHandle
    return found[0].hex()
