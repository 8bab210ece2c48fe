"""Forgetting statements whose time is over: salt and statement go, the place and the leaf stay.

    stated which, and before which day ─▶ salt and statement gone, in the same transaction

What names a tip goes only when the tip was erased. Nothing goes that is not followed by an entry that stays
for ever and is as old as the term: by it a verifier sees that the time had passed.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, bindparam, delete, exists, func, select, update

from crypto.statements import Entry, commitment
from tipline.keeper import models
from tipline.keeper.asked import Asked
from tipline.keeper.clockwork import Stated
from tipline.keeper.rules.case import Granted
from tipline.keeper.state import Draft
from tipline.lookups.facets import HOUR
from tipline.roster.forgetting import KEPT_TYPES, forgotten_before, is_kept
from tipline.tips.moves import TipState

AT_ONCE: Final = 2_000
"""Entries in one statement: if no two of them are neighbours it still has room for all."""
FORGOTTEN: Final = "forgotten"
"""In place of a type, in the column that queries go by."""

_IN_ONE_QUERY: Final = 500
_ENTRIES: Final = models.entries.c
_BLANK: Final = (
    update(models.entries)
    .where(_ENTRIES.index == bindparam("at_index"))
    .values(
        type=FORGOTTEN,
        actor="",
        tip=b"",
        outcome="",
        reason="",
        # In place of the salt: whoever serves the tree in bundles needs what the leaf is the hash of.
        salt=bindparam("commitment"),
        entry=b"",
    )
)


class _Over(NamedTuple):
    """An entry whose time is over: its index, when it was logged (Unix seconds), its commitment."""

    place: int
    at: int
    commitment: bytes


def forget(_asked: Asked, draft: Draft) -> Iterator[Stated]:
    """Forget some of what is over, the oldest first; nothing is stated when nothing is."""
    before = forgotten_before(draft.roster.clocks, draft.today)
    found = list(_over(draft.connection, before))
    if not found:
        return
    for start in range(0, len(found), _IN_ONE_QUERY):
        _blank(draft.connection, found[start : start + _IN_ONE_QUERY])
    indices = ranges(over.place for over in found)
    yield {"type": "forget", "entries": indices, "before": before.isoformat()}, Granted()


def _blank(connection: Connection, some: Sequence[_Over]) -> None:
    """Empty some rows, and drop what was taken from them for finding them."""
    rows = [{"at_index": over.place, "commitment": over.commitment} for over in some]
    connection.execute(_BLANK, rows)
    indices = [over.place for over in some]
    mentions, facets = models.mentions, models.facets
    connection.execute(delete(mentions).where(mentions.c.index.in_(indices)))
    hours = facets.c.hour.between(some[0].at // HOUR, some[-1].at // HOUR)
    connection.execute(delete(facets).where(hours, facets.c.index.in_(indices)))


def ranges(indices: Iterable[int]) -> list[list[int]]:
    """Ascending indices as pairs of first and last."""
    found: list[list[int]] = []
    for index in indices:
        if found and found[-1][1] == index - 1:
            found[-1][1] = index
        else:
            found.append([index, index])
    return found


def _over(connection: Connection, before: date) -> Iterator[_Over]:
    """Entries that were logged before a day and may go."""
    midnight = int(datetime.combine(before, datetime.min.time(), UTC).timestamp())
    old = (_ENTRIES.type.in_(KEPT_TYPES)) & (_ENTRIES.at < midnight)
    last = connection.scalar(select(func.max(_ENTRIES.index)).where(old))
    after, left = -1, AT_ONCE
    while left and last is not None:
        rows = connection.execute(_CANDIDATES, {"after": after, "last": last}).all()
        for index, at, salt, data in rows:
            after = index
            if left and not is_kept(Entry.decode(data).statement.body):
                left -= 1
                yield _Over(index, at, commitment(salt, data))
        if len(rows) < AT_ONCE:
            return


def _candidates() -> Select[Any]:
    """A page of what is not kept by its type, nor for the sake of a tip that is not erased."""
    tips, named = models.tips.c, models.mentions.c
    is_stored = tips.state != TipState.ERASED.value
    alone = exists().where(tips.tip == _ENTRIES.tip, is_stored)
    among = select(named.index).join(models.tips, tips.tip == named.tip).where(is_stored)
    return (
        select(_ENTRIES.index, _ENTRIES.at, _ENTRIES.salt, _ENTRIES.entry)
        .where(_ENTRIES.index > bindparam("after"), _ENTRIES.index < bindparam("last"))
        .where(_ENTRIES.type.not_in((*sorted(KEPT_TYPES), FORGOTTEN)), _ENTRIES.entry != b"")
        .where(~alone, _ENTRIES.index.not_in(among))
        .order_by(_ENTRIES.index)
        .limit(AT_ONCE)
    )


_CANDIDATES: Final = _candidates()
