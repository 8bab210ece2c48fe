"""What a run says is stored: piece by piece into a table, each item beside what is known of it.

Whoever runs the job may say anything. So nothing is accepted here that is not pinned already, or vouched for
by a slip that a reading would take (`require_pinned`): a row that was written by hand is a stranger.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import BindParameter, Connection, Select, bindparam, delete, func, insert, select, update

from crypto.randomness import random_bytes
from crypto.statements import SALT_LENGTH
from tipline.keeper import models
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import ITEMS
from tipline.keeper.errors import Refusal
from tipline.keeper.inventory.models import held, sighted
from tipline.keeper.pins import Pin, read_standings
from tipline.keeper.release import OpenedSlip
from tipline.keeper.rules.reading import require_pinned
from tipline.keeper.state import Draft
from tipline.keeper_client.reasons import Reason
from tipline.tips.moves import TipState

ROUTE: Final = "route"
"""The keeper's record of a route, sealed for the reporter: no statement names it and no slip goes with it."""

_WANTED: Final[BindParameter[bytes]] = bindparam("wanted", expanding=True)
_HELD: Final = select(held.c.item, held.c.tip, held.c.kind, held.c.digest, held.c.salt).where(
    held.c.item.in_(_WANTED)
)
_AT_ONCE: Final = 500  # ids in one query
ROOM: Final = 200_000
"""Items of one run that nobody knows yet, as after a flood of tips; what is invented must have an end."""
ROOM_BY_PIN: Final = 4
"""Beside them, for each item that was proved once: pins cannot be invented, and what was listed could be."""


class State(StrEnum):
    """What an item is, compared with what is known of it."""

    HELD = "held"
    NEW = "new"
    """Known, and in no list yet."""
    CHANGED = "changed"
    STRANGE = "strange"
    """Nobody vouches for it."""


class Sighting(NamedTuple):
    """An item as it is stored: ids of 16 bytes, SHA-256 of the sealed bytes as they were read just now."""

    item: bytes
    tip: bytes
    digest: bytes
    kind: str


class _Known(NamedTuple):
    pin: Pin
    salt: bytes  # empty: in no list yet


def begin(connection: Connection) -> int:
    """Forget what an earlier run has seen; how many items the next one may hand over."""
    connection.execute(delete(sighted))
    pinned = connection.scalar(select(func.count()).select_from(models.items)) or 0
    return ROOM_BY_PIN * pinned + ROOM


def take(connection: Connection, rows: Rows, piece: Sequence[Sighting]) -> list[bytes]:
    """Take in a piece, its items in the order of their ids and behind all before; which ask for a slip.

    Raises:
        Refusal: malformed; another order.
        RowsChanged: what is known of an item or of its tip is not as it was written.
    """
    ids = [one.item for one in piece]
    last = connection.scalar(select(sighted.c.item).order_by(sighted.c.item.desc()).limit(1)) or b""
    if ids != sorted(set(ids)) or (ids and ids[0] <= last):
        raise Refusal(Reason.MALFORMED)
    known = _known(connection, rows, ids)
    standings = read_standings(rows, {one.tip for one in piece if one.kind == ROUTE})
    routed = {tip for tip, standing in standings.items() if standing.case.state is not TipState.ERASED}
    seen = []
    for one in piece:
        state = _state(one, known.get(one.item), routed)
        salt = known[one.item].salt if one.item in known else b""
        seen.append({**one._asdict(), "salt": salt or random_bytes(SALT_LENGTH), "state": state.value})
    if seen:
        connection.execute(insert(sighted), seen)
    return [row["item"] for row in seen if row["state"] == State.STRANGE and row["kind"] != ROUTE]


def vouch(connection: Connection, draft: Draft, slips: Sequence[OpenedSlip | None]) -> None:
    """Take a stranger for what a slip of it proves; a slip that proves nothing changes nothing."""
    found = [slip for slip in slips if slip is not None]
    seen = {row.item: row for row in _rows(connection, [bytes.fromhex(slip.policy.item) for slip in found])}
    draft.pins.load((bytes.fromhex(slip.policy.tip) for slip in found), seen)
    for slip in found:
        row = seen.get(bytes.fromhex(slip.policy.item))
        if row is not None and row.state == State.STRANGE and _proves(slip, row, draft):
            fresh = update(sighted).where(sighted.c.item == row.item)
            connection.execute(fresh.values(state=State.NEW.value))


def _proves(slip: OpenedSlip, row: Any, draft: Draft) -> bool:
    policy = slip.policy
    if (policy.tip, policy.digest, policy.kind) != (row.tip.hex(), row.digest.hex(), row.kind):
        return False
    standing = draft.pins.tip(row.tip)
    if standing is None:
        return False
    try:
        require_pinned(draft, standing, slip)
    except Refusal:
        return False
    return True


def _state(one: Sighting, known: _Known | None, routed: set[bytes]) -> State:
    if known is None:
        return State.NEW if one.kind == ROUTE and one.tip in routed else State.STRANGE
    if (one.tip, one.digest) != (known.pin.tip, known.pin.digest):
        return State.CHANGED
    return State.HELD if known.salt else State.NEW


def _known(connection: Connection, rows: Rows, ids: Sequence[bytes]) -> Mapping[bytes, _Known]:
    """What these items were when they were accepted; a pin comes before what a list says."""
    listed = {row.item: row for row in _fetched(connection, _HELD, ids)}
    known = {item: _Known(Pin(row.tip, row.digest, row.kind), row.salt) for item, row in listed.items()}
    for item, *pin in rows.find({ITEMS: [(item,) for item in ids]})[ITEMS].values():
        known[item] = _Known(Pin(*pin), listed[item].salt if item in listed else b"")
    return known


def _rows(connection: Connection, ids: Sequence[bytes]) -> list[Any]:
    return _fetched(connection, select(sighted).where(sighted.c.item.in_(_WANTED)), ids)


def _fetched(connection: Connection, query: Select[Any], ids: Sequence[bytes]) -> list[Any]:
    found: list[Any] = []
    for start in range(0, len(ids), _AT_ONCE):
        found += connection.execute(query, {"wanted": list(ids[start : start + _AT_ONCE])}).all()
    return found
