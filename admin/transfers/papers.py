"""What a packet says in words: the tip, its thread and its files, for print, for a screen and as plain text.

Called inside `letter.spoken`. Never in it: who the reporter is, their keys and code, notes among staff.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from admin.accused.hiding import alias_words
from admin.question_words import answer_words
from admin.readings.thread import ThreadEntry, TipReading
from admin.words import word
from tipline.accused.record import AccusedPerson
from tipline.tips.answers import TipText
from tipline.tips.topics import Topic
from tipline.transfers.blocks import printable
from tipline.transfers.packing import Enclosure

SHOWN = frozenset(("message", "reply"))
"""Entries of the thread that leave the house: notes among staff do not."""


@dataclass(frozen=True)
class Section:
    """A part of a tip: a heading, facts as (name, value), and what somebody said in their own words."""

    heading: str
    facts: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    said: str = field(default="", repr=False)


@dataclass(frozen=True)
class Watermark:
    """Who took a packet out of the house, under which entry of the log, on which day (UTC)."""

    reader: str
    index: int
    day: date

    @property
    def words(self) -> str:
        """One line."""
        return _(
            "Taken out by %(reader)s · log entry %(index)d · %(day)s",
            reader=printable(self.reader),
            index=self.index,
            day=self.day.isoformat(),
        )


def sections(read: TipReading, arrived_on: date, units: Sequence[str], unit: str) -> list[Section]:
    """The tip's text, the names that were marked in it, and its thread.

    Args:
        units: names of the units that the reporter wants kept away; `unit` the name of the one concerned.
    """
    shown = [entry for entry in read.thread if entry.kind in SHOWN and not _is_of_protection(entry)]
    thread = [_entry(entry) for entry in shown if entry.message]
    shut = sum(entry.message is None for entry in shown)
    if shut:
        told = ngettext(
            "%(num)d entry is not genuine and was not opened.",
            "%(num)d entries are not genuine and were not opened.",
            shut,
        )
        thread.append(Section(_("Left shut"), said=told))
    return [_text(read.text, arrived_on, units, unit), *_accused(read.accused), *thread]


def _accused(people: Sequence[AccusedPerson]) -> list[Section]:
    """Whose names were marked: the body gets them as they stand, with what was corrected."""
    return [
        Section(
            alias_words(person.code),
            _filled(
                [
                    (_("In the text"), " · ".join(person.spellings)),
                    (_("Position or unit"), person.position),
                    (_("Correction"), person.correction),
                ]
            ),
        )
        for person in people
    ]


def _is_of_protection(entry: ThreadEntry) -> bool:
    """Whether it says that the reporter is being protected: no other body learns it."""
    return entry.message is not None and entry.message.topic == Topic.PROTECTION


def _text(text: TipText, arrived_on: date, units: Sequence[str], unit: str) -> Section:
    facts = [
        (_("Arrived"), arrived_on.isoformat()),
        (_("Category"), str(word("category", text.category))),
        (_("Unit"), unit),
        (_("Official involved"), str(word("official", text.official))),
        (_("Must not see this"), "; ".join(units) or _("Nobody named")),
        (_("Must not see this, in their words"), text.exclude_text),
    ]
    return Section(_("Text of the tip"), _filled(facts), printable(text.description))


def _entry(entry: ThreadEntry) -> Section:
    message = entry.message
    if message is None:
        return Section(_("Left shut"))
    heading = f"{word('kind', entry.kind)} · {entry.day.isoformat()}"
    topic = str(word("topic", message.topic)) if message.topic else ""
    facts = [
        (_("About"), topic),
        *(
            (str(word("question", name)), answer_words(name, value))
            for name, value in message.answers.items()
        ),
        (_("Files"), " · ".join(file.name for file in message.files)),
    ]
    return Section(printable(heading), _filled(facts), printable(message.text))


def _filled(facts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((printable(name), printable(value)) for name, value in facts if value)


def as_plain_text(parts: Iterable[Section], mark: Watermark) -> str:
    """The same as text that every program opens."""
    lines = [mark.words]
    for part in parts:
        lines += ["", f"== {part.heading} ==", *(f"{name}: {value}" for name, value in part.facts)]
        if part.said:
            lines += ["", part.said]
    return "\n".join(lines) + "\n"


def file_rows(enclosures: Iterable[Enclosure]) -> list[dict[str, str | int]]:
    """The files of a packet as its index lists them; `name` is what the sender called a file."""
    return [
        {"path": each.path, "name": printable(each.name), "bytes": each.size, "sha256": each.digest}
        for each in enclosures
    ]
