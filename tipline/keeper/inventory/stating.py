"""From what a run has seen to the statement of the day, and to what is remembered of it.

The root is made beside the writer, for it takes seconds, and so is the comparison of what is remembered with
the last list. The rest is one transaction with the statement: new items are pinned, what is gone or has other
bytes is noted, what was erased is no longer expected.
"""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from tipline.ids import NO_TIP
from tipline.keeper import models
from tipline.keeper.asked import Asked
from tipline.keeper.clockwork import Stated
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import ITEMS, TIPS
from tipline.keeper.inventory.beside import leave
from tipline.keeper.inventory.committing import IS_INTACT
from tipline.keeper.inventory.models import held, inventories, readers, sighted, strangers
from tipline.keeper.inventory.remembered import TYPE, figures_now, latest
from tipline.keeper.inventory.sighting import ROUTE, State
from tipline.keeper.prepared import Prepared
from tipline.keeper.rules.case import Granted
from tipline.keeper.rules.reading import REASON_KIND
from tipline.keeper.state import Draft
from tipline.roster import Roster
from tipline.tips.moves import TipState

_PAGE: Final = 2_000
_TIPS: Final = 500  # that are forgotten at once

_ERASED: Final = select(models.tips.c.tip).where(models.tips.c.state == TipState.ERASED.value)
_PINS: Final = models.items.c
_NEW: Final = select(sighted.c.item, sighted.c.tip, sighted.c.digest, sighted.c.kind).where(
    sighted.c.state == State.NEW.value
)
_SEEN_INTACT: Final = exists().where(sighted.c.item == held.c.item, IS_INTACT).correlate(held)
_GONE: Final = Prepared(
    select(*TIPS.all_columns)
    .where(models.tips.c.state == TipState.ERASED.value)
    .where(
        exists().where(held.c.tip == models.tips.c.tip, ~_SEEN_INTACT)
        | exists().where(readers.c.tip == models.tips.c.tip)
    )
    .limit(_TIPS)
)
_FRESH: Final = Prepared(
    _NEW.where(sighted.c.item > bindparam("after"), sighted.c.kind != ROUTE)
    .where(~exists().where(_PINS.item == sighted.c.item))
    .order_by(sighted.c.item)
    .limit(bindparam("count"))
)
_UNSEEN: Final = Prepared(
    select(
        *ITEMS.all_columns,
        exists()
        .where(sighted.c.item == _PINS.item, sighted.c.state == State.CHANGED.value)
        .correlate(models.items)
        .label("is_other"),
    )
    .where(_PINS.item > bindparam("after"), ~exists().where(held.c.item == _PINS.item))
    .where(_PINS.tip.not_in(_ERASED), ~((_PINS.tip == NO_TIP) & (_PINS.kind == REASON_KIND)))
    .order_by(_PINS.item)
    .limit(bindparam("count"))
)
"""Items that are pinned and not looked for yet, and whether other bytes were seen in their place.

Reasons of no tip, words of a search among them, lie apart and are in no list."""


def state(asked: Asked, draft: Draft) -> Iterator[Stated]:
    """Note what a run has found, and state it: once a day, and again on the same day when it differs."""
    connection, today = draft.connection, draft.today.isoformat()
    last = next(iter(latest(connection)), None)
    # Once more, of what is quickly counted: between the comparison and this batch lies a moment.
    altered = asked.altered or (last is not None and figures_now(connection) != last.figures())
    if altered:
        _mend(connection, today, -1 if last is None else last.index)
    _forget_erased(connection, draft.rows)
    _note(connection, today)
    _pin(connection, draft.rows)
    _expect(connection, draft.rows, today, altered=altered)
    leave(connection, draft.rows, today, asked.readings)
    count, root = asked.counted
    figures = {
        "count": count,
        "missing": _number(connection, held.c.lost != ""),
        "changed": _number(connection, held.c.changed != ""),
        "unvouched": _number(connection, strangers.c.item != b""),
    }
    said = {"day": today, "root": root.hex(), "altered": altered, **figures}
    if last is not None and last.index >= signed_since(draft.roster) and last.says(said):
        return  # under the log's present key, which signs the receipts that name it
    index = draft.growth.next_index
    connection.execute(insert(inventories).values(index=index, day=today, root=root, **figures))
    yield {"type": TYPE, **said}, Granted()


def _mend(connection: Connection, today: str, last: int) -> None:
    """Put right what can be: the list of today says that it was altered, and those after it need not.

    `last` is the index of the last list in the log. Source: what `remembered` compares.
    """
    connection.execute(delete(inventories).where(inventories.c.index > last))
    names = ("tip", "digest", "kind")
    other = or_(*(held.c[name] != _PINS[name] for name in names))
    pinned = {name: select(_PINS[name]).where(_PINS.item == held.c.item).scalar_subquery() for name in names}
    connection.execute(update(held).where(exists().where(_PINS.item == held.c.item, other)).values(pinned))
    connection.execute(update(held).where(held.c.since == "", _was_seen([State.HELD])).values(since=today))
    for day in ("noted", "since", "lost", "changed"):
        connection.execute(update(held).where(held.c[day] > today).values({day: today}))


def _forget_erased(connection: Connection, rows: Rows) -> None:
    """What was erased by statement is no longer expected, and nobody counts who read it."""
    while found := _GONE.run(connection, {}).fetchall():
        rows.check(TIPS, found)
        tips = [row[0] for row in found]
        # What a run has still seen is in its list, and stays until one that has not.
        connection.execute(delete(held).where(held.c.tip.in_(tips), ~_SEEN_INTACT))
        connection.execute(delete(readers).where(readers.c.tip.in_(tips)))


def _note(connection: Connection, today: str) -> None:
    """Compare what was expected with what was seen."""
    # What was only pinned today may have come today; what was in a list cannot.
    due = (held.c.noted < today) | (held.c.since != "")
    connection.execute(update(held).where(held.c.lost == "", due, ~_was_seen(State)).values(lost=today))
    connection.execute(update(held).where(held.c.lost != "", _was_seen(State)).values(lost=""))
    connection.execute(
        update(held).where(held.c.changed == "", _was_seen([State.CHANGED])).values(changed=today)
    )
    connection.execute(
        update(held).where(held.c.changed != "", _was_seen([State.HELD, State.NEW])).values(changed="")
    )
    salt = select(sighted.c.salt).where(sighted.c.item == held.c.item).scalar_subquery()
    connection.execute(
        update(held).where(held.c.since == "", _was_seen([State.NEW])).values(since=today, salt=salt)
    )
    connection.execute(delete(strangers))
    strange = select(sighted.c.item, sighted.c.tip, sighted.c.kind).where(
        sighted.c.state == State.STRANGE.value
    )
    connection.execute(insert(strangers).from_select(["item", "tip", "kind"], strange))


def _pin(connection: Connection, rows: Rows) -> None:
    """Pin what is new and was pinned by no statement."""
    last = b""
    while found := _FRESH.run(connection, {"after": last, "count": _PAGE}).fetchall():
        last = found[-1][0]
        rows.find({ITEMS: [(row[0],) for row in found]})  # they are not there, and never were
        rows.put(ITEMS, [dict(zip(ITEMS.columns, row, strict=True)) for row in found])


def _expect(connection: Connection, rows: Rows, today: str, *, altered: bool) -> None:
    """Look from now on for what is new, seen or only pinned.

    Where what is remembered was altered, what is pinned and was not seen is missing at once: that it was
    never looked for may be what was altered.
    """
    columns = ["item", "tip", "digest", "kind", "salt", "noted", "since", "lost", "changed"]
    day, never = literal(today), literal("")
    listed = exists().where(held.c.item == sighted.c.item)
    pinned = select(_PINS.kind).where(_PINS.item == sighted.c.item).scalar_subquery()
    kind = func.coalesce(pinned, sighted.c.kind)
    new = select(sighted.c.item, sighted.c.tip, sighted.c.digest, kind).where(
        sighted.c.state == State.NEW.value
    )
    seen = new.where(~listed).add_columns(sighted.c.salt, day, day, never, never)
    connection.execute(insert(held).from_select(columns, seen))
    last = b""
    while found := _UNSEEN.run(connection, {"after": last, "count": _PAGE}).fetchall():
        last = found[-1][0]
        rows.check(ITEMS, [row[:-1] for row in found])
        lost = today if altered else ""
        lines = [
            (*pin, b"", today, "", "" if is_other else lost, today if is_other else "")
            for *pin, is_other in found
        ]
        connection.execute(insert(held), [dict(zip(columns, line, strict=True)) for line in lines])


def _was_seen(states: Any) -> ColumnElement[bool]:
    values = [State(one).value for one in states]
    return exists().where(
        sighted.c.item == held.c.item,
        sighted.c.state.in_(values),
    )


def _number(connection: Connection, condition: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).where(condition)) or 0


def signed_since(roster: Roster) -> int:
    """The entry from which on the log's present key signs."""
    return roster.past_log_keys[-1].until if roster.past_log_keys else 0
