"""A form that is kept with its case and on which no move rests yet: found again, and by reading alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from admin.protection.errors import NoKeptForm
from admin.protection.page import CasePage
from admin.readings.reader import reader_at
from admin.readings.sealed import load_items
from admin.readings.thread import THREAD_KINDS, read_tip
from admin.tip.state import ReadState
from admin.visit import Visit
from tipline.protection.forms import FORMS, Form


@dataclass(frozen=True)
class KeptForm:
    """A form and how a statement names the note that holds it."""

    form: Form
    named: Mapping[str, str]


def name_proposed(visit: Visit, page: CasePage, item: str) -> Mapping[str, str]:
    """How an approval names the form that was proposed, by the note's id; the keeper compares its hash.

    Raises:
        NoKeptForm: the note is gone.
    """
    with visit.services.database.reading() as session:
        notes = load_items(session, page.id, page.tip.tip.desk, ("note",))
    for note in notes:
        if note.id.hex() == item:
            return note.named
    raise NoKeptForm


def find_kept(visit: Visit, page: CasePage, item: str, state: ReadState) -> KeptForm:
    """The form in a note of a case, by the note's id, as a logged reading shows it.

    Raises:
        NoKeptForm: there is no such note, or it holds no form of a move from where the case stands.
        AdminError: the reading was refused.
        KeeperError: nothing was proved to be logged.
    """
    services = visit.services
    with services.database.reading() as session:
        items = load_items(session, page.id, page.tip.tip.desk, THREAD_KINDS)
        reader = reader_at(session, visit.session.member, page.tip.tip.desk, visit.roster)
    note = next((one for one in items if one.id.hex() == item and one.kind == "note"), None)
    if note is None:
        raise NoKeptForm
    read = read_tip(page.id, items, reader, state.purpose, services.keeper, visit.sign, services.log_key)
    entry = next((one for one in read.thread if one.item == note.id), None)
    form = FORMS.get(str(entry.message.topic)) if entry is not None and entry.message else None
    if form is None or form.moves is None or form.moves[0] is not page.state:
        raise NoKeptForm
    return KeptForm(form, note.named)
