"""Where time stamps are kept: `<size>.note`, `<size>.tsr`, and a summary written last, `<size>.json`."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from crypto import canonical
from crypto.errors import BadFormat
from crypto.notes import Checkpoint
from tipline.durably import replace_durably
from tipline.stamps.service import Stamp

FOLDER: Final = "stamps"
"""Below the keeper's folder."""


@dataclass(frozen=True)
class Stamped:
    """A head of the log, and when an outside service has seen it."""

    size: int
    root: str
    at: datetime


class StampFolder:
    """The time stamps of one keeper."""

    def __init__(self, keeper: Path) -> None:
        self.path = keeper / FOLDER

    def keep(self, checkpoint: Checkpoint, note: bytes, stamp: Stamp) -> Stamped:
        """Keep a time stamp, durably."""
        self.path.mkdir(mode=0o700, exist_ok=True)
        at = int(stamp.at.timestamp())
        replace_durably(self.path / f"{checkpoint.size}.note", note)
        replace_durably(self.path / f"{checkpoint.size}.tsr", stamp.reply)
        fields = {"v": 1, "size": checkpoint.size, "root": checkpoint.root.hex(), "at": at}
        replace_durably(self.path / f"{checkpoint.size}.json", canonical.encode(fields))
        return _stamped(fields)

    def latest(self, count: int) -> list[Stamped]:
        """The last ones, the newest first. A damaged file is left out: the operator has note and reply."""
        found = []
        for path in sorted(self.path.glob("*.json"), key=_size_of, reverse=True)[:count]:
            try:
                found.append(_stamped(canonical.decode(path.read_bytes())))
            except (BadFormat, KeyError, TypeError, ValueError, OSError):
                continue
        return found


def _size_of(path: Path) -> int:
    return int(path.stem) if path.stem.isdigit() else -1


def _stamped(fields: dict[str, object]) -> Stamped:
    size, at = fields["size"], fields["at"]
    if type(size) is not int or type(at) is not int:
        raise BadFormat("a time stamp has a size and a time")
    return Stamped(size, str(fields["root"]), datetime.fromtimestamp(at, UTC))
