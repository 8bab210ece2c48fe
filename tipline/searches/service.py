"""Sealing words for the auditors, and letting them go with their statements."""

from datetime import date
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tipline.deadlines import Clocks
from tipline.directory.types import Directory
from tipline.ids import AUDITORS, NO_TIP
from tipline.roster.forgetting import forgotten_before
from tipline.routing import Route
from tipline.sealing.audience import Audience
from tipline.sealing.items import NewItem, seal_item
from tipline.searches.models import Search
from tipline.tips.answers import Message

KIND: Final = "reason"
"""What staff state in free text, for auditors alone."""
NO_CLAIM: Final = bytes(32)
"""In place of a claim key: no reporter stands behind it."""


def keep_words(session: Session, words: str, directory: Directory, day: date) -> NewItem:
    """Seal and store words that somebody searches for; a statement names them next."""
    route = Route((AUDITORS,), ())
    audience = Audience(directory.keeper, directory.desk_keys(AUDITORS), route, NO_CLAIM)
    item = seal_item(KIND, NO_TIP, Message(words, day).encode(), audience=audience)
    session.add(Search(item_id=item.id, day=day, sealed=item.sealed, slip=item.slips[0].slip))
    return item


def drop_words(session: Session, item: bytes) -> None:
    """Remove words whose statement was refused."""
    session.execute(delete(Search).where(Search.item_id == item))


def drop_old_words(session: Session, clocks: Clocks, today: date) -> None:
    """Remove what is as old as the statements that are forgotten today."""
    session.execute(delete(Search).where(Search.day < forgotten_before(clocks, today)))
