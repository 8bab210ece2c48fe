"""Which log there is and which there was: two heads, and what the operator is told about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from crypto.notes import Checkpoint

SHOWN: Final = 16
"""Hexadecimal digits of a root in a sentence; the page shows all of them."""


class Stop(StrEnum):
    """Why the keeper signs and reads nothing."""

    ROLLBACK = "rollback"
    MOVED = "moved"
    SECOND = "second-keeper"
    DAMAGED = "damaged"
    ROWS = "rows"


@dataclass(frozen=True)
class LogHead:
    """A tree as somebody knows it: its size, and its root in hexadecimal digits."""

    size: int
    root: str

    @classmethod
    def of(cls, checkpoint: Checkpoint) -> "LogHead":
        """The head that a checkpoint names."""
        return cls(checkpoint.size, checkpoint.root.hex())

    def to_fields(self) -> dict[str, Any]:
        """As a statement names it."""
        return {"size": self.size, "root": self.root}

    def __str__(self) -> str:
        return f"{self.size} entries, root {self.root[:SHOWN]}…"


@dataclass(frozen=True)
class Stopped:
    """Why the keeper stopped, the head that it signed last, and the one that it finds.

    `lost` is None where no last head is known or none was lost, `found` where what is stored is no log.
    `table` is the one whose rows were changed; empty where it is not about rows. `rows` is the root of all
    rows as they are just now (hex), where somebody asks for it to have them count.
    """

    what: Stop
    lost: LogHead | None
    found: LogHead | None
    table: str = ""
    rows: str = ""

    @property
    def alarm(self) -> str:
        """The code of its alarm."""
        return _ALARMS[self.what]

    @property
    def sentence(self) -> str:
        """What happened and what to do, in plain words."""
        return _SENTENCES[self.what].format(
            lost=self.lost or "not known any more", found=self.found or "not readable", table=self.table
        )

    @property
    def acknowledged_as(self) -> str:
        """What an `acknowledge` calls it; empty for what nobody can take as it is."""
        return _ACKNOWLEDGED[self.what]

    def to_fields(self) -> dict[str, Any]:
        """As the sites are told it; {} stands for a head that there is not."""
        found = self.found.to_fields() if self.found else {}
        return {
            "what": self.what.value,
            "lost": self.lost.to_fields() if self.lost else {},
            "found": found | ({"rows": self.rows} if found and self.rows else {}),
        }


_ALARMS: Final[Mapping[Stop, str]] = {
    Stop.ROLLBACK: "rolled-back",
    Stop.MOVED: "moved",
    Stop.SECOND: "second-keeper",
    Stop.DAMAGED: "rolled-back",
    Stop.ROWS: "rows-changed",
}
_ACKNOWLEDGED: Final[Mapping[Stop, str]] = {
    Stop.ROLLBACK: "rollback",
    Stop.MOVED: "moved",
    Stop.SECOND: "moved",
    Stop.DAMAGED: "",
    Stop.ROWS: "rows",
}
_GOES_ON: Final = "Tips still arrive; nothing is read or signed. "
_TWO_SIGN: Final = "two members, one of them an auditor, sign at /log/heads on the staff's site."
_SENTENCES: Final[Mapping[Stop, str]] = {
    Stop.ROLLBACK: (
        "The keeper's log was rolled back. Signed last: {lost}. Found: {found}. "
        + _GOES_ON
        + "Put the newest copy of the keeper's database back and start the keeper. If there is no newer one, "
        + _TWO_SIGN
    ),
    Stop.MOVED: (
        "The keeper was started on a copy: this machine or folder is not where the log was last written. "
        "Found: {found}. "
        + _GOES_ON
        + "If the keeper still runs at the old place, end this one. If it moved here for good, "
        + _TWO_SIGN
    ),
    Stop.SECOND: (
        "A second keeper has written to this log's database. Found: {found}. "
        + _GOES_ON
        + "Find the other keeper and end it, then start this one again. If it stays stopped, "
        + _TWO_SIGN
    ),
    Stop.DAMAGED: (
        "The keeper's log was rolled back or altered: what is stored is not what was signed. "
        "Signed last: {lost}. Found: {found}. "
        + _GOES_ON
        + "Keep this database as evidence, put the newest good copy in its place and start the keeper."
    ),
    Stop.ROWS: (
        "In the keeper's database something is not as the keeper wrote it, found in the table {table}: rows "
        "were changed, put back or removed by hand, or this version meets for the first time a database of "
        "one that kept no digests of its rows. Found: {found}. "
        + _GOES_ON
        + "Keep this database as evidence, put the newest good copy in its place and start the keeper. If "
        "there is none, or after such an update, " + _TWO_SIGN
    ),
}
