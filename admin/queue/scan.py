"""Filtering and ordering by what is sealed: every card that the session may see is opened, one by one.

Rows come as a stream and are forgotten at once; of those that match, only the ids of the first so many are
kept. Nothing readable outlives the request. A card is searched as the bytes that it is, and read as a card
only where they look right (`tipline.sealing.cards`).
"""

import heapq
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.queue.choice import NOT_NAMED, SEALED, SEALED_SORTS, Choice
from admin.queue.clear import Looking, filtered, order_keys
from crypto.errors import CryptoError
from tipline.sealing.cards import content_of
from tipline.tips.answers import Card
from tipline.tips.first import TIPS
from tipline.tips.models import Tip

AT_ONCE: Final = 1_000
"""Rows that are held at one moment."""
MOST: Final = 5_000
"""Ids of matches that are kept: a hundred pages. Whoever needs more narrows the choice."""

Match = Callable[[bytes, bytes], bool]
"""Whether a tip (its id, its padded card) is looked for."""
Ranked = tuple[Any, ...]
"""What a match is ordered by, its id last."""


def scan(
    session: Session, looking: Looking, choice: Choice, start: int, most: int
) -> tuple[list[bytes], int, list[bytes]]:
    """The ids of one page of a choice that opens cards, how many tips it leaves, and which do not open."""
    total = 0
    shut: list[bytes] = []

    def counted() -> Iterator[Ranked]:
        nonlocal total
        for found in _matches(session, looking, choice, matcher(choice), shut):
            total += 1
            yield found

    first = min(start + most, MOST)
    ranking = heapq.nlargest(first, counted()) if choice.order else heapq.nsmallest(first, counted())
    return [found[-1] for found in ranking[start:]], total, shut


def matching(session: Session, looking: Looking, choice: Choice, match: Match, most: int) -> list[bytes]:
    """The ids of the first tips, in the order of the choice, whose cards match."""
    return [found[-1] for found in heapq.nsmallest(most, _matches(session, looking, choice, match, []))]


def _matches(
    session: Session, looking: Looking, choice: Choice, match: Match, shut: list[bytes]
) -> Iterator[Ranked]:
    """Each tip whose card opens and matches; the first so many that do not open are added to `shut`.

    The ids come from an index and in their own order, so that the rows are read from front to back; columns
    of the table instead of the model's, because a row costs half as much.
    """
    openers = {group: (key.desk, key.opener()) for group, key in looking.keys.groups.items()}
    columns, sort = TIPS.c, choice.sort
    rows = session.connection().execute(
        select(
            *(columns.id, columns.desk, columns.card_group, columns.card_version, columns.card_box),
            *order_keys(looking, sort),
        )
        .where(columns.id.in_(select(Tip.id).where(filtered(looking, choice))), columns.card_box.is_not(None))
        .execution_options(stream_results=True, yield_per=AT_ONCE)
    )
    for tip, desk, group, version, box, *keys in rows:
        own_desk, open_card = openers[group]
        try:
            card = open_card(box, tip, version)
        except CryptoError:  # altered: no row of the list either
            if len(shut) < MOST:
                shut.append(tip)
            continue
        if desk == own_desk and match(tip, card):
            yield (*sealed_key(sort, card), *keys, tip)


def matcher(choice: Choice) -> Match:
    """Whether a tip is what a choice looks for, as far as its card tells."""
    needles = [_field(name, value) for name in SEALED if (value := getattr(choice, name))]
    if choice.words:
        return _searching(needles, choice.words)
    if not needles:
        return lambda _tip, _card: True
    first, *others = needles
    return lambda _tip, card: first in card and all(needle in card for needle in others)


def _searching(needles: list[bytes], words: tuple[str, ...]) -> Match:
    """Whether a card has these codes, and each word stands in a tag or begins the handle."""
    quoted = [json.dumps(word, ensure_ascii=False)[1:-1] for word in words]
    handles = [word.replace("-", "") for word in words]
    looked_for = list(zip(quoted, handles, strict=True))

    def match(tip: bytes, card: bytes) -> bool:
        if not all(needle in card for needle in needles):
            return False
        data, name = content_of(card), tip.hex()
        text = data.decode().casefold()
        if not all(word in text or name.startswith(handle) for word, handle in looked_for):
            return False
        # A card holds other words, too: only tags and the handle are meant.
        tags = [tag.folded for tag in Card.decode(data).tags]
        return all(
            name.startswith(handle) or any(word in tag for tag in tags)
            for word, handle in zip(words, handles, strict=True)
        )

    return match


def sealed_key(sort: str, card: bytes) -> tuple[bytes, ...]:
    """What a card is ordered by, if by something on it: its code, danger before the rest."""
    if sort not in SEALED_SORTS:
        return ()
    if sort == "urgency":
        return (b"0" if _field("urgency", "danger") in card else b"1",)
    _, _, rest = card.partition(b'"%b":"' % sort.encode())
    return (rest.partition(b'"')[0],)


def _field(name: str, value: str) -> bytes:
    """How a code stands on a card, in canonical JSON."""
    code = "" if value == NOT_NAMED else value
    return b'"%b":"%b"' % (name.encode(), code.encode())
