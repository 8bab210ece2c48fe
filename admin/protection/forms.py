"""The shape of the form that opens a case, and the fields of this room's forms."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from werkzeug.datastructures import MultiDict

from admin.entry.errors import EntryError, NothingTyped, NotInList, TypedTooMuch
from admin.entry.forms import EntryForm
from admin.errors import AdminError
from admin.protection.errors import (
    CaseError,
    NoGroup,
    NoSuchCase,
    NotAsked,
    NothingToldOf,
    NotOfThisGroup,
    RelativeOfNobody,
)
from tipline.ids import UnitId
from tipline.protection import forms
from tipline.protection.asking import OFFICERS, Asking, Group, Harm
from tipline.tips.answers import MAX_TEXT_BYTES
from tipline.tips.categories import Category, Official, Urgency
from tipline.tips.first import TipDraft

TEXTS: Final = (*forms.TYPED, "case_watch")
CHOSEN: Final = (*forms.CHOSEN, "group", "agrees", "harms", "kept")
"""What somebody writes, and the other fields without which a form cannot be sent again."""

AGREES: Final = {"yes": True, "no": False, "asked": None}
"""What was said of being protected; "asked" where the person is still to be heard."""


@dataclass(frozen=True, repr=False)
class CaseForm:
    """What a member typed. `entry` is how it came, with the number of the code sheet."""

    entry: EntryForm
    group: str = ""
    of: str = ""
    agrees: str = ""
    harms: tuple[str, ...] = ()

    @classmethod
    def read(cls, sent: MultiDict[str, str]) -> "CaseForm":
        """What was sent."""
        return cls(
            entry=EntryForm.read(sent),
            group=sent.get("group", ""),
            of=sent.get("of", ""),
            agrees=sent.get("agrees", ""),
            harms=tuple(sent.getlist("harms")),
        )

    def asking(self, known: Collection[str]) -> Asking:
        """For whom it is, and what happened.

        Args:
            known: the ids (hex) of the cases that a relative's can hang together with.

        Raises:
            CaseError: it does not say, or says what cannot be.
        """
        return Asking(self._group(), self._harms(), self._of(known), self._agrees())

    def _group(self) -> Group:
        if self.group not in set(Group):
            raise NoGroup
        return Group(self.group)

    def _of(self, known: Collection[str]) -> str:
        if self.of and self.group != Group.RELATIVE:
            raise RelativeOfNobody
        if self.of and self.of not in known:
            raise NoSuchCase
        return self.of

    def _harms(self) -> tuple[Harm, ...]:
        if not self.harms or not set(self.harms) <= set(Harm):
            raise NothingToldOf
        if self.group != Group.OFFICER and set(self.harms) & set(OFFICERS):
            raise NotOfThisGroup
        return tuple(harm for harm in Harm if harm in self.harms)

    def _agrees(self) -> bool | None:
        if self.agrees not in AGREES:
            raise NotAsked
        return AGREES[self.agrees]

    def _exclude(self, units: Collection[UnitId]) -> tuple[UnitId, ...]:
        if not self.entry.exclude <= set(units):
            raise NotInList
        return tuple(sorted(UnitId(unit) for unit in self.entry.exclude))

    def _description(self) -> str:
        text = self.entry.description
        if not text.strip():
            raise NothingTyped
        if len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
            raise TypedTooMuch
        return text

    def draft(self, language: str, units: Collection[UnitId], known: Collection[str]) -> TipDraft:
        """The case, as the person would have asked for it.

        Raises:
            AdminError: a field cannot be taken.
        """
        return TipDraft(
            description=self._description(),
            category=Category.RETALIATION,
            unit=UnitId(""),
            official=Official.NOT_SAID,
            exclude=self._exclude(units),
            exclude_text="",
            urgency=Urgency.DANGER if self.entry.danger else Urgency.NORMAL,
            language=language,
            asking=self.asking(known),
        )

    def problems(self, today: date, units: Collection[UnitId], known: Collection[str]) -> list[AdminError]:
        """Everything that must be put right before it can be sent, in the form's order."""
        found: list[AdminError] = []
        for part in (
            self._group,
            lambda: self._of(known),
            self._agrees,
            self._harms,
            lambda: self.entry.entered(today),
            self.entry.number,
            lambda: self._exclude(units),
            self._description,
        ):
            try:
                part()
            except (EntryError, CaseError) as error:
                found.append(error)
        return found
