"""What the keeper has of rewards in memory, all of one moment: the books by the log, the rows, what is told.

    log ─▶ `Books` ─┐
                    ├─▶ `Told`, `Reconciling`
    rows ─▶ `Kept` ─┘

All of it is brought forward by what is new, some at a time. A keeper that starts begins in a thread of its
own, with a pause as long as each piece took; until it is through, questions about rewards are not answered,
and all others are.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Final, TypeVar

import structlog
from sqlalchemy import Connection

from crypto.errors import CryptoError
from tipline.database import Database
from tipline.keeper.asked import Due
from tipline.keeper.digests.rows import Rows
from tipline.keeper.errors import Unavailable
from tipline.keeper.kept_time import KeptTime
from tipline.keeper.log import Log, read_head
from tipline.keeper.rewards import day
from tipline.keeper.rewards.books import Books
from tipline.keeper.rewards.crowds import Counted, Pooled
from tipline.keeper.rewards.kept import Changes, Kept, Place
from tipline.keeper.rewards.money import KeyRow, VoucherRow
from tipline.keeper.rewards.told import Told
from tipline.keeper.snapshots import Question, look
from tipline.keeper.state import day_of
from tipline.keeper.writer import Writer
from tipline.rewards import reconciling
from tipline.rewards.award import Award, AwardState
from tipline.rewards.ledger import Budget

Answer = TypeVar("Answer")

READING: Final = "The keeper is still reading its books. Ask again in some minutes."
INTERVAL_SECONDS: Final = 60.0
"""Between two looks at what is new, so that nobody who asks waits for much."""

log = structlog.get_logger()


class StillReading(Unavailable):
    """What is asked for is not all in memory yet."""

    def __init__(self, sentence: str = READING) -> None:
        super().__init__(sentence)


class InMemory:
    """The one who keeps all of it. Questions are asked through `look`, one at a time."""

    def __init__(self, writer: Writer, database: Database, log: Log, clock: KeptTime) -> None:
        self._writer = writer
        self._database = database
        self._log = log
        self._clock = clock
        self._turn = threading.Lock()
        self._kept = Kept()
        self._pooled, self._to_pool = Pooled(), self._kept.follow()
        self._told: Told | None = None
        self._to_tell = Changes()
        self._compared: reconciling.Reconciling | None = None
        self._to_compare = Changes()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper-books", daemon=True)
        self.books = Books()

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Read no more."""
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join()

    @property
    def today(self) -> date:
        """The day by the keeper's clock."""
        return self._clock.today()

    def look(self, question: Question[Answer]) -> Answer:
        """Answer a question from one snapshot; it may be asked twice. The writer never waits for this one.

        Raises:
            Unavailable: as `snapshots.look`; or the books are still being read.
        """
        with self._turn:
            return look(self._writer, self._database, question)

    def books_at(self, connection: Connection) -> Books:
        """What the log says, as this transaction sees it.

        Raises:
            StillReading: not all of the log was read.
            BadProof: an entry is not the log's.
        """
        if not self._read_log(connection):
            raise StillReading
        return self.books

    def places_at(self, connection: Connection, rows: Rows) -> Mapping[bytes, Place]:
        """Where the tips of all awards stand, by tip.

        Raises:
            StillReading: not all rows were read.
            RowsChanged: a row is not as it was written, or is gone.
        """
        self._read_rows(connection, rows, looks=False)
        return self._kept.places

    def vouchers_at(self, connection: Connection, rows: Rows) -> Mapping[bytes, VoucherRow]:
        """All vouchers that came back, by hash.

        Raises:
            StillReading: not all rows were read.
            RowsChanged: a row is not as it was written, or is gone.
        """
        self._read_rows(connection, rows)
        return self._kept.vouchers

    def pooled_at(self, connection: Connection, rows: Rows, today: date) -> Pooled:
        """What hides what, as of the end of yesterday.

        Raises:
            StillReading: not all rows were read.
            RowsChanged: a row is not as it was written, or is gone.
        """
        self._read_rows(connection, rows)
        if today < self._pooled.day:  # the clock was set back
            self._pooled, self._to_pool = Pooled(), self._kept.follow(self._to_pool)
        tips, vouchers = self._to_pool.taken()
        awards = {tip: self._kept.awards[tip][-1] for tip in tips}
        self._pooled.take(awards, {spent: self._kept.vouchers[spent] for spent in vouchers})
        self._pooled.count_until(today, self._values())
        return self._pooled

    def at(self, connection: Connection, rows: Rows) -> Told:
        """What is told, as this transaction sees it.

        Raises:
            StillReading: not all of the log and the rows was read.
            RowsChanged: a row is not as it was written, or is gone.
        """
        proposed = self.books_at(connection).proposals
        self._read_rows(connection, rows)
        today = self._clock.today().isoformat()
        if self._told is None or today < self._told.day:
            self._to_tell = self._kept.follow(self._to_tell)
            self._told = Told(self._kept, self._to_tell, today)
        self._told.bring_forward(proposed, self._values(), today)
        return self._told

    def differences(
        self, keys: Iterable[KeyRow], budgets: Mapping[int, Budget]
    ) -> Sequence[reconciling.Difference]:
        """Where rows and log do not agree, in the moment of `at`; first of all the statement that no keeper
        would have let pass."""
        if self._compared is None:
            self._compared = reconciling.Reconciling(self.books.ledger)
            self._to_compare = self._kept.follow(self._to_compare)
        tips, spent = self._to_compare.taken()
        awards = (award for tip in tips for award in self._kept.awards[tip])
        self._compared.take(awards, (_voucher_row(self._kept.vouchers[one]) for one in spent))
        counted = {(key.year, key.value): _key_row(key) for key in keys}
        found = self._compared.differences(budgets, counted)
        return (self.books.broken, *found) if self.books.broken else found

    def counted(self) -> Counted:
        """What redeeming goes by on this day of the log.

        Raises:
            StillReading: not all rows were read.
        """
        today = max(day_of(self._writer.memory.last_at), self._clock.today())

        def found(connection: Connection, rows: Rows) -> Counted:
            sizes = self.pooled_at(connection, rows, today).sizes
            return Counted(today, {key: Counter(each) for key, each in sizes.items()}, rows.hashes)

        return self.look(found)

    def due(self) -> Due:
        """What the daily look may have to state.

        Raises:
            StillReading: not all rows were read.
        """

        def found(connection: Connection, rows: Rows) -> Due:
            self._read_rows(connection, rows)
            told = day.told_until(rows)
            today = max(day_of(self._writer.memory.last_at), self._clock.today())
            tips = [tip for tip, of_tip in self._kept.awards.items() if _is_due(of_tip[-1], told, today)]
            vouchers = [spent for spent, one in self._kept.vouchers.items() if one.day > told]
            return Due(rows.hashes, rows.turn, tips, vouchers)

        return self.look(found)

    def tips_told(
        self, connection: Connection, rows: Rows, fits: Callable[[Award], bool]
    ) -> dict[bytes, int]:
        """Tips whose latest award fits, and its number, ascending.

        Raises:
            StillReading: not all of the log and the rows was read.
            RowsChanged: a row is not as it was written, or is gone.
        """
        self.books_at(connection)
        self._read_rows(connection, rows, looks=False)
        found = ((tip, of_tip[-1]) for tip, of_tip in self._kept.awards.items())
        return dict(sorted(((tip, one.index) for tip, one in found if fits(one)), key=itemgetter(1)))

    def _read_log(self, connection: Connection) -> bool:
        head = read_head(connection)
        if head.size < self.books.size:  # two members have let a log go on that was set back
            self.books, self._compared, self._told = Books(), None, None
        return self.books.bring_forward(self._log, connection, head)

    def _read_rows(self, connection: Connection, rows: Rows, *, looks: bool = True) -> None:
        begun = self._kept.begun
        is_all = self._kept.go_on(connection, rows, looks=looks)
        if self._kept.begun != begun:
            self._pooled, self._to_pool = Pooled(), self._kept.follow()
            self._compared, self._told = None, None
        if not is_all:
            raise StillReading

    def _values(self) -> Mapping[int, Sequence[int]]:
        """The values of each year's keys."""
        keys = self._writer.memory.roster.mint_keys
        return {year: [value for value, _ in of_year] for year, of_year in keys.items()}

    def _run(self) -> None:
        while True:
            began = time.thread_time()
            is_all = self._read_on()
            pause = INTERVAL_SECONDS if is_all else time.thread_time() - began
            if self._ended.wait(pause):
                return

    def _read_on(self) -> bool:
        """Read some more; whether that is all, for now."""
        try:
            return self.look(self._all)
        except Unavailable:  # stopped, or still reading
            return self._writer.stopped is not None
        except CryptoError as error:
            log.error("books not read", why=str(error))
            return True

    def _all(self, connection: Connection, rows: Rows) -> bool:
        """Rows first, which directory and redeeming wait for; then the log; then both together."""
        if not self._kept.is_whole:
            self._read_rows(connection, rows)
        if not self._read_log(connection):
            return False
        self.at(connection, rows)
        return True


def _is_due(award: Award, told: str, today: date) -> bool:
    if award.state is AwardState.COLLECTED:
        return award.collected > told
    return award.is_expired(today)


def _key_row(key: KeyRow) -> reconciling.KeyRow:
    return reconciling.KeyRow(key.minted, key.awards, key.presented, key.paid, bool(key.opened), key.returned)


def _voucher_row(voucher: VoucherRow) -> reconciling.VoucherRow:
    return reconciling.VoucherRow(
        spent=voucher.spent.hex(),
        key=(voucher.year, voucher.value),
        day=voucher.day,
        pickup=voucher.pickup.hex(),
        paid_day=voucher.paid_day,
    )
