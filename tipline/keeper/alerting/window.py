"""What one look over the log has before it, read from the tables."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, func, select

from crypto.statements import DONE, REFUSED, Entry
from tipline.alerts.rules import IDENTITY_REQUEST, Rule, RuleBook
from tipline.alerts.seen import READ, Seen, Turn, Window
from tipline.keeper import models
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import ACTS, WATCHED
from tipline.keeper.log import read_head
from tipline.tips.moves import TipState

AT_ONCE: Final = 5_000
"""New entries in one look; the next batch goes on with the next look, until none is left."""
FIRST_DAYS: Final = 31
"""How far back the first look at a log from before there were alerts begins."""
BEFORE_SECONDS: Final = 86_400
"""No rule that counts readings or refusals looks back further; its bounds say so."""
MOST_BEFORE: Final = 10_000
"""Of those, the latest: a flood must not keep the keeper busy."""
MOST_TURNS: Final = 1_000
"""Of one tip, the latest. Whoever had it before those counts as one who never had it."""
_DAY: Final = 86_400
_IN_ONE_QUERY: Final = 500
_ID: Final = 1
_GIVEN: Final = ("assign", "unassign")
_STEPS: Final = ("move", "pause")

_ENTRIES: Final = models.entries.c
_ROWS: Final = select(_ENTRIES.index, _ENTRIES.entry)


def read_window(connection: Connection, rows: Rows, rules: RuleBook, now: int) -> Window:
    """The entries since the last look, and what the rules need of those before. `now` is in Unix seconds.

    Raises:
        RowsChanged: what was noted at the last look is not as it was written.
    """
    size = read_head(connection).size
    first = _first(connection, rows, now, size)
    here = (_ENTRIES.index >= first) & (_ENTRIES.index < size)  # beyond the head there is no log
    since = _ROWS.where(here, _ENTRIES.entry != b"").order_by(_ENTRIES.index)
    new = _seen(connection, since.limit(AT_ONCE))
    if not new:
        return Window(())
    before = _before(connection, new[0], rules)
    readings = {one.tip for one in (*before, *new) if one.is_reading}
    stepped = {
        one.tip for one in new if one.tip and (one.type == "pause" or one.target == TipState.NEED_MORE)
    }
    return Window(
        new=new,
        before=before,
        last_acts=_last_acts(rows, {member for one in new for member in one.signers}),
        turns=_turns(connection, sorted(readings), size),
        steps={tip: _steps(connection, tip, size) for tip in sorted(stepped)},
    )


def remember(rows: Rows, window: Window) -> None:
    """Note how far was looked, and who was seen to act when."""
    latest = {member: one.at for one in window.new for member in one.signers}
    rows.put(ACTS, [{"member": member, "at": at} for member, at in sorted(latest.items())])
    rows.put(WATCHED, [{"id": _ID, "index": window.new[-1].index + 1}])


def is_behind(connection: Connection, rows: Rows) -> bool:
    """Whether entries are left that no look had before it."""
    index = _watched(rows)
    return index is not None and index < read_head(connection).size


def _first(connection: Connection, rows: Rows, now: int, size: int) -> int:
    index = _watched(rows)
    if index is None:
        recent = select(_ENTRIES.index).where(_ENTRIES.at >= now - FIRST_DAYS * _DAY, _ENTRIES.index < size)
        index = connection.scalar(recent.order_by(_ENTRIES.at, _ENTRIES.index).limit(1))
    return index or 0


def _watched(rows: Rows) -> int | None:
    """The first entry that was not looked at yet; None before the first look."""
    row = rows.one(WATCHED, _ID)
    return None if row is None else int(row[1])


def _before(connection: Connection, first: Seen, rules: RuleBook) -> list[Seen]:
    counted = (_ENTRIES.type == READ) | (_ENTRIES.outcome == REFUSED)
    recent = counted & (_ENTRIES.at >= first.at - BEFORE_SECONDS)
    days = rules.value(Rule.IDENTITY, "days")
    asked = (_ENTRIES.type == IDENTITY_REQUEST) & (_ENTRIES.at >= first.at - days * _DAY)
    found: dict[int, Seen] = {}
    for condition in (recent, asked):
        latest = _ROWS.where(condition, _ENTRIES.index < first.index).order_by(_ENTRIES.index.desc())
        found |= {one.index: one for one in _seen(connection, latest.limit(MOST_BEFORE))}
    return [one for _, one in sorted(found.items())]


def _last_acts(rows: Rows, members: Collection[str]) -> dict[str, int]:
    found = rows.find({ACTS: [(member,) for member in members]})[ACTS]
    return {str(member): int(at) for member, at in found.values()}


def _turns(connection: Connection, tips: Sequence[str], size: int) -> dict[str, list[Turn]]:
    """Whose each of these tips was from when on: who gives tips away names several at once."""
    named = models.mentions.c
    turns: dict[str, list[Turn]] = {}
    for some in _pieces(tips):
        place = func.row_number().over(partition_by=named.tip, order_by=named.index.desc())
        given = (
            select(named.tip, named.index, place.label("place"))
            .join(models.entries, (_ENTRIES.index == named.index) & (_ENTRIES.index < size))
            .where(named.tip.in_([bytes.fromhex(tip) for tip in some]), _ENTRIES.type.in_(_GIVEN))
            .subquery()
        )
        rows = connection.execute(
            select(given.c.tip, _ENTRIES.index, _ENTRIES.at, _ENTRIES.entry)
            .join(models.entries, _ENTRIES.index == given.c.index)
            .where(given.c.place <= MOST_TURNS)
            .order_by(_ENTRIES.index)
        )
        for tip, index, at, data in rows:
            to = Entry.decode(data).statement.body.get("to", "")
            turns.setdefault(tip.hex(), []).append(Turn(index, at, to))
    return turns


def _steps(connection: Connection, tip: str, size: int) -> list[Seen]:
    its: ColumnElement[bool] = (_ENTRIES.tip == bytes.fromhex(tip)) & (_ENTRIES.index < size)
    condition = its & _ENTRIES.type.in_(_STEPS)
    latest = _ROWS.where(condition, _ENTRIES.outcome == DONE).order_by(_ENTRIES.index.desc())
    return _seen(connection, latest.limit(MOST_BEFORE))[::-1]


def _seen(connection: Connection, query: Select[Any]) -> list[Seen]:
    """What was forgotten is left out."""
    return [Seen.of(index, Entry.decode(data)) for index, data in connection.execute(query) if data]


def _pieces(some: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(some)
    while piece := list(islice(remaining, _IN_ONE_QUERY)):
        yield piece
