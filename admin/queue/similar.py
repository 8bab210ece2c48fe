"""Other tips that look like one: found in the reader's session alone, among the cards that it can open."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from admin.queue.choice import ALL, Choice
from admin.queue.rows import QueueRow, load_rows
from admin.queue.scan import Match, matching
from admin.queue.service import known_rows, looking
from admin.readings.card_keys import CardKeys
from admin.visit import Visit
from tipline.accused.tags import holds_alias
from tipline.ids import TipId
from tipline.sealing.cards import content_of
from tipline.tips.answers import Card
from tipline.tips.categories import Category
from tipline.tips.tags import Tag

MOST: Final = 10
CANDIDATES: Final = 200
NEAR: Final = timedelta(days=90)
TAG_WEIGHT: Final = 3


@dataclass(frozen=True)
class Suggestion:
    """A tip that looks like the one at hand: the tags that both have, and whether unit and category agree."""

    tip: QueueRow
    tags: tuple[Tag, ...]
    same_matter: bool

    @property
    def weight(self) -> int:
        """How alike they are."""
        return TAG_WEIGHT * len(self.tags) + self.same_matter


def similar(visit: Visit, tip: TipId, keys: CardKeys) -> list[Suggestion]:
    """Tips among this session's cards that share tags, or unit and category within 90 days; most alike first.

    Every card is opened for it: a page should ask when its reader does, not by itself.

    Raises:
        KeeperError: the keeper does not answer.
    """
    view = looking(visit, keys)
    with visit.services.database.reading() as session:
        own = load_rows(session, view, [tip])
        if not own:
            return []
        likely = _likely(own[0].card)
        if likely is None:
            return []
        found = matching(session, view, Choice(state=ALL), likely, CANDIDATES)
        rows, _ = known_rows(visit, load_rows(session, view, [one for one in found if one != tip]))
    suggestions = (_suggest(own[0].card, row) for row in rows)
    ranked = sorted((one for one in suggestions if one.weight), key=_rank)
    return ranked[:MOST]


def _likely(card: Card) -> Match | None:
    """A quick look at a card's bytes, which never misses one that is alike; None when nothing can be."""
    texts = [json.dumps(tag.folded, ensure_ascii=False)[1:-1] for tag in _comparable(card)]
    matter = [b'"unit":"%b"' % card.unit.encode(), b'"category":"%b"' % card.category.encode()]
    has_matter = _has_matter(card)
    if not texts and not has_matter:
        return None

    def match(_tip: bytes, other: bytes) -> bool:
        if has_matter and all(part in other for part in matter):
            return True
        if not texts or b'"tags":' not in other:
            return False
        text = content_of(other).decode().casefold()
        return any(one in text for one in texts)

    return match


def _suggest(card: Card, row: QueueRow) -> Suggestion:
    wanted = {(tag.kind, tag.folded) for tag in _comparable(card)}
    shared = tuple(tag for tag in row.card.tags if (tag.kind, tag.folded) in wanted)
    same = _has_matter(card) and (card.unit, card.category) == (row.card.unit, row.card.category)
    return Suggestion(row, shared, same and _is_near(card.day, row.card.day))


def _comparable(card: Card) -> list[Tag]:
    """The tags that say something of another tip, too: an alias is one tip's own."""
    return [tag for tag in card.tags if not holds_alias(tag)]


def _has_matter(card: Card) -> bool:
    return bool(card.unit) and card.category is not Category.NOT_SURE


def _is_near(one: date, other: date) -> bool:
    return abs(one - other) <= NEAR


def _rank(suggestion: Suggestion) -> tuple[int, int, bytes]:
    return -suggestion.weight, suggestion.tip.age, suggestion.tip.id
