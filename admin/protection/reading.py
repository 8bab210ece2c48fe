"""What the page of a case shows after a logged reading: text, thread, forms, those it hangs together with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from admin.protection.cases import CaseRow, all_cases
from admin.protection.form_shown import Filled, filled_in
from admin.protection.next_moves import CaseMove, next_moves
from admin.protection.page import CasePage
from admin.readings.thread import ThreadEntry
from admin.tip.reading import ReadPage, read_page
from admin.visit import Visit
from tipline.protection.asking import Asking
from tipline.protection.forms import Form, forms_for
from tipline.protection.states import DECIDES, ProtectionState
from tipline.tips.purposes import Purpose
from tipline.tips.topics import Topic


@dataclass(frozen=True)
class ReadCase:
    """A reading of a case, and what can be done next.

    Attributes:
        page: the case's page, which says now for whom it is.
        read: what a case has in common with a tip: reading, files, history, the hidden field.
        forms: what staff filled in, the newest first; `notes` are their other notes.
        thread: what went to and fro with the person.
        kept: the newest form of each move from here that was kept while the move failed, by its form's id.
        relatives: cases that hang together with this one; `of` is the one that this one hangs together with.
        marks: by the item (hex) of a form, "waits" for what another member is to say yes to, "in-force" for
            the plan by which the person is protected.
        agrees: what the person said last of being protected: "yes", "no", or "asked" before they are heard.
        bodies: the names of the competent bodies by id.
    """

    page: CasePage
    read: ReadPage
    moves: Sequence[CaseMove]
    more: Sequence[Form]
    forms: Sequence[Filled]
    notes: Sequence[ThreadEntry]
    thread: Sequence[ThreadEntry]
    kept: Mapping[str, Filled]
    relatives: Sequence[CaseRow]
    of: CaseRow | None
    marks: Mapping[str, str]
    agrees: str
    bodies: Mapping[str, str] = field(repr=False)

    @property
    def sealed_state(self) -> str:
        """The hidden field of the page's forms."""
        return self.read.sealed_state


def read_case(visit: Visit, page: CasePage, purpose: Purpose, language: str) -> ReadCase:
    """Read a case's text and thread, as one logged reading.

    Args:
        language: "zh" or "en", for the bodies' names.

    Raises:
        AdminError: the reading was refused.
        KeeperError: nothing was proved to be logged, so nothing is shown.
    """
    read = read_page(visit, page.tip, purpose)
    page, thread = page.as_read(read.reading.text.asking), read.reading.thread
    forms = [filled for entry in thread if (filled := filled_in(entry)) is not None]
    as_forms = {filled.entry.item for filled in forms}
    others = all_cases(visit, list_new=True)
    ended = page.state is ProtectionState.ENDED
    return ReadCase(
        page=page,
        read=read,
        moves=next_moves(visit, page),
        more=() if ended else forms_for(page.asking.group),
        forms=forms[::-1],
        notes=[entry for entry in thread if entry.kind == "note" and entry.item not in as_forms],
        thread=[entry for entry in thread if entry.kind != "note"],
        kept=_kept(page, read, forms),
        relatives=[one for one in others if one.asking.of == page.id.hex()],
        of=next((one for one in others if one.row.id.hex() == page.asking.of), None),
        marks=_marks(page, forms),
        agrees=_agrees(page.asking, thread),
        bodies={body.id: body.names[language] for _, body in sorted(visit.roster.bodies.items())},
    )


def _agrees(asking: Asking, thread: Sequence[ThreadEntry]) -> str:
    """What the person said last; staff cannot say it for them."""
    said = {True: "yes", False: "no", None: "asked"}[asking.agrees]
    for entry in thread:
        if entry.kind == "message" and entry.message and entry.message.topic == Topic.CONSENT:
            said = "yes" if entry.message.answers.get("agrees") == "yes" else "no"
    return said


def _marks(page: CasePage, forms: Sequence[Filled]) -> Mapping[str, str]:
    """Which form waits for another member's yes, or is in force, by the log: the newest need not be it."""
    if page.state in DECIDES:
        return {page.case.rests_on: "waits"}
    if page.state is not ProtectionState.PROTECTED:
        return {}
    plans = {
        filled.entry.item.hex()
        for filled in forms
        if filled.form.moves and filled.form.moves[1] is ProtectionState.APPROVING
    }
    approved = [form for form in page.case.forms if form in plans]
    return {approved[-1]: "in-force"} if approved else {}


def _kept(page: CasePage, read: ReadPage, forms: Sequence[Filled]) -> Mapping[str, Filled]:
    """Forms of the moves from here that were written since the last move: none rests on them yet."""
    last = max((event.index for event in read.history.events if event.kind == "move"), default=-1)
    written = {item for item, index in read.history.written.items() if index > last}
    return {
        filled.form.id: filled
        for filled in forms
        if filled.entry.item.hex() in written and filled.form.moves and filled.form.moves[0] is page.state
    }
