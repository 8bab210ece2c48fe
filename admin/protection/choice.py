"""What a member wants to see of the cases: codes in the address, no word and no name.

state  open · all · a state     group  a group     whose  mine · nobody
due    overdue · today · week · unheard · escalated
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from tipline.protection.asking import Group
from tipline.protection.states import ProtectionState

OPEN, ALL = "open", "all"
MINE, NOBODY = "mine", "nobody"
STATES: Final = (OPEN, *(state.value for state in ProtectionState), ALL)
GROUPS: Final = tuple(group.value for group in Group)
DUES: Final = ("overdue", "today", "week", "unheard", "escalated")

_ALLOWED: Final[Mapping[str, Collection[str]]] = {
    "state": STATES,
    "group": GROUPS,
    "whose": (MINE, NOBODY),
    "due": DUES,
}


@dataclass(frozen=True)
class Choice:
    """One view of the cases; empty fields choose nothing."""

    state: str = OPEN
    group: str = ""
    whose: str = ""
    due: str = ""

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> "Choice":
        """The choice of an address; what is not known chooses nothing."""
        return cls(**{name: fields[name] for name, values in _ALLOWED.items() if fields.get(name) in values})

    def query(self, **changes: str) -> str:
        """The address of this view with changes: "?…", or "" for the plain one."""
        changed = replace(self, **changes)
        plain = Choice()
        chosen = {name: getattr(changed, name) for name in _ALLOWED}
        different = {name: value for name, value in chosen.items() if value != getattr(plain, name)}
        return "?" + urlencode(different) if different else ""
