"""From what a run has seen to the statement of the day, and to what is remembered of it.

The root is made beside the writer, for it takes seconds. The rest is one transaction with the statement: new
items are pinned, what is gone or has other bytes is noted, what was erased is no longer expected.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, literal, select, update

from crypto.merkle import Frontier, leaf_hash
from tipline.keeper import models
from tipline.keeper.asked import Asked
from tipline.keeper.clockwork import Stated
from tipline.keeper.inventory.models import held, inventories, readers, sighted, strangers
from tipline.keeper.inventory.sighting import ROUTE, State
from tipline.keeper.rules.case import Granted
from tipline.keeper.state import Draft
from tipline.roster import Roster
from tipline.tips.moves import TipState

TAG: Final = b"tipline-held-v1\n"
_PAGE: Final = 2_000

_INTACT: Final = (State.HELD.value, State.NEW.value)
_ERASED: Final = select(models.tips.c.tip).where(models.tips.c.state == TipState.ERASED.value)


def commitment_to_all(connection: Connection) -> tuple[int, bytes]:
    """How many items are held as they were accepted, and the root over them: leaves in the order of salts.

    A leaf is `leaf_hash(SHA-256(TAG ‖ salt ‖ item ‖ digest))`. Salts are random: their order tells nothing.
    """
    tree = Frontier()
    query = (
        select(sighted.c.salt, sighted.c.item, sighted.c.digest)
        .where(sighted.c.state.in_(_INTACT))
        .order_by(sighted.c.salt)
    )
    for salt, item, digest in connection.execute(query, execution_options={"yield_per": _PAGE}):
        tree.append(leaf_hash(sha256(TAG + salt + item + digest).digest()))
    return tree.size, tree.root()


def state(asked: Asked, draft: Draft) -> Iterator[Stated]:
    """Note what a run has found, and state it: once a day, and again on the same day when it differs."""
    connection, today = draft.connection, draft.today.isoformat()
    _forget_erased(connection)
    _note(connection, today)
    _expect(connection, today)
    count, root = asked.counted
    figures = {
        "count": count,
        "missing": _number(connection, held.c.lost != ""),
        "changed": _number(connection, held.c.changed != ""),
        "unvouched": _number(connection, strangers.c.item != b""),
    }
    if _is_stated(connection, signed_since(draft.roster), {"day": today, "root": root, **figures}):
        return
    index = draft.growth.next_index
    connection.execute(insert(inventories).values(index=index, day=today, root=root, **figures))
    yield {"type": "inventory", "day": today, "root": root.hex(), **figures}, Granted()


def _forget_erased(connection: Connection) -> None:
    """What was erased by statement is no longer expected, and nobody counts who read it."""
    connection.execute(delete(held).where(held.c.tip.in_(_ERASED)))
    connection.execute(delete(readers).where(readers.c.tip.in_(_ERASED)))


def _note(connection: Connection, today: str) -> None:
    """Compare what was expected with what was seen."""
    connection.execute(
        update(held).where(held.c.lost == "", held.c.noted < today, ~_was_seen(State)).values(lost=today)
    )
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


def _expect(connection: Connection, today: str) -> None:
    """Remember what is new: pin it where it was not, and look for it from now on, seen or only pinned."""
    new = select(sighted.c.item, sighted.c.tip, sighted.c.digest, sighted.c.kind).where(
        sighted.c.state == State.NEW.value
    )
    pinned = exists().where(models.items.c.item == sighted.c.item)
    fresh = new.where(~pinned, sighted.c.kind != ROUTE)
    connection.execute(insert(models.items).from_select(["item", "tip", "digest", "kind"], fresh))
    columns = ["item", "tip", "digest", "kind", "salt", "noted", "since", "lost", "changed"]
    day, never = literal(today), literal("")
    listed = exists().where(held.c.item == sighted.c.item)
    seen = new.where(~listed).add_columns(sighted.c.salt, day, day, never, never)
    connection.execute(insert(held).from_select(columns, seen))
    known = exists().where(held.c.item == models.items.c.item)
    other = exists().where(sighted.c.item == models.items.c.item, sighted.c.state == State.CHANGED.value)
    pins = models.items.c
    for clause, changed in ((other, day), (~other, never)):
        unseen = select(
            pins.item, pins.tip, pins.digest, pins.kind, literal(b""), day, never, never, changed
        ).where(~known, clause, pins.tip.not_in(_ERASED))
        connection.execute(insert(held).from_select(columns, unseen))


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


def _is_stated(connection: Connection, since: int, said: Mapping[str, Any]) -> bool:
    """Whether the last list said so, under the log's present key, which signs the receipts that name it."""
    table = inventories.c
    row = connection.execute(select(inventories).order_by(table.index.desc()).limit(1)).mappings().first()
    return row is not None and row["index"] >= since and {name: row[name] for name in said} == said
