"""Putting a search into the log before it is made: who searched stands there, the words are sealed."""

from admin.queue.choice import Choice
from admin.readings.errors import refusal
from admin.visit import Visit
from tipline.keeper_client import Refused
from tipline.searches.service import drop_words, keep_words


def log_search(visit: Visit, choice: Choice) -> None:
    """Log that this member searches for words. What is chosen by codes alone is no search.

    Raises:
        AdminError: the keeper refused.
        KeeperError: nothing was proved to be logged, so nothing is searched.
    """
    if not choice.words:
        return
    use = visit.services
    with use.database.writing() as session:
        item = keep_words(session, choice.typed, visit.directory, use.clock.today())
    named = {"item": item.id.hex(), "hash": item.digest.hex()}
    try:
        use.keeper.append(visit.sign("search", {"desk": visit.desks[0], **named}))
    except Refused as refused:
        with use.database.writing() as session:
            drop_words(session, item.id)
        raise refusal(refused.reason) from refused
