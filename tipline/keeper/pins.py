"""What the keeper remembers of tips and items since it first saw them.

Rows are read for a whole batch at once, changed in memory, and written back in the batch's own transaction.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from sqlalchemy import BindParameter, Connection, Row, bindparam, delete, insert, select, update

from crypto.policies import Route
from tipline.deadlines import Clocks
from tipline.keeper import models
from tipline.keeper.errors import Refusal
from tipline.keeper.release import route_digest
from tipline.keeper_client.reasons import Reason
from tipline.tips.case_file import CaseFile
from tipline.tips.cases import next_look

_AT_ONCE: Final = 500  # ids in one query
_DIGEST: Final = 32


_CHANGING: Final = ("claim", "desks", "excluded", "routes", "state", "due", "file", "route_index", "assignee")

# Built once: putting a statement together takes longer than carrying it out.
_WANTED: Final[BindParameter[bytes]] = bindparam("wanted", expanding=True)
_TIPS: Final = select(models.tips).where(models.tips.c.tip.in_(_WANTED))
_ITEMS: Final = select(models.items).where(models.items.c.item.in_(_WANTED))
_NEW_TIP: Final = insert(models.tips)
_NEW_ITEM: Final = insert(models.items)
_CHANGED_TIP: Final = (
    update(models.tips)
    .where(models.tips.c.tip == bindparam("key"))
    .values({name: bindparam(name) for name in _CHANGING})
)


@dataclass(frozen=True)
class Standing:
    """Where a tip stands: its reporter's claim key (32 bytes), its latest route and its case.

    `routes` holds the digest of every route it has had: a reporter's item may be sealed under any of
    them, and under no other.
    """

    claim: bytes
    route: Route
    routes: bytes
    case: CaseFile
    route_index: int

    @classmethod
    def first(cls, claim: bytes, route: Route, case: CaseFile) -> "Standing":
        """A tip that is seen for the first time."""
        return cls(claim, route, route_digest(route), case, -1)

    def had(self, route: Route) -> bool:
        """Whether this is, or once was, the tip's route."""
        if route == self.route:
            return True
        digest = route_digest(route)
        starts = range(0, len(self.routes), _DIGEST)
        return any(self.routes[start : start + _DIGEST] == digest for start in starts)

    def with_case(self, case: CaseFile) -> "Standing":
        """The same tip after a statement about it."""
        return replace(self, case=case)

    def forgotten(self, case: CaseFile) -> "Standing":
        """The same tip erased: nothing tells any more whose code it had."""
        return replace(self, case=case, claim=bytes(len(self.claim)))

    def rerouted(self, route: Route, index: int) -> "Standing":
        """The same tip under another route, by the statement at `index`."""
        routes = self.routes if self.had(route) else self.routes + route_digest(route)
        return replace(self, route=route, routes=routes, route_index=index)


class Pin(NamedTuple):
    """An item as it was first seen: its tip (16 bytes), SHA-256 of the sealed bytes, kind."""

    tip: bytes
    digest: bytes
    kind: str


class Pins:
    """Tips and items as one batch sees and changes them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tips: dict[bytes, Standing | None] = {}
        self._items: dict[bytes, Pin | None] = {}
        self._stored_tips: set[bytes] = set()
        self._changed_tips: dict[bytes, Standing] = {}
        self._new_items: dict[bytes, Pin] = {}
        self._letters: dict[tuple[int, str], int] = {}

    def load(self, tips: Iterable[bytes], items: Iterable[bytes]) -> None:
        """Read what is not in memory yet."""
        for row in self._missing(_TIPS, self._tips, tips):
            self._tips[row.tip] = _standing(row)
            self._stored_tips.add(row.tip)
        for row in self._missing(_ITEMS, self._items, items):
            self._items[row.item] = Pin(row.tip, row.digest, row.kind)

    def tip(self, tip: bytes) -> Standing | None:
        """Where a tip stands; None when it was never seen."""
        self.load([tip], [])
        return self._tips[tip]

    def item(self, item: bytes) -> Pin | None:
        """What an item was when it was first seen; None when it never was."""
        self.load([], [item])
        return self._items[item]

    def put_tip(self, tip: bytes, standing: Standing) -> None:
        """Remember where a tip stands now."""
        self._tips[tip] = self._changed_tips[tip] = standing

    def put_item(self, item: bytes, pin: Pin) -> None:
        """Remember an item; nothing ever changes it."""
        if self.item(item) is None:
            self._items[item] = self._new_items[item] = pin

    def assigned_to(self, members: Collection[str]) -> list[bytes]:
        """The tips that one of these members has now, by id."""
        table = models.tips.c
        having = table.assignee.in_(sorted(members)) & (table.assignee != "")
        self.load(self._connection.scalars(select(table.tip).where(having)).all(), [])
        known = ((tip, standing) for tip, standing in self._tips.items() if standing is not None)
        return sorted(tip for tip, standing in known if standing.case.assignee in members)

    def require_next_letter(self, number: str, year: int, desk: str) -> None:
        """Refuse another number for a transfer than the desk's next of the year, "year-count".

        Each desk counts its own: a gap would tell of a transfer that its reader may not know of.

        Raises:
            Refusal: number-taken.
        """
        if number != f"{year}-{self._letters_of(year, desk) + 1}":
            raise Refusal(Reason.NUMBER_TAKEN)

    def take_letter(self, year: int, desk: str) -> None:
        """Take the desk's next number."""
        self._letters[year, desk] = self._letters_of(year, desk) + 1

    def _letters_of(self, year: int, desk: str) -> int:
        """How many of a desk's transfers have a number of this year."""
        return self._letters.get((year, desk)) or read_letters(self._connection, year, desk)

    def store(self, clocks: Clocks) -> None:
        """Write what changed; `clocks` say when a tip is looked at next."""
        letters = models.letters
        for (year, desk), count in self._letters.items():
            same = (letters.c.year == year) & (letters.c.desk == desk)
            self._connection.execute(delete(letters).where(same))
            self._connection.execute(insert(letters).values(year=year, desk=desk, count=count))
        rows = [_tip_row(tip, standing, clocks) for tip, standing in self._changed_tips.items()]
        self._execute(_NEW_TIP, [row for row in rows if row["tip"] not in self._stored_tips])
        self._execute(
            _CHANGED_TIP,
            [
                {"key": row["tip"], **{name: row[name] for name in _CHANGING}}
                for row in rows
                if row["tip"] in self._stored_tips
            ],
        )
        new = [{"item": item, **pin._asdict()} for item, pin in self._new_items.items()]
        self._execute(_NEW_ITEM, new)

    def _execute(self, statement: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._connection.execute(statement, rows)

    def _missing(self, query: Any, known: dict[bytes, Any], wanted: Iterable[bytes]) -> Iterator[Row[Any]]:
        missing = [each for each in dict.fromkeys(wanted) if each not in known]
        known.update(dict.fromkeys(missing))
        for start in range(0, len(missing), _AT_ONCE):
            yield from self._connection.execute(query, {"wanted": missing[start : start + _AT_ONCE]})


def read_letters(connection: Connection, year: int, desk: str) -> int:
    """How many transfers a desk numbered in a year."""
    table = models.letters
    its = (table.c.year == year) & (table.c.desk == desk)
    return connection.scalar(select(table.c.count).where(its)) or 0


def read_standings(connection: Connection, tips: Iterable[bytes]) -> dict[bytes, Standing]:
    """Where these tips stand; those never seen are left out."""
    pins = Pins(connection)
    wanted = list(tips)
    pins.load(wanted, [])
    found = ((tip, pins.tip(tip)) for tip in wanted)
    return {tip: standing for tip, standing in found if standing is not None}


def _standing(row: Row[Any]) -> Standing:
    route = Route(tuple(row.desks.split()), tuple(row.excluded.split()))
    return Standing(row.claim, route, row.routes, CaseFile.decode(row.file), row.route_index)


def _tip_row(tip: bytes, standing: Standing, clocks: Clocks) -> dict[str, Any]:
    return {
        "tip": tip,
        "claim": standing.claim,
        "desks": " ".join(standing.route.desks),
        "excluded": " ".join(standing.route.excluded),
        "routes": standing.routes,
        "state": standing.case.state.value,
        "due": next_look(standing.case, clocks),
        "file": standing.case.encode(),
        "route_index": standing.route_index,
        "assignee": standing.case.assignee,
    }
