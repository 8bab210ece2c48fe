"""Texts about an alert that go with no tip: sealed for the auditors as words of a search are."""

from admin.moves.errors import ReasonTooLong
from admin.visit import Visit
from tipline.sealing.items import NewItem
from tipline.searches.service import drop_words, keep_words
from tipline.tips.answers import MAX_TEXT_BYTES


def keep_apart(visit: Visit, text: str) -> NewItem | None:
    """Seal and store a text before the statement that names it; None when none was given.

    Raises:
        ReasonTooLong: over `MAX_TEXT_BYTES`.
    """
    text = text.strip().replace("\r\n", "\n")
    if not text:
        return None
    if len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        raise ReasonTooLong
    use = visit.services
    with use.database.writing() as session:
        return keep_words(session, text, visit.directory, use.clock.today())


def drop_apart(visit: Visit, kept: NewItem | None) -> None:
    """Remove a text whose statement was refused."""
    if kept is not None:
        with visit.services.database.writing() as session:
            drop_words(session, kept.id)
