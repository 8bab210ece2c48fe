"""The one writer: commits whatever waits, together, and only then lets answers go.

Order, for each batch: check the requests against the state as the batch makes it; write entries, tree, head
and pins in one transaction; commit durably; keep the signed head outside the database; take the new state
over; answer. Whatever fails before the end answers the whole batch with "unavailable" and shows nothing.
"""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tipline.keeper import storage
from tipline.keeper.asked import Asked
from tipline.keeper.batch import NO_ENTRY, Declined, Examiner, Outcome, follow_key
from tipline.keeper.claims import Claims
from tipline.keeper.digests.anew import take_anew, with_rows
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.seal import RowSeal, turn_of
from tipline.keeper.errors import KeeperFault, Refusal, RolledBack, StorageFailed, Unavailable
from tipline.keeper.folder import KeeperFolder, Kept
from tipline.keeper.found import find
from tipline.keeper.heads import LogHead, Stop, Stopped
from tipline.keeper.kept_time import KeptTime
from tipline.keeper.line import Answered, Line, Waiting, settled
from tipline.keeper.log import Head, Log, Published, read_head, store_seal
from tipline.keeper.rotation import finish
from tipline.keeper.schema import require_plain
from tipline.keeper.state import Draft, Memory
from tipline.keeper.succession import LogSigner
from tipline.roster import Roster

ACKNOWLEDGE: Final = "acknowledge"
CANNOT_READ: Final = "The keeper cannot read its log."
AGAIN: Final = "The keeper is taking an acknowledgement. Try again."

log = structlog.get_logger()


class Writer:
    """Holds the state of the log, and the only thread that changes it."""

    def __init__(
        self,
        tree: Log,
        folder: KeeperFolder,
        signer: LogSigner,
        seal: RowSeal,
        examiner: Examiner,
        time: KeptTime,
    ) -> None:
        self.turn = threading.Lock()
        """Held while a batch is carried out, until it is taken over: under it, memory is what is stored.

        Whoever takes it must have no transaction open.
        """
        self._log = tree
        self._seal = seal
        self._folder = folder
        self._signer = signer
        self._examiner = examiner
        self._verifiers = [signer.verifier]
        self._time = time
        self._claims = Claims(folder)
        self._claimed = False
        self._line = Line()
        self._thread = threading.Thread(target=self._run, name="keeper-writer", daemon=True)
        self._memory: Memory | None = None
        self._published = Published(0, b"")
        self._kept = b""  # the seal that lies outside the database
        self._stopped: Stopped | None = None
        self._doubt = ""

    @property
    def alive(self) -> bool:
        """Whether the writer runs. When it has died of a fault, the process must end and be started anew."""
        return self._thread.is_alive()

    @property
    def memory(self) -> Memory:
        """The state after the last commit.

        Raises:
            Unavailable: the log could not be read yet, or the keeper stopped.
        """
        if self._stopped:
            raise RolledBack(self._stopped.sentence)
        if self._memory is None:
            raise Unavailable(CANNOT_READ)
        return self._memory

    @property
    def published(self) -> Published:
        """The last checkpoint that may leave this process: it stands outside the database too."""
        _ = self.memory  # refuses when stopped
        if not self._published.checkpoint:
            raise Unavailable(CANNOT_READ)  # an acknowledged log whose new head does not lie outside yet
        return self._published

    @property
    def head(self) -> LogHead:
        """The head after the last commit."""
        return self._head_of(self.memory)

    @property
    def roster(self) -> Roster:
        """The roster by which the next statement is decided, also while the keeper is stopped."""
        return (self.found[0] if self._stopped else self.memory).roster

    @property
    def stopped(self) -> Stopped | None:
        """Why nothing is signed and read, and the two heads; None while all is well."""
        return self._stopped

    @property
    def found(self) -> tuple[Memory, Published]:
        """While the keeper is stopped: the state that the stored log gives, and its stored checkpoint.

        Raises:
            Unavailable: the keeper is not stopped, or what is stored is no log.
        """
        if self._stopped is None:
            raise Unavailable(CANNOT_READ)
        if self._memory is None:
            raise RolledBack(self._stopped.sentence)
        return self._memory, self._published

    @property
    def doubt(self) -> str:
        """What is wrong with the machine's clock and what to do; empty while nothing is."""
        return self._time.doubt(self._memory.last_at) if self._memory else ""

    def alarms(self) -> list[str]:
        """The codes of what is wrong with the log or its time."""
        stopped = self._stopped
        return [*([stopped.alarm] if stopped else []), *(["clock-back"] if self.doubt else [])]

    def distrust(self) -> RolledBack:
        """Stop, because a stored hash is missing: what is stored is not the tree that was signed."""
        lost, self._memory = (self._head_of(self._memory) if self._memory else None), None
        return self._stop(Stopped(Stop.DAMAGED, lost, None))

    def distrust_rows(self, changed: RowsChanged) -> RolledBack:
        """Stop, because a row is not the one that was written. Whoever calls this holds `turn`."""
        found = self._head_of(self._memory) if self._memory else None
        return self._stop(Stopped(Stop.ROWS, None, found, changed.table))

    def require_right_time(self) -> None:
        """Refuse what cannot be undone while the time is in doubt.

        Raises:
            Unavailable: with a sentence for the operator.
        """
        self._time.require_right()

    def start(self) -> None:
        """Read the log and begin to write. A log that must not go on is reported, and only that.

        Raises:
            SchemaChanged: the database does something by itself.
            Unavailable: the database cannot be read.
        """
        try:
            with self._log.database.reading() as session:
                require_plain(session.connection())
                memory = self._load(session.connection())
            self._time.begin(memory.last_at)
            self._publish(memory.head)
            if memory.roster.log_key != self._signer.verifier.key:
                self._commit([])  # the keys were changed while no keeper ran
            finish(self._folder)
        except RolledBack:  # said already: two members can resolve it while this process runs
            pass
        except (DBAPIError, PoolTimeout, OSError) as error:
            raise Unavailable(CANNOT_READ) from error
        self._tell_time()
        self._thread.start()

    def stop(self) -> None:
        """Finish what waits, then end."""
        self._line.close()
        if self._thread.ident is not None:
            self._thread.join()

    def submit(self, asked: Asked) -> Outcome:
        """Have a request decided and logged; returns after its batch is durable.

        Raises:
            Unavailable: nothing was decided, or nothing that may be shown.
        """
        answers: queue.SimpleQueue[Outcome | Unavailable] = queue.SimpleQueue()
        self.hand_in(asked, answers.put)
        return settled(answers.get())

    def hand_in(self, asked: Asked, answered: Answered) -> None:
        """The same without waiting: `answered` is told of the outcome, and must not wait for anything.

        Raises:
            Unavailable: nothing was decided, and `answered` is never called.
        """
        if self._stopped and not _acknowledges(asked):
            raise RolledBack(self._stopped.sentence)
        self._line.join(asked, answered)

    def _run(self) -> None:
        batch: list[Waiting] = []
        try:
            while batch := self._line.next_batch():
                self._serve(batch)
        except StorageFailed as failed:
            log.error("disk failed", why=str(failed))  # and the process ends: see `alive`
        finally:  # also when a fault ends this thread: nobody waits for ever
            self._line.refuse_all(batch)

    def _serve(self, batch: list[Waiting]) -> None:
        if self._stopped:
            batch, later = batch[:1], batch[1:]
            for waiting in later:
                waiting.answer(Unavailable(AGAIN))
        try:
            with self.turn:
                if self._stopped:
                    outcomes = [self._resolve(waiting.asked) for waiting in batch]
                else:
                    outcomes = self._commit([waiting.asked for waiting in batch])
        except Unavailable as unavailable:
            log.warning("batch unavailable", requests=len(batch), why=str(unavailable))
            for waiting in batch:
                waiting.answer(unavailable)
            return
        for waiting, outcome in zip(batch, outcomes, strict=True):
            waiting.answer(outcome)

    def _commit(self, batch: list[Asked]) -> list[Outcome]:
        try:
            return self._carry_out(batch)
        except RowsChanged as changed:
            raise self.distrust_rows(changed) from changed

    def _carry_out(self, batch: list[Asked]) -> list[Outcome]:
        with self._writing() as connection:
            memory = self._current(connection)
            draft = self._draft(memory, connection)
            draft.load_pins(batch)
            follow_key(draft, self._signer)
            # A reporter's visit alone brings nothing into the log: it would tell the second of it.
            if any(asked.settle is None for asked in batch):
                if self._time.is_right:
                    self._examiner.end_deputies(draft)
                self._examiner.watch(draft)
            outcomes = [self._examiner.decide(asked, draft) for asked in batch]
            head = self._store(draft, memory)
        self._adopt(memory, draft, head)
        return outcomes

    def _resolve(self, asked: Asked) -> Outcome:
        """Carry out an acknowledgement while the keeper is stopped; a refused one leaves nothing behind."""
        if self._stopped is None or self._memory is None or not _acknowledges(asked):
            raise RolledBack(self._stopped.sentence if self._stopped else CANNOT_READ)
        memory, stopped = self._memory, self._stopped
        try:
            with self._writing() as connection:
                if read_head(connection) != memory.head:
                    raise RolledBack(stopped.sentence)  # it was changed once more: start the keeper again
                draft = self._draft(memory, connection)
                draft.stopped = with_rows(stopped, connection)
                follow_key(draft, self._signer)
                outcome = self._examiner.decide(asked, draft)
                if isinstance(outcome, Declined):
                    raise Refusal(outcome.reason, NO_ENTRY)
                self._claims.take(connection)
                if stopped.what is Stop.ROWS:
                    draft.rows_anew = take_anew(connection)
                head = self._store(draft, memory)
        except Refusal as refusal:
            return Declined(refusal.reason, refusal.index)
        self._stopped, self._published = None, Published(0, b"")
        self._adopt(memory, draft, head)
        log.warning("log goes on", size=head.size, why="two members acknowledged how the log stands")
        if memory.changed_rows:  # of these they said nothing
            self.distrust_rows(RowsChanged(memory.changed_rows))
        return outcome

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that is durable when the block ends.

        Raises:
            Unavailable: it is not, or nobody can say.
            StorageFailed: the disk failed under it.
        """
        try:
            with self._log.database.changing() as connection:
                yield connection
        except (DBAPIError, PoolTimeout, OSError) as error:  # OSError: the lock beside the database
            raise _failed(error) from None

    def _draft(self, memory: Memory, connection: Connection) -> Draft:
        draft = Draft(memory, connection, self._time.unix())
        draft.keeps_nonces = self._time.was_set
        draft.check_leaf = partial(self._log.check_leaf, memory.head)
        draft.check_contains = lambda size, root: self._log.check_contains(
            self._log.signed_head(memory.head, self._verifiers), size, root
        )
        return draft

    def _store(self, draft: Draft, memory: Memory) -> Head:
        if draft.growth:
            draft.pins.store(draft.roster.clocks)
        if draft.rows.is_changed:
            draft.stored_rows = draft.rows.store()
        seal = partial(draft.seal, self._seal)
        if draft.growth:
            return draft.growth.store(draft.connection, self._signer, seal)
        if draft.stored_rows is None:
            return memory.head
        # Rows changed and no entry came: what was noted of a look that found nothing, for example.
        head = replace(memory.head, rows=seal(memory.head.checkpoint, turn_of(memory.head.rows) + 1))
        store_seal(draft.connection, head.rows)
        return head

    def _adopt(self, memory: Memory, draft: Draft, head: Head) -> None:
        self._claimed = True
        self._log.nodes.keep(draft.growth.finished)
        memory.adopt(draft, head)
        self._publish(head)
        self._tell_time()

    def _publish(self, head: Head) -> None:
        if (head.checkpoint, head.rows) == (self._published.checkpoint, self._kept):
            return
        has_entries = head.checkpoint != self._published.checkpoint
        try:
            self._folder.write_last_signed(head.checkpoint, head.rows)
            if not has_entries:  # no entry tells the second of a visit, so no file may: copies keep its times
                self._log.database.date_files(self._time)
                self._folder.date_last_signed(self._time)
        except OSError as error:
            raise _failed(error) from None
        self._kept = head.rows
        if has_entries:
            self._published = Published(head.size, head.checkpoint, self._published.size)

    def _current(self, connection: Connection) -> Memory:
        """The state, read anew when the stored head is not the one in memory.

        After a commit that failed without saying whether it took effect, it did when the head has grown.

        Raises:
            RolledBack: this keeper must not go on with what is stored.
        """
        memory = self._memory
        if memory is None or read_head(connection) != memory.head:
            memory = self._load(connection)
        if not self._claimed:
            self._claims.take(connection)
        elif not self._claims.is_ours(connection):
            raise self._stop(Stopped(Stop.SECOND, None, self._head_of(memory)))
        return memory

    def _load(self, connection: Connection) -> Memory:
        """Check the stored log against what was signed last and where, then build the state from it."""
        self._log.nodes.forget()
        signed = [Kept(self._published.checkpoint, self._kept), *self._folder.kept()]
        found = find(
            connection, self._log, self._verifiers, self._claims, self._seal, signed, self._time.unix()
        )
        self._memory, self._published = found.memory, found.published
        seals = [one.seal for one in signed if one.checkpoint == found.published.checkpoint]
        self._kept = next(filter(None, seals), b"")
        if found.stopped:
            raise self._stop(found.stopped)
        if found.memory is None:
            raise Unavailable(CANNOT_READ)
        return found.memory

    def _stop(self, stopped: Stopped) -> RolledBack:
        self._stopped = stopped
        log.error("log stopped", alarm=stopped.alarm, why=stopped.sentence)
        return RolledBack(stopped.sentence)

    def _head_of(self, memory: Memory) -> LogHead:
        return LogHead.of(self._log.signed_head(memory.head, self._verifiers))

    def _tell_time(self) -> None:
        """Say once what is wrong with the clock."""
        doubt = self.doubt
        if doubt and not self._doubt:
            log.warning("clock in doubt", why=doubt)
        self._doubt = doubt


def _acknowledges(asked: Asked) -> bool:
    return asked.statement is not None and asked.statement.body["type"] == ACKNOWLEDGE


def _failed(error: Exception) -> KeeperFault:
    """What is raised for a failed write. The error itself may quote a statement: it goes no further."""
    why = storage.sentence(error)
    return StorageFailed(why) if storage.is_not_durable(error) else Unavailable(why)
