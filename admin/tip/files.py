"""The files of a tip, as its page lists them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from admin.readings.thread import TipReading
from tipline.previews.types import SHOWN_TYPES
from tipline.tips.answers import FileEntry


@dataclass(frozen=True)
class FileLine:
    """A file of the tip. `came_with` is the kind of the entry that names it, "" where none does."""

    entry: FileEntry
    is_stored: bool
    came_with: str
    day: date | None

    @property
    def has_preview(self) -> bool:
        """Whether pictures can be made of its kind, as far as that is known."""
        return not self.entry.media_type or self.entry.media_type in SHOWN_TYPES


def file_lines(stored: Collection[tuple[str, str]], reading: TipReading) -> Sequence[FileLine]:
    """The files that text and messages name, in their order, then stored ones that none names.

    Args:
        stored: item and hash of each stored file, in hex.
    """
    named = [
        FileLine(entry, (entry.item, entry.digest) in stored, came_with, day)
        for came_with, day, entry in reading.files
    ]
    known = {line.entry.item for line in named}
    later = sorted(item for item, _ in stored if item not in known)
    return [*named, *(FileLine(FileEntry(item, "", "", 0, ""), True, "", None) for item in later)]
