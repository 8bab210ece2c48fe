"""What the keeper remembers of tips and items since it first saw them.

Rows are read for a whole batch at once, changed in memory, and written back in the batch's own transaction.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, select

from crypto.errors import BadFormat
from crypto.policies import Route
from tipline.deadlines import Clocks
from tipline.keeper import models
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import ITEMS, LETTERS, TIPS
from tipline.keeper.errors import Refusal
from tipline.keeper.release import route_digest
from tipline.keeper_client.reasons import Reason
from tipline.tips.case_file import CaseFile
from tipline.tips.cases import next_look

_DIGEST: Final = 32


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

    def __init__(self, connection: Connection, rows: Rows) -> None:
        self._connection = connection
        self._rows = rows
        self._tips: dict[bytes, Standing | None] = {}
        self._items: dict[bytes, Pin | None] = {}
        self._changed_tips: dict[bytes, Standing] = {}
        self._new_tips: set[bytes] = set()
        self._new_items: dict[bytes, Pin] = {}
        self._letters: dict[tuple[int, str], int] = {}

    def load(self, tips: Iterable[bytes], items: Iterable[bytes]) -> None:
        """Read what is not in memory yet.

        Raises:
            RowsChanged: a row is not as it was written.
        """
        missing_tips = {tip for tip in tips if tip not in self._tips}
        missing_items = {item for item in items if item not in self._items}
        if not missing_tips and not missing_items:
            return
        found = self._rows.find(
            {TIPS: [(tip,) for tip in missing_tips], ITEMS: [(item,) for item in missing_items]}
        )
        self._tips.update(dict.fromkeys(missing_tips))
        self._tips.update({row[0]: standing_of(row) for row in found[TIPS].values()})
        self._items.update(dict.fromkeys(missing_items))
        self._items.update({row[0]: Pin(*row[1:]) for row in found[ITEMS].values()})

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
        if self.tip(tip) is None:
            self._new_tips.add(tip)
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
        return self._letters.get((year, desk)) or read_letters(self._rows, year, desk)

    def store(self, clocks: Clocks) -> None:
        """Write what changed; `clocks` say when a tip is looked at next."""
        letters = [
            {"year": year, "desk": desk, "count": count} for (year, desk), count in self._letters.items()
        ]
        tips = [_tip_row(tip, standing, clocks) for tip, standing in self._changed_tips.items()]
        items = [{"item": item, **pin._asdict()} for item, pin in self._new_items.items()]
        for table, rows in ((LETTERS, letters), (TIPS, tips), (ITEMS, items)):
            if rows:
                self._rows.put(table, rows)
        if self._new_tips:
            self._rows.count_more(TIPS.name, len(self._new_tips))


def read_letters(rows: Rows, year: int, desk: str) -> int:
    """How many transfers a desk numbered in a year.

    Raises:
        RowsChanged: the row is not as it was written.
    """
    row = rows.one(LETTERS, year, desk)
    return 0 if row is None else int(row[2])


def read_standings(rows: Rows, tips: Iterable[bytes]) -> dict[bytes, Standing]:
    """Where these tips stand; those never seen are left out.

    Raises:
        RowsChanged: a row is not as it was written.
    """
    wanted = list(tips)
    found = rows.find({TIPS: [(tip,) for tip in wanted]})[TIPS]
    return {tip: standing_of(found[tip,]) for tip in wanted if (tip,) in found}


def standing_of(row: Sequence[Any]) -> Standing:
    """Where the tip of a row stands, all columns in order; the row was checked.

    Raises:
        RowsChanged: it says nothing that could be read. Two members took it for what it is, unseen.
    """
    _, claim, desks, excluded, routes, _, _, file, route_index, _ = row
    route = Route(tuple(desks.split()), tuple(excluded.split()))
    try:
        case = CaseFile.decode(file)
    except BadFormat as error:
        raise RowsChanged(TIPS.name) from error
    return Standing(claim, route, routes, case, route_index)


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
