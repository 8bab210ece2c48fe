"""Finding and counting entries by their facets: one pass over a narrow table, in the order of the log.

What concerns one tip is found by the index over tips. Counting by hour needs no sorting, because the table
lies in the order of hours; days and weekdays are added up from hours.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from operator import add
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    and_,
    func,
    or_,
    select,
    union,
)

from crypto.statements import DONE, REFUSED
from tipline.keeper import models
from tipline.lookups.facets import HOUR, Facets
from tipline.lookups.filters import HOURS, Filter, day_of_hour
from tipline.lookups.groups import JOINT, TYPES_OF
from tipline.lookups.views import By

_TABLE: Final = models.facets.c

Line = list[Any]
"""What is counted by, and last how often."""
_Counting = Callable[[Connection, FromClause, ColumnElement[bool], Sequence[str]], list[Line]]


def facets_row(index: int, facets: Facets) -> dict[str, Any]:
    """An entry's facts as they are stored."""
    return {"index": index, **vars(facets)}


def _matching(asked: Filter, size: int) -> ColumnElement[bool]:
    """What a filter asks of an entry of the tree of a size, but for the tip."""
    first, after = asked.hours
    asks: tuple[tuple[object, Callable[[], ColumnElement[bool]]], ...] = (
        (asked.desk, lambda: _TABLE.desk == asked.desk),
        (asked.purpose, lambda: _TABLE.purpose == asked.purpose),
        (asked.member, lambda: _signed_by(asked.member)),
        (asked.type, lambda: _of_type(asked.type)),
        (asked.outcome, lambda: _ended(asked.outcome)),
        (asked.since, lambda: _TABLE.hour >= first),
        (asked.until, lambda: _TABLE.hour < after),
    )
    return and_(_TABLE.index < size, *(condition() for is_asked, condition in asks if is_asked))


def newest(connection: Connection, asked: Filter, top: int, size: int, count: int) -> Sequence[int]:
    """The indices of what fits, from `top` downwards, at most `count`."""
    fits = _matching(asked, min(size, top + 1))
    query = (
        select(_TABLE.index)
        .select_from(_among(asked))
        .where(fits)
        .order_by(_TABLE.hour.desc(), _TABLE.index.desc())
        .limit(count)
    )
    return connection.scalars(query).all()


def total(connection: Connection, asked: Filter, size: int, above: int | None = None) -> int:
    """How many entries fit; only those above an index, where one is named."""
    fits = _matching(asked, size)
    if above is not None:
        at = connection.scalar(select(models.entries.c.at).where(models.entries.c.index == above))
        if at is None:  # it lies above all entries
            return 0
        fits = and_(_TABLE.hour >= at // HOUR, _TABLE.index > above, fits)
    return connection.scalar(select(func.count()).select_from(_among(asked)).where(fits)) or 0


def tally(connection: Connection, asked: Filter, by: By, size: int, desks: Sequence[str]) -> list[Line]:
    """Count what fits; lines in the order of what they are counted by. `desks` are all that there are."""
    return _COUNTED[by](connection, _among(asked), _matching(asked, size), desks)


def _signed_by(member: str) -> ColumnElement[bool]:
    others = " " + _TABLE.also + " "
    among = and_(_TABLE.also != "", others.contains(f" {member} "))
    return or_(_TABLE.member == member, among)


def _of_type(asked: str) -> ColumnElement[bool]:
    if asked == JOINT:
        return _TABLE.also != ""
    return _TABLE.type.in_(TYPES_OF.get(asked, (asked,)))


def _ended(outcome: str) -> ColumnElement[bool]:
    if outcome == DONE:
        return _TABLE.reason == ""
    return _TABLE.reason != "" if outcome == REFUSED else _TABLE.reason == outcome


def _among(asked: Filter) -> FromClause:
    """What is looked through: all, or of one tip what names it alone, and what names it among others."""
    if not asked.tip:
        return models.facets
    entries, mentions, tip = models.entries.c, models.mentions.c, bytes.fromhex(asked.tip)
    place = ((entries.at // HOUR).label("hour"), entries.index)
    # The second term says to SQLite that the index over tips holds all of them.
    alone = select(*place).where(entries.tip == tip, entries.tip != b"")
    several = select(*place).join(models.mentions, mentions.index == entries.index).where(mentions.tip == tip)
    places = union(alone, several).subquery()
    return places.join(models.facets, and_(_TABLE.hour == places.c.hour, _TABLE.index == places.c.index))


def _by_day_and_desk(
    connection: Connection, among: FromClause, fits: ColumnElement[bool], desks: Sequence[str]
) -> list[Line]:
    sums = [func.count().filter(_TABLE.desk == desk) for desk in desks]
    rows = connection.execute(
        select(_TABLE.hour, func.count(), *sums)
        .select_from(among)
        .where(fits)
        .group_by(_TABLE.hour)
        .order_by(_TABLE.hour)
    )
    days: dict[int, list[int]] = {}
    for hour, *numbers in rows:
        before = days.get(hour // HOURS)
        days[hour // HOURS] = list(map(add, before, numbers)) if before else numbers
    found: Counter[tuple[str, str]] = Counter()
    for number, (count, *parts) in days.items():
        day = day_of_hour(number * HOURS).isoformat()
        found.update({(day, desk): part for desk, part in zip(desks, parts, strict=True)})
        found[day, ""] += count - sum(parts)
    return _lines(found)


def _by_weekday_and_hour(
    connection: Connection, among: FromClause, fits: ColumnElement[bool], _desks: Sequence[str]
) -> list[Line]:
    rows = connection.execute(
        select(_TABLE.hour, func.count())
        .select_from(among)
        .where(fits)
        .group_by(_TABLE.hour)
        .order_by(_TABLE.hour)
    )
    found: Counter[tuple[int, int]] = Counter()
    for hour, count in rows:
        found[day_of_hour(hour).weekday(), hour % HOURS] += count
    return _lines(found)


def _by_columns(*columns: Column[str]) -> _Counting:
    def count(
        connection: Connection, among: FromClause, fits: ColumnElement[bool], _desks: Sequence[str]
    ) -> list[Line]:
        rows = connection.execute(
            select(*columns, func.count())
            .select_from(among)
            .where(fits)
            .group_by(*columns)
            .order_by(*columns)
        )
        return [list(row) for row in rows]

    return count


def _lines(found: Counter[Any]) -> list[Line]:
    return [[*key, count] for key, count in sorted(found.items()) if count]


_COUNTED: Final[Mapping[By, _Counting]] = {
    By.DAY_DESK: _by_day_and_desk,
    By.WEEKDAY_HOUR: _by_weekday_and_hour,
    By.TYPE: _by_columns(_TABLE.type),
    By.MEMBER: _by_columns(_TABLE.member, _TABLE.type, _TABLE.reason),
    By.OUTCOME: _by_columns(_TABLE.reason),
}
