"""Forgetting statements whose time is over: salt and statement go, the place and the leaf stay.

    stated which, and before which day ─▶ salt and statement gone, in the same transaction

What names a tip goes only when the tip was erased. Nothing goes that is not followed by an entry that stays
for ever and is as old as the term: by it a verifier sees that the time had passed. An entry is compared with
its columns and with the tree before it goes, and so is the one that dates it: whoever set a column back would
have the keeper forget today's.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, bindparam, delete, exists, select, update

from crypto.statements import DONE, Entry, commitment
from tipline.database import drop_journal
from tipline.keeper import models
from tipline.keeper.asked import Asked
from tipline.keeper.clockwork import Stated
from tipline.keeper.proved import ROWS, proved
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
    found = list(_over(draft, before))
    if not found:
        return
    for start in range(0, len(found), _IN_ONE_QUERY):
        _blank(draft.connection, found[start : start + _IN_ONE_QUERY])
    indices = ranges(over.place for over in found)
    yield {"type": "forget", "entries": indices, "before": before.isoformat()}, Granted()


def _blank(connection: Connection, some: Sequence[_Over]) -> None:
    """Empty some rows, and drop what was taken from them for finding them."""
    drop_journal(connection)
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


def _over(draft: Draft, before: date) -> Iterator[_Over]:
    """Entries that were logged before a day and may go.

    Raises:
        RowsChanged: one of those is not the log's, or its columns say something else.
    """
    connection = draft.connection
    midnight = int(datetime.combine(before, datetime.min.time(), UTC).timestamp())
    old = (_ENTRIES.type.in_(KEPT_TYPES)) & (_ENTRIES.at < midnight)
    last = connection.execute(ROWS.where(old).order_by(_ENTRIES.index.desc()).limit(1)).first()
    if last is None:
        return
    proved(draft, last)  # by its time all before it are as old: entries never go back
    after, left = -1, AT_ONCE
    while left:
        rows = connection.execute(_CANDIDATES, {"after": after, "last": last[0]}).all()
        entries = [(row[0], row[7], proved(draft, row)) for row in rows]
        draft.pins.load((tip for *_, entry in entries for tip in _named(entry)), ())
        for index, salt, entry in entries:
            after = index
            if left and not is_kept(entry.statement.body) and not _is_about_stored(entry, draft):
                left -= 1
                yield _Over(index, entry.at, commitment(salt, entry.encode()))
        if len(rows) < AT_ONCE:
            return


def _named(entry: Entry) -> list[bytes]:
    """The tips that a done statement names; of a refused one its words may be anything."""
    if entry.outcome != DONE:
        return []
    body = entry.statement.body
    return [bytes.fromhex(tip) for tip in (body.get("tip", ""), *body.get("tips", ())) if tip]


def _is_about_stored(entry: Entry, draft: Draft) -> bool:
    """Whether it names a tip that is not erased: the query went by columns, and this by rows that count."""
    standings = map(draft.pins.tip, _named(entry))
    return any(one is not None and one.case.state is not TipState.ERASED for one in standings)


def _candidates() -> Select[Any]:
    """A page of what is not kept by its type, nor for the sake of a tip that is not erased."""
    tips, named = models.tips.c, models.mentions.c
    is_stored = tips.state != TipState.ERASED.value
    alone = exists().where(tips.tip == _ENTRIES.tip, is_stored)
    among = select(named.index).join(models.tips, tips.tip == named.tip).where(is_stored)
    return (
        ROWS.where(_ENTRIES.index > bindparam("after"), _ENTRIES.index < bindparam("last"))
        .where(_ENTRIES.type.not_in((*sorted(KEPT_TYPES), FORGOTTEN)), _ENTRIES.entry != b"")
        .where(~alone, _ENTRIES.index.not_in(among))
        .order_by(_ENTRIES.index)
        .limit(AT_ONCE)
    )


_CANDIDATES: Final = _candidates()
