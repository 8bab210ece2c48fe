"""Awards as rows: all awards of a tip in one row, the latest last.

Every row is compared with its digest before it counts, and how many awards stand in each state is counted: a
row that somebody took out hides nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select

from crypto import canonical
from crypto.errors import BadFormat
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import AWARDS, Values
from tipline.keeper.errors import Refusal
from tipline.keeper.prepared import Prepared
from tipline.keeper.rewards.models import awards
from tipline.keeper.state import Draft, day_of
from tipline.keeper_client.reasons import Reason
from tipline.rewards.award import Award, AwardState
from tipline.rewards.rules import last_day_of_vouchers

_LISTED: Final = "awards"
_BY_INDEX: Final = Prepared(select(*AWARDS.all_columns).where(awards.c.index == bindparam("index")))
_BY_STATE: Final = Prepared(
    select(*AWARDS.all_columns).where(awards.c.state == bindparam("state")).order_by(awards.c.index)
)
_NUMBER: Final = Prepared(select(func.count()).select_from(awards))
_ALL: Final = Prepared(select(*AWARDS.all_columns).order_by(awards.c.index))


def log_day(draft: Draft) -> date:
    """The day that rewards go by: of the log's time, as whoever replays it sees it."""
    return day_of(draft.at)


def of_tip(rows: Rows, tip: bytes) -> Award | None:
    """The latest award of a tip (16 bytes).

    Raises:
        RowsChanged: its row is not as it was written, or is gone.
    """
    row = rows.one(AWARDS, tip)
    return None if row is None else awards_of(row)[-1]


def of_tips(rows: Rows, tips: Iterable[bytes]) -> dict[bytes, Award]:
    """The latest award of each of these tips; those that have none are left out.

    Raises:
        RowsChanged: as `of_tip`.
    """
    found = rows.find({AWARDS: [(tip,) for tip in tips]})[AWARDS]
    return {row[0]: awards_of(row)[-1] for row in found.values()}


def with_index(connection: Connection, rows: Rows, index: int) -> Award:
    """The award that a statement names; a tip that was proposed anew has another.

    Raises:
        Refusal: unknown-award.
        RowsChanged: its row is not as it was written, or some row is gone.
    """
    found = _checked(rows, _BY_INDEX.run(connection, {"index": index}).fetchall())
    if not found:
        _require_all(connection, rows)
        raise Refusal(Reason.UNKNOWN_AWARD)
    return found[0][-1]


def in_state(connection: Connection, rows: Rows, state: AwardState) -> list[Award]:
    """Every award that stands there now, in the order of their proposals.

    Raises:
        RowsChanged: one is not as it was written, or is gone.
    """
    found = _checked(rows, _BY_STATE.run(connection, {"state": state.value}).fetchall())
    if len(found) != rows.count(count_of(state)):
        raise RowsChanged(AWARDS.name)
    return [of_one[-1] for of_one in found]


def everything(connection: Connection, rows: Rows) -> list[Award]:
    """All awards, those that were refused, expired or cancelled among them, in the order of their proposals.

    Raises:
        RowsChanged: as `in_state`.
    """
    found = _checked(rows, _ALL.run(connection, {}).fetchall())
    _require_all(connection, rows)
    return sorted((award for of_one in found for award in of_one), key=lambda award: award.index)


def some(rows: Rows, tips: Mapping[int, bytes]) -> list[Award]:
    """Awards by their numbers, each with its tip, in that order; earlier ones of a tip can be named, too.

    Raises:
        RowsChanged: as `of_tip`.
    """
    found = rows.find({AWARDS: [(tip,) for tip in tips.values()]})[AWARDS]
    known = {award.index: award for row in found.values() for award in awards_of(row)}
    return [known[index] for index in tips if index in known]


def all_of(rows: Rows, tips: Iterable[bytes]) -> list[tuple[Award, ...]]:
    """All awards of each of these tips that has one.

    Raises:
        RowsChanged: as `of_tip`.
    """
    return [awards_of(row) for row in rows.find({AWARDS: [(tip,) for tip in tips]})[AWARDS].values()]


def put(rows: Rows, award: Award) -> None:
    """Write an award: a new one, or one that took a step.

    Raises:
        RowsChanged: as `of_tip`.
    """
    tip = bytes.fromhex(award.tip)
    row = rows.one(AWARDS, tip)
    before = () if row is None else awards_of(row)
    _write(rows, tip, (*(one for one in before if one.index != award.index), award))
    if before:
        rows.count_one_less(count_of(before[-1].state))
    else:
        rows.count_one_more(AWARDS.name)
    rows.count_one_more(count_of(award.state))


def put_told(draft: Draft, award: Award) -> None:
    """The same by the next statement in the log, of which the reporter is told."""
    put(draft.rows, replace(award, told=draft.growth.next_index))


def forget(rows: Rows, tip: bytes) -> None:
    """After a tip was erased nothing tells any more whose code it had; what it was awarded stays.

    Raises:
        RowsChanged: as `of_tip`.
    """
    row = rows.one(AWARDS, tip)
    if row is not None:
        _write(rows, tip, [award.forgotten() for award in awards_of(row)])


def keeps(award: Award | None, today: date) -> bool:
    """Whether an award keeps its tip from being erased: it is open, or its vouchers may still be redeemed.

    They are made again from the tracking code, and with what is stored for the mailbox.
    """
    if award is None or award.is_over or award.state is AwardState.SETTLED:
        return False
    return award.state is not AwardState.COLLECTED or today <= last_day_of_vouchers(award.year)


def count_of(state: AwardState) -> str:
    """Under which name `row_counts` has how many tips have their latest award in a state."""
    return f"{AWARDS.name}/{state.value}"


def _require_all(connection: Connection, rows: Rows) -> None:
    if _NUMBER.run(connection, {}).fetchall()[0][0] != rows.count(AWARDS.name):
        raise RowsChanged(AWARDS.name)


def _write(rows: Rows, tip: bytes, of_one: Sequence[Award]) -> None:
    latest = of_one[-1]
    file = canonical.encode({_LISTED: [award.to_fields() for award in of_one]})
    rows.put(AWARDS, [{"tip": tip, "index": latest.index, "state": latest.state.value, "file": file}])


def _checked(rows: Rows, found: Sequence[Any]) -> list[tuple[Award, ...]]:
    rows.check(AWARDS, found)
    return [awards_of(row) for row in found]


def awards_of(row: Values) -> tuple[Award, ...]:
    """The awards in a row that was checked, the latest last.

    Raises:
        RowsChanged: it says nothing that could be read. Two members took it for what it is, unseen.
    """
    try:
        found = tuple(Award.from_fields(fields) for fields in canonical.decode(row[3])[_LISTED])
    except (BadFormat, KeyError, TypeError) as error:
        raise RowsChanged(AWARDS.name) from error
    if not found:
        raise RowsChanged(AWARDS.name)
    return found
