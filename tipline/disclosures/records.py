"""What a reporter is told of a disclosure: a note of the keeper, without member and desk."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

from crypto.errors import BadFormat
from crypto.notes import NoteVerifier, open_json
from tipline.disclosures.grounds import Ground

_VERSION: Final = 1
_TYPE: Final = "disclosure"
_TIP: Final = re.compile("[0-9a-f]{32}")
_FIELDS: Final = (
    *("tip", "request", "index", "decision"),
    *("asked", "decided", "ground", "hours", "opens", "emergency"),
)


@dataclass(frozen=True)
class DisclosureRecord:
    """One approved disclosure.

    Attributes:
        tip: 32 hex digits.
        request: the index of the request in the log, by which two notes are one.
        decided_index: the index of the decision.
        asked: UTC days of the request, of the decision, and the first one of the window.
        hours: how long the window is.
    """

    tip: str
    request: int
    decided_index: int
    asked: date
    decided: date
    ground: Ground
    hours: int
    opens: date
    emergency: bool

    def to_body(self, log: str, place: int) -> dict[str, Any]:
        """What the keeper signs.

        Args:
            log: the log's name.
            place: the entry that the log has reached, by which its readers know which of its keys signs.
        """
        return {
            "v": _VERSION,
            "type": _TYPE,
            "log": log,
            "tip": self.tip,
            "request": self.request,
            "index": place,
            "decision": self.decided_index,
            "asked": self.asked.isoformat(),
            "decided": self.decided.isoformat(),
            "ground": self.ground.value,
            "hours": self.hours,
            "opens": self.opens.isoformat(),
            "emergency": self.emergency,
        }

    @classmethod
    def read(cls, note: bytes, log_key: NoteVerifier, tip: str) -> Self:
        """Read a note about one tip (32 hex digits).

        Raises:
            CryptoError: not signed by the log, about another tip, or no such note.
        """
        record = cls.of_any_tip(note, log_key)
        if record.tip != tip:
            raise BadFormat("a note about a disclosure is of another tip")
        return record

    @classmethod
    def of_any_tip(cls, note: bytes, log_key: NoteVerifier) -> Self:
        """Read a note, for whoever has to find the tip by it.

        Raises:
            CryptoError: not signed by the log, or no such note.
        """
        body = open_json(note, log_key)
        wanted = {"v": _VERSION, "type": _TYPE, "log": log_key.name}
        if body.keys() != {*wanted, *_FIELDS} or {name: body[name] for name in wanted} != wanted:
            raise BadFormat("a note about a disclosure is none")
        return cls._of(body)

    @classmethod
    def _of(cls, body: Mapping[str, Any]) -> Self:
        numbers = [body[name] for name in ("request", "index", "decision", "hours")]
        tip = isinstance(body["tip"], str) and _TIP.fullmatch(body["tip"])
        whole = all(type(number) is int for number in numbers)
        if not tip or not whole or not isinstance(body["emergency"], bool):
            raise BadFormat("a note about a disclosure has a field of another form")
        try:
            return cls(
                tip=body["tip"],
                request=body["request"],
                decided_index=body["decision"],
                asked=date.fromisoformat(body["asked"]),
                decided=date.fromisoformat(body["decided"]),
                ground=Ground(body["ground"]),
                hours=body["hours"],
                opens=date.fromisoformat(body["opens"]),
                emergency=body["emergency"],
            )
        except (TypeError, ValueError) as error:
            raise BadFormat("a note about a disclosure has a field of another form") from error
