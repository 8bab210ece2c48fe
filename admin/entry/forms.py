"""The form's shape: what was typed, and the draft that it makes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from admin.entry.errors import (
    EntryError,
    ExclusionTooLong,
    NoSheet,
    NoSuchDay,
    NotChosen,
    NothingTyped,
    NotInList,
    OfficialNotSaid,
    OriginalTooLong,
    SheetAndNone,
    SheetMistyped,
    TypedTooMuch,
)
from tipline.ids import UnitId
from tipline.routing import UNKNOWN_UNIT
from tipline.sheets.errors import MistypedNumber
from tipline.sheets.numbers import SheetNumber, parse_number
from tipline.tips.answers import MAX_TEXT_BYTES, Entered
from tipline.tips.categories import Category, Channel, Official, Urgency
from tipline.tips.first import TipDraft

MAX_ORIGINAL = 200  # characters
MAX_EXCLUDE_TEXT = 2_000  # characters

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, repr=False)
class EntryForm:
    """What a member typed, as it came."""

    channel: str = ""
    came_on: str = ""
    original: str = ""
    sheet: str = ""
    no_sheet: bool = False
    danger: bool = False
    official: str = ""
    unit: str = ""
    exclude: frozenset[str] = frozenset()
    exclude_text: str = ""
    category: str = Category.NOT_SURE.value
    description: str = ""

    @classmethod
    def read(cls, sent: MultiDict[str, str]) -> "EntryForm":
        """What was sent."""
        return cls(
            channel=sent.get("channel", ""),
            came_on=sent.get("came_on", "").strip(),
            original=_lines(sent.get("original", "")).strip(),
            sheet=sent.get("sheet", "").strip(),
            no_sheet="no_sheet" in sent,
            danger="danger" in sent,
            official=sent.get("official", ""),
            unit=sent.get("unit", ""),
            exclude=frozenset(sent.getlist("exclude")),
            exclude_text=_lines(sent.get("exclude_text", "")),
            category=sent.get("category", ""),
            description=_lines(sent.get("description", "")),
        )

    def entered(self, today: date) -> Entered:
        """How the tip came.

        Raises:
            NotChosen, NoSuchDay, OriginalTooLong: it does not say.
        """
        if self.channel not in set(Channel):
            raise NotChosen
        if len(self.original) > MAX_ORIGINAL:
            raise OriginalTooLong
        return Entered(Channel(self.channel), _day(self.came_on, today), self.original)

    def number(self) -> SheetNumber | None:
        """The sheet's number; None for a tip that comes without one.

        Raises:
            NoSheet, SheetAndNone, SheetMistyped: it says neither, both, or no number.
        """
        if self.no_sheet:
            if self.sheet:
                raise SheetAndNone
            return None
        if not self.sheet:
            raise NoSheet
        try:
            return parse_number(self.sheet)
        except MistypedNumber as error:
            raise SheetMistyped from error

    def draft(self, language: str, units: Collection[UnitId]) -> TipDraft:
        """The tip, as its reporter would have typed it.

        Raises:
            EntryError: a field cannot be taken.
        """
        if self.unit not in ("", UNKNOWN_UNIT, *units) or not self.exclude <= set(units):
            raise NotInList
        if not self.official:
            raise OfficialNotSaid
        if len(self.exclude_text) > MAX_EXCLUDE_TEXT:
            raise ExclusionTooLong
        if not self.description.strip():
            raise NothingTyped
        if len(self.description.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
            raise TypedTooMuch
        return TipDraft(
            description=self.description,
            category=_chosen(Category, self.category),
            unit=UnitId(self.unit),
            official=_chosen(Official, self.official),
            exclude=tuple(sorted(UnitId(unit) for unit in self.exclude)),
            exclude_text=self.exclude_text,
            urgency=Urgency.DANGER if self.danger else Urgency.NORMAL,
            language=language,
        )

    def problems(self, today: date, units: Collection[UnitId]) -> list[EntryError]:
        """Everything that must be put right before it can be sent, in the form's order."""
        found: list[EntryError] = []
        for part in (
            lambda: self.entered(today),
            self.number,
            lambda: self.draft("", units),
        ):
            try:
                part()
            except EntryError as error:
                found.append(error)
        return found


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise NoSuchDay from error
    if day > today + timedelta(days=1):  # UTC here; the day began earlier in the east
        raise NoSuchDay
    return day


def _chosen(choices: type[Choice], value: str) -> Choice:
    try:
        return choices(value)
    except ValueError as error:
        raise NotInList from error


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
