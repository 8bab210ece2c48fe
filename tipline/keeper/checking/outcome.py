"""What the last full check found, in a file of the keeper's folder: the keeper tells it to whoever asks."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from crypto import canonical
from crypto.errors import BadFormat
from tipline.durably import replace_durably
from tipline.keeper.checking.errors import NO_ENTRY

FILE: Final = "check"
ALARM: Final = "check-failed"
DAMAGED: Final = "The file of the last check is damaged. Check again."


@dataclass(frozen=True)
class Outcome:
    """The UTC day of a check, the number of entries, the first bad one, and what is wrong ("": nothing)."""

    day: str
    size: int
    first_bad: int
    fault: str

    @classmethod
    def good(cls, day: date, size: int) -> "Outcome":
        """Everything stands."""
        return cls(day.isoformat(), size, NO_ENTRY, "")


def keep_outcome(folder: Path, outcome: Outcome) -> None:
    """Write it down in the keeper's folder."""
    fields = {
        "v": 1,
        "day": outcome.day,
        "size": outcome.size,
        "first_bad": outcome.first_bad,
        "fault": outcome.fault,
    }
    replace_durably(folder / FILE, canonical.encode(fields) + b"\n")


def read_outcome(folder: Path) -> Outcome | None:
    """What the last check found; None before the first one. A damaged file is a failed check."""
    try:
        value = canonical.decode((folder / FILE).read_bytes().removesuffix(b"\n"))
        outcome = Outcome(value["day"], value["size"], value["first_bad"], value["fault"])
    except FileNotFoundError:
        return None
    except (BadFormat, KeyError):
        return Outcome("", 0, NO_ENTRY, DAMAGED)
    if [type(each) for each in (outcome.day, outcome.size, outcome.first_bad, outcome.fault)] != _TYPES:
        return Outcome("", 0, NO_ENTRY, DAMAGED)
    return outcome


_TYPES: Final = [str, int, int, str]
