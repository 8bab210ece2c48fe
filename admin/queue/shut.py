"""Listed cards that do not open: somebody altered the row, and the tip would stay out of sight for good."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin.queue.rows import key_of, open_card
from admin.readings.card_keys import CardKeys
from tipline.database import Database
from tipline.ids import TipId
from tipline.tips.models import Tip

Place = tuple[bytes, int]
"""A tip's id, and the version of its card."""


def take_out_shut(database: Database, keys: CardKeys, tips: Sequence[bytes]) -> None:
    """Of these tips, take those out of their group whose box does not open under the key held for it.

    The next list boxes them again from what the reporter sealed. A card under a key that is not held may
    well open for a colleague, and stays.
    """
    if not tips:
        return
    with database.reading() as session:
        shut = _shut(session, keys, tips)
    if shut:
        unlist(database, shut)


def unlist(database: Database, places: Sequence[Place]) -> None:
    """Take cards out of their groups, so that the next list puts them where their route says.

    One that was listed anew meanwhile has another version, and stays.
    """
    with database.writing() as session:
        for tip, version in places:
            session.execute(
                update(Tip)
                .where(Tip.id == tip, Tip.card_version == version)
                .values(card_group=None, card_box=None, card_version=version + 1)
            )


def _shut(session: Session, keys: CardKeys, tips: Sequence[bytes]) -> list[Place]:
    columns = (Tip.id, Tip.desk, Tip.card_group, Tip.card_version, Tip.card_box)
    found = []
    for row in session.execute(select(*columns).where(Tip.id.in_(tips))):
        key = key_of(keys, row.card_group, row.desk)
        if key and open_card(key, row.card_box, TipId(row.id), row.card_version) is None:
            found.append((row.id, row.card_version))
    return found
