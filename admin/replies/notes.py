"""Notes among colleagues: sealed to the desks that may read the tip, and never to its reporter."""

from admin.replies.errors import EmptyNote, NoteNotKept, NoteTooLong
from admin.replies.service import check_unchanged
from admin.tip.state import ReadState
from admin.transfers.notes import NoteNotStored, keep_note
from admin.visit import Visit
from tipline.ids import TipId
from tipline.tips.answers import MAX_TEXT_BYTES, Message


def add_note(visit: Visit, tip: TipId, text: str, state: ReadState) -> None:
    """Keep a note. Sending the same page twice adds nothing: after the first, the thread has moved on.

    Raises:
        AdminError: it was not kept; the sentence says what happened.
        KeeperError: nothing was proved to be logged, and nothing was stored.
    """
    text = text.strip().replace("\r\n", "\n")
    if not text:
        raise EmptyNote
    if len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        raise NoteTooLong
    check_unchanged(visit, tip, state)
    try:
        keep_note(visit, tip, Message(text, visit.services.clock.today()), state)
    except NoteNotStored as error:
        raise NoteNotKept from error
