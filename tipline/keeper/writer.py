"""The one writer: commits whatever waits, together, and only then lets answers go.

Order, for each batch: check the requests against the state as the batch makes it; write entries, tree, head
and pins in one transaction; commit durably; keep the signed head outside the database; take the new state
over; answer. Whatever fails before the end answers the whole batch with "unavailable" and shows nothing.
"""

import queue
import threading
from dataclasses import dataclass, field
from typing import Final

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crypto.errors import CryptoError
from crypto.notes import NoteSigner
from tipline.clock import Clock
from tipline.keeper.asked import Asked
from tipline.keeper.batch import Examiner, Outcome
from tipline.keeper.errors import RolledBack, Unavailable
from tipline.keeper.folder import KeeperFolder
from tipline.keeper.log import Head, Log, Published, read_head
from tipline.keeper.replay import replay
from tipline.keeper.state import Draft, Memory
from tipline.roster import RosterRefused

MAX_BATCH: Final = 256
CANNOT_WRITE: Final = "The keeper cannot write its log."
CANNOT_READ: Final = "The keeper cannot read its log."
ROLLED_BACK: Final = "The keeper's log was rolled back or altered; nothing is signed until it is restored."
STOPPED: Final = "The keeper is stopping."

log = structlog.get_logger()


@dataclass
class _Waiting:
    asked: Asked
    answered: threading.Event = field(default_factory=threading.Event)
    outcome: Outcome | Unavailable | None = None

    def answer(self, outcome: Outcome | Unavailable) -> None:
        self.outcome = outcome
        self.answered.set()


class Writer:
    """Holds the state of the log, and the only thread that changes it."""

    def __init__(
        self, tree: Log, folder: KeeperFolder, signer: NoteSigner, examiner: Examiner, clock: Clock
    ) -> None:
        self._log = tree
        self._folder = folder
        self._signer = signer
        self._examiner = examiner
        self._clock = clock
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="keeper-writer", daemon=True)
        self._closing = threading.Lock()
        self._closed = False
        self._memory: Memory | None = None
        self._published = Published(0, b"")
        self._rolled_back = False

    @property
    def alive(self) -> bool:
        """Whether the writer runs. When it has died of a fault, the process must end and be started anew."""
        return self._thread.is_alive()

    @property
    def memory(self) -> Memory:
        """The state after the last commit.

        Raises:
            Unavailable: the log could not be read yet, or was rolled back.
        """
        if self._rolled_back:
            raise RolledBack(ROLLED_BACK)
        if self._memory is None:
            raise Unavailable(CANNOT_READ)
        return self._memory

    @property
    def published(self) -> Published:
        """The last checkpoint that may leave this process: it stands outside the database too."""
        _ = self.memory  # refuses when rolled back
        return self._published

    def start(self) -> None:
        """Read the log and begin to write. A log that was rolled back is reported, and only that.

        Raises:
            Unavailable: the database cannot be read.
        """
        try:
            with self._log.database.reading() as session:
                self._publish(self._load(session.connection()).head)
        except RolledBack:
            log.error("log rolled back")
        except (DBAPIError, PoolTimeout) as error:
            raise Unavailable(CANNOT_READ) from error
        self._thread.start()

    def stop(self) -> None:
        """Finish what waits, then end."""
        with self._closing:
            self._closed = True
            self._waiting.put(None)
        if self._thread.ident is not None:
            self._thread.join()

    def submit(self, asked: Asked) -> Outcome:
        """Have a request decided and logged; returns after its batch is durable.

        Raises:
            Unavailable: nothing was decided, or nothing that may be shown.
        """
        waiting = _Waiting(asked)
        with self._closing:
            if self._closed:
                raise Unavailable(STOPPED)
            self._waiting.put(waiting)
        waiting.answered.wait()
        if waiting.outcome is None:
            raise Unavailable(STOPPED)
        if isinstance(waiting.outcome, Unavailable):
            # A fresh one: the batch's own is shared by all threads that waited for it.
            raise Unavailable(str(waiting.outcome)) from waiting.outcome
        return waiting.outcome

    def _run(self) -> None:
        batch: list[_Waiting] = []
        try:
            while batch := self._next_batch():
                self._serve(batch)
        finally:  # also when a fault ends this thread: nobody waits for ever
            with self._closing:
                self._closed = True
            self._refuse_all(batch)

    def _next_batch(self) -> list[_Waiting]:
        """What waits now, at least one; empty at the end."""
        batch: list[_Waiting] = []
        following = self._waiting.get()
        while following is not None:
            batch.append(following)
            if len(batch) == MAX_BATCH:
                return batch
            try:
                following = self._waiting.get_nowait()
            except queue.Empty:
                return batch
        if batch:
            self._waiting.put(None)  # the end is seen again after this last batch
        return batch

    def _refuse_all(self, batch: list[_Waiting]) -> None:
        for waiting in batch:
            if not waiting.answered.is_set():
                waiting.answer(Unavailable(STOPPED))
        while True:
            try:
                left = self._waiting.get_nowait()
            except queue.Empty:
                return
            if left is not None:
                left.answer(Unavailable(STOPPED))

    def _serve(self, batch: list[_Waiting]) -> None:
        try:
            outcomes = self._commit([waiting.asked for waiting in batch])
        except Unavailable as unavailable:
            log.warning("batch unavailable", requests=len(batch))
            for waiting in batch:
                waiting.answer(unavailable)
            return
        for waiting, outcome in zip(batch, outcomes, strict=True):
            waiting.answer(outcome)

    def _commit(self, batch: list[Asked]) -> list[Outcome]:
        try:
            with self._log.database.writing() as session:
                connection = session.connection()
                memory = self._current(connection)
                draft = Draft(memory, connection, self._clock.unix())
                draft.load_pins(batch)
                self._examiner.end_deputies(draft)
                outcomes = [self._examiner.decide(asked, draft) for asked in batch]
                head = self._store(draft, memory)
        except (DBAPIError, PoolTimeout, OSError) as error:  # OSError: the lock beside the database
            raise Unavailable(CANNOT_WRITE) from error
        self._log.nodes.keep(draft.growth.finished)
        memory.adopt(draft, head)
        self._publish(head)
        return outcomes

    def _store(self, draft: Draft, memory: Memory) -> Head:
        if not draft.growth:
            return memory.head
        draft.pins.store(draft.roster.clocks)
        return draft.growth.store(draft.connection, self._signer)

    def _publish(self, head: Head) -> None:
        if head.checkpoint == self._published.checkpoint:
            return
        try:
            self._folder.write_last_signed(head.checkpoint)
        except OSError as error:
            raise Unavailable(CANNOT_WRITE) from error
        self._published = Published(head.size, head.checkpoint)

    def _current(self, connection: Connection) -> Memory:
        """The state, read anew when the stored head is not the one in memory.

        After a commit that failed without saying whether it took effect, it did when the head has grown.
        """
        if self._rolled_back:
            raise RolledBack(ROLLED_BACK)
        if self._memory is None or read_head(connection) != self._memory.head:
            return self._load(connection)
        return self._memory

    def _load(self, connection: Connection) -> Memory:
        """Check the stored log against the last signed checkpoint, then build the state from it."""
        self._log.nodes.forget()
        earlier = self._published.checkpoint or self._folder.read_last_signed()
        head = read_head(connection)
        try:
            if not earlier:
                raise RolledBack(ROLLED_BACK)
            published = self._log.check_continues(head, earlier, self._signer)
            memory = replay(connection, self._log, head, self._clock.unix())
        except (CryptoError, RolledBack, RosterRefused):
            self._rolled_back, self._memory = True, None
            raise RolledBack(ROLLED_BACK) from None
        self._memory, self._published = memory, published
        return memory
