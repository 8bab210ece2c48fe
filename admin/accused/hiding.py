"""Aliases in place of marked names, in memory, wherever a tip's text is shown to staff.

Who reads the text holds the key of the names, too, so this is no wall against them: it keeps names out of
screens, prints and what is seen over a shoulder.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from admin.readings.thread import ThreadEntry, TipReading
from tipline.accused.marks import Mark, hide, marked_in
from tipline.accused.tags import say_aliases
from tipline.tips.answers import Entered, FileEntry, Message, TipText

Hide = Callable[[str], str]


@dataclass(frozen=True)
class HiddenPerson:
    """One whose name is marked: the code of their alias, and in how many places of the tip it is hidden."""

    code: str
    places: int


def alias_words(code: str, *, cleared: bool = False) -> str:
    """What an accused person is called."""
    if cleared:
        return _("Reported person %(code)s (not established)", code=code)
    return _("Reported person %(code)s", code=code)


def tag_words(text: str, *, cleared: bool = False) -> str:
    """A tag's text, with aliases in the reader's language."""
    return say_aliases(text, lambda code: alias_words(code, cleared=cleared))


def hiding(marks: Sequence[Mark], *, cleared: bool = False) -> Hide:
    """What puts aliases in the place of marked names."""
    return lambda text: hide(text, marks, lambda code: alias_words(code, cleared=cleared))


def marks_of(reading: TipReading) -> tuple[Mark, ...]:
    """What hides the names that a reading opened."""
    return tuple(person.mark for person in reading.accused)


def without_names(reading: TipReading, *, cleared: bool) -> TipReading:
    """What a reading opened, as a page shows it: text, thread and files without a marked name."""
    return replace(_said(reading, hiding(marks_of(reading), cleared=cleared)), accused=())


def hidden_people(reading: TipReading) -> list[HiddenPerson]:
    """Whose names are marked in what a reading opened, and how often they stand there."""
    marks, found = marks_of(reading), Counter[str]()

    def count(text: str) -> str:
        found.update(marked_in(text, marks))
        return text

    _said(reading, count)
    return [HiddenPerson(mark.code, found[mark.code]) for mark in marks]


def _said(reading: TipReading, say: Hide) -> TipReading:
    """The reading with each text that somebody wrote as `say` gives it."""
    thread = tuple(_entry(entry, say) for entry in reading.thread)
    return replace(reading, text=_text(reading.text, say), thread=thread)


def _text(text: TipText, say: Hide) -> TipText:
    return replace(
        text,
        description=say(text.description),
        exclude_text=say(text.exclude_text),
        files=_files(text.files, say),
        entered=_entered(text.entered, say),
    )


def _entered(entered: Entered | None, say: Hide) -> Entered | None:
    return replace(entered, original=say(entered.original)) if entered else None


def _entry(entry: ThreadEntry, say: Hide) -> ThreadEntry:
    return replace(entry, message=_message(entry.message, say)) if entry.message else entry


def _message(message: Message, say: Hide) -> Message:
    answers = {name: say(answer) for name, answer in message.answers.items()}
    return replace(message, text=say(message.text), answers=answers, files=_files(message.files, say))


def _files(files: Sequence[FileEntry], say: Hide) -> tuple[FileEntry, ...]:
    return tuple(replace(file, name=say(file.name)) for file in files)
