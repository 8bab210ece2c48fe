"""Where a request for an identity stands, as one frozen value and as a row with a digest.

open ─▶ approved ─▶ (its window opens and closes by the clock)
  ├───▶ refused
  └───▶ lapsed
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final, Self

from sqlalchemy import ColumnElement, Connection, Select, func, select

from crypto.windows import Window
from tipline.disclosures.grounds import Ground
from tipline.disclosures.records import DisclosureRecord
from tipline.disclosures.telling import Tell
from tipline.ids import PAYMENTS
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import DISCLOSURES, ROW_COUNTS, Values
from tipline.keeper.errors import Refusal
from tipline.keeper_client.reasons import Reason

OPEN: Final = "open"
APPROVED: Final = "approved"
REFUSED: Final = "refused"
LAPSED: Final = "lapsed"
ALL: Final = DISCLOSURES.name
UNDECIDED: Final = f"{DISCLOSURES.name}/{OPEN}"
"""Under which names `row_counts` has how many rows there are, and how many of them are open."""
NONE: Final = -1
_HOUR: Final = 3_600
_DAY: Final = 86_400
_TABLE: Final = DISCLOSURES.table.c


@dataclass(frozen=True)
class Disclosure:
    """One request; the columns of its row, in their order. Moments are Unix seconds.

    Attributes:
        index: of the `disclosure` statement in the log; `decided` that of the decision, or `NONE`.
        due: the last UTC day for a decision, ISO.
        answer: the item with the decision's reason; empty before.
        opens: the window is from here to before `until`; both 0 before a yes.
    """

    index: int
    requester: str
    desk: str
    tip: bytes
    item: bytes
    digest: bytes
    epoch: int
    ground: str
    hours: int
    tell: str
    emergency: int
    reason: bytes
    reason_hash: bytes
    body: str
    letter: str
    asked: int
    due: str
    state: str = OPEN
    decided: int = NONE
    decided_at: int = 0
    approver: str = ""
    answer: bytes = b""
    answer_hash: bytes = b""
    opens: int = 0
    until: int = 0
    views: int = 0

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided it, and it has not lapsed by statement."""
        return self.state == OPEN

    def is_late(self, today: date) -> bool:
        """Whether its last day for a decision is over."""
        return self.due < today.isoformat()

    @property
    def window(self) -> Window:
        """The block that lies under the keeper's lock in what is put back for it."""
        return Window(
            item=self.item.hex(),
            digest=self.digest.hex(),
            tip=self.tip.hex(),
            desk=self.desk,
            epoch=self.epoch,
            requester=self.requester,
            request=self.index,
            until=self.until,
        )

    def approved(self, approver: str, answer: tuple[bytes, bytes], index: int, now: int, at: int) -> Self:
        """The same after a yes.

        Args:
            answer: the item with the approver's reason, and its hash.
            now: by the keeper's clock.
            at: by the log, which is never behind it and never goes back: a window ends by this.
        """
        opens = (at // _DAY + 1) * _DAY if self.tell == Tell.FIRST else now
        until = max(opens, at) + self.hours * _HOUR
        return replace(self._decided(APPROVED, approver, answer, index, at), opens=opens, until=until)

    def refused(self, approver: str, answer: tuple[bytes, bytes], index: int, at: int) -> Self:
        """The same after a no."""
        return self._decided(REFUSED, approver, answer, index, at)

    def lapsed(self) -> Self:
        """The same after nobody decided in time."""
        return replace(self, state=LAPSED)

    def viewed(self) -> Self:
        """The same after one more view."""
        return replace(self, views=self.views + 1)

    def record(self) -> DisclosureRecord:
        """What its reporter is told of it, once it was approved."""
        return DisclosureRecord(
            tip=self.tip.hex(),
            request=self.index,
            decided_index=self.decided,
            asked=day_of(self.asked),
            decided=day_of(self.decided_at),
            ground=Ground(self.ground),
            hours=self.hours,
            opens=day_of(self.opens),
            emergency=bool(self.emergency),
        )

    def may_be_told(self, at: int, *, tip_has_ended: bool) -> bool:
        """Whether its reporter may know of it now."""
        if self.state != APPROVED:
            return False
        over = self.tell == Tell.AFTER and at >= self.until
        return self.tell == Tell.FIRST or over or tip_has_ended

    def _decided(self, state: str, approver: str, answer: tuple[bytes, bytes], index: int, at: int) -> Self:
        item, digest = answer
        return replace(
            self,
            state=state,
            decided=index,
            decided_at=at,
            approver=approver,
            answer=item,
            answer_hash=digest,
        )


def count_of_payee(tip: bytes) -> str:
    """Under which name `row_counts` has how many requests ask whom to pay for a tip (16 bytes)."""
    return f"{ALL}/{tip.hex()}"


def day_of(moment: int) -> date:
    """The UTC day of a moment."""
    return datetime.fromtimestamp(moment, UTC).date()


def one_of(rows: Rows, index: int) -> Disclosure:
    """The request at an index.

    Raises:
        Refusal: unknown-request.
        RowsChanged: its row is not as it was written, or is gone.
    """
    row = rows.one(DISCLOSURES, index)
    if row is None:
        raise Refusal(Reason.UNKNOWN_REQUEST)
    return Disclosure(*row)


def all_open(connection: Connection, rows: Rows) -> list[Disclosure]:
    """Every undecided request, in the order of the log.

    Raises:
        RowsChanged: one is not as it was written, or is gone.
    """
    found = _find(connection, rows, _TABLE.state == OPEN)
    if len(found) != rows.count(UNDECIDED):
        raise RowsChanged(DISCLOSURES.name)
    return found


def of_requester(connection: Connection, rows: Rows, member: str, most: int) -> list[Disclosure]:
    """A member's requests, the newest first.

    Raises:
        RowsChanged: one is not as it was written.
    """
    query = _query(_TABLE.requester == member).order_by(_TABLE.index.desc()).limit(most)
    return _checked(connection, rows, query)


def approved_by(connection: Connection, rows: Rows, member: str, at: int) -> list[Disclosure]:
    """What a member approved and whose window is not over.

    Raises:
        RowsChanged: one is not as it was written.
    """
    mine = (_TABLE.state == APPROVED) & (_TABLE.approver == member) & (_TABLE.until > at)
    return _find(connection, rows, mine)


def with_words(connection: Connection, rows: Rows, item: bytes) -> list[Disclosure]:
    """The request whose reason, or whose decision's reason, lies in an item; none, or one.

    Raises:
        RowsChanged: it is not as it was written.
    """
    return _find(connection, rows, (_TABLE.reason == item) | (_TABLE.answer == item))


def of_payee(connection: Connection, rows: Rows, tip: bytes) -> list[Disclosure]:
    """Every request that asks whom to pay for a tip, in the order of the log.

    Raises:
        RowsChanged: one is not as it was written, is gone, or was moved to another tip or desk.
    """
    found = _find(connection, rows, (_TABLE.tip == tip) & (_TABLE.desk == PAYMENTS))
    if len(found) != rows.count(count_of_payee(tip)):
        raise RowsChanged(DISCLOSURES.name)
    return found


def page(connection: Connection, rows: Rows, after: int, count: int) -> list[Disclosure]:
    """So many requests in the order of the log, from behind an index.

    Raises:
        RowsChanged: one is not as it was written, or some are gone.
    """
    _require_all(connection, rows)
    found = DISCLOSURES.page(connection, (after,), count)
    rows.check(DISCLOSURES, found)
    return [Disclosure(*row) for row in found]


def add(rows: Rows, asked: Disclosure) -> None:
    """Write a new request.

    Raises:
        RowsChanged: a row beside it is not as it was written.
    """
    rows.put(DISCLOSURES, [asdict(asked)])
    rows.count_one_more(ALL)
    rows.count_one_more(UNDECIDED)
    if asked.desk == PAYMENTS:
        rows.count_one_more(count_of_payee(asked.tip))


def decide(rows: Rows, decided: Disclosure) -> None:
    """Write a request that is open no longer.

    Raises:
        RowsChanged: as `add`.
    """
    change(rows, decided)
    rows.put(ROW_COUNTS, [{"of": UNDECIDED, "count": rows.count(UNDECIDED) - 1}])


def change(rows: Rows, changed: Disclosure) -> None:
    """Write a request that is there already.

    Raises:
        RowsChanged: as `add`.
    """
    rows.put(DISCLOSURES, [asdict(changed)])


def _require_all(connection: Connection, rows: Rows) -> None:
    number = connection.scalar(select(func.count()).select_from(DISCLOSURES.table))
    if number != rows.count(ALL):
        raise RowsChanged(DISCLOSURES.name)


def _query(condition: ColumnElement[bool]) -> Select[Any]:
    return select(*DISCLOSURES.all_columns).where(condition)


def _find(connection: Connection, rows: Rows, condition: ColumnElement[bool]) -> list[Disclosure]:
    return _checked(connection, rows, _query(condition).order_by(_TABLE.index))


def _checked(connection: Connection, rows: Rows, query: Select[Any]) -> list[Disclosure]:
    found: Sequence[Values] = [tuple(row) for row in connection.execute(query)]
    rows.check(DISCLOSURES, found)
    return [Disclosure(*row) for row in found]
