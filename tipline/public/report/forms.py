"""The report form's shape: what was typed, what is wrong with it, and the draft it makes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from tipline.directory.types import Directory
from tipline.ids import UnitId
from tipline.routing import UNKNOWN_UNIT
from tipline.tips.answers import MAX_TEXT_BYTES
from tipline.tips.categories import Category, Official, Urgency
from tipline.tips.errors import NothingWritten, TextTooLong
from tipline.tips.submission import TipDraft
from tipline.words import mark

MAX_EXCLUDE_TEXT = 2_000  # characters

_OFFICIAL = frozenset(member.value for member in Official)
_CATEGORIES = frozenset(member.value for member in Category)

NOT_IN_THE_LIST = mark("Please choose again: this choice is no longer in the list.")
TOO_MUCH_HERE = mark("This is too long for this field. Please put the rest into the description.")


@dataclass(frozen=True, repr=False)
class ReportForm:
    """What a reporter typed, as it came. `errors` maps a field to its sentence."""

    danger: bool = False
    official: str = Official.NOT_SAID.value
    unit: str = ""
    exclude: frozenset[str] = frozenset()
    exclude_text: str = ""
    category: str = ""
    description: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, sent: MultiDict[str, str], directory: Directory) -> "ReportForm":
        """Read and check what was sent."""
        typed = cls(
            danger="danger" in sent,
            official=sent.get("official", Official.NOT_SAID.value),
            unit=sent.get("unit", ""),
            exclude=frozenset(sent.getlist("exclude")),
            exclude_text=_lines(sent.get("exclude_text", "")),
            category=sent.get("category", ""),
            description=_lines(sent.get("description", "")),
        )
        return typed.checked(directory)

    def checked(self, directory: Directory) -> "ReportForm":
        """The same answers with what is wrong with them now."""
        return self.with_errors(_problems(self, directory))

    def with_errors(self, errors: Mapping[str, str]) -> "ReportForm":
        """The same answers with other errors."""
        return replace(self, errors=errors)

    def draft(self, language: str) -> TipDraft:
        """The tip that a form without errors makes."""
        return TipDraft(
            description=self.description,
            category=Category(self.category),
            unit=UnitId(self.unit),
            official=Official(self.official),
            exclude=tuple(sorted(UnitId(unit) for unit in self.exclude)),
            exclude_text=self.exclude_text,
            urgency=Urgency.DANGER if self.danger else Urgency.NORMAL,
            language=language,
        )


def _problems(typed: ReportForm, directory: Directory) -> dict[str, str]:
    problems = {}
    if typed.official not in _OFFICIAL:
        problems["official"] = NOT_IN_THE_LIST
    if typed.unit not in ("", UNKNOWN_UNIT) and typed.unit not in directory.units:
        problems["unit"] = NOT_IN_THE_LIST
    if not typed.exclude <= directory.units.keys():
        problems["exclude"] = NOT_IN_THE_LIST
    if len(typed.exclude_text) > MAX_EXCLUDE_TEXT:
        problems["exclude_text"] = TOO_MUCH_HERE
    if typed.category not in _CATEGORIES:
        problems["category"] = NOT_IN_THE_LIST
    if not typed.description.strip():
        problems["description"] = NothingWritten.sentence
    elif len(typed.description.encode()) > MAX_TEXT_BYTES:
        problems["description"] = TextTooLong.sentence
    return problems


def _lines(text: str) -> str:
    # Browsers send line ends as CR LF; the same text must be the same bytes, however it came.
    return text.replace("\r\n", "\n").replace("\r", "\n")
