"""Asks each witness to countersign the last published checkpoint, beside the writer.

Each witness has a thread of its own while it is asked, so that one that hangs delays neither the others nor
anything else. What fails is tried again a minute later. Source: c2sp.org/tlog-witness.
"""

import re
import threading
import time
from http import HTTPStatus
from http.client import HTTPException
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crypto.cosignatures import open_cosigned, with_lines
from crypto.errors import BadFormat, CryptoError
from crypto.notes import Checkpoint, NoteVerifier, open_checkpoint
from tipline.calling import Answer, get, post
from tipline.clock import Clock
from tipline.database import Database
from tipline.keeper.errors import Unavailable
from tipline.keeper.heads import LogHead
from tipline.keeper.log import Log
from tipline.keeper.publishing import Publishing
from tipline.keeper.witnessing.stored import (
    ROOT_UNKNOWN,
    Disagreement,
    keep,
    keep_disagreement,
    latest,
)
from tipline.keeper.writer import Writer
from tipline.roster.witnesses import Witness, WitnessPolicy
from tipline.witness.folder import hash_of
from tipline.witness.requests import add_checkpoint

INTERVAL_SECONDS: Final = 60.0
AGAIN_SECONDS: Final = 600
"""A witness that has countersigned the present head is asked again after this long: does it still live?"""
STOP_SECONDS: Final = 2.0
"""How long the end of the keeper waits for questions that are under way."""
_TRIES: Final = 3
_SIZE: Final = "text/x.tlog.size"
_NUMBER = re.compile(rb"(0|[1-9][0-9]{0,18})\n")

log = structlog.get_logger()


class NotCountersigned(Exception):
    """A witness answered, and not with what was asked of it."""


class Asking:
    """The thread that asks, and how to ask once."""

    def __init__(
        self,
        writer: Writer,
        publishing: Publishing,
        tree: Log,
        database: Database,
        verifier: NoteVerifier,
        clock: Clock,
    ) -> None:
        self._writer = writer
        self._publishing = publishing
        self._log = tree
        self._database = database
        self._verifier = verifier
        self._clock = clock
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper-witnesses", daemon=True)
        self._under_way: dict[str, threading.Thread] = {}

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self) -> None:
        """Ask no more. A question that hangs may outlast this: it changes nothing any more."""
        self._ended.set()
        ends = time.monotonic() + STOP_SECONDS
        for thread in (self._thread, *self._under_way.values()):
            if thread.ident is not None:
                thread.join(max(0.0, ends - time.monotonic()))

    def _run(self) -> None:
        while True:
            for witness in self._policy().witnesses:
                self._begin(witness)
            if self._ended.wait(INTERVAL_SECONDS):
                return

    def _policy(self) -> WitnessPolicy:
        try:
            return self._writer.memory.roster.witnesses
        except Unavailable:  # stopped: nothing leaves the house
            return WitnessPolicy()

    def _begin(self, witness: Witness) -> None:
        before = self._under_way.get(witness.name)
        if before is not None and before.is_alive():
            return
        thread = threading.Thread(target=self.ask, args=(witness,), name="keeper-witness", daemon=True)
        self._under_way[witness.name] = thread
        thread.start()

    def ask(self, witness: Witness) -> None:
        """Ask one witness, if its time has come, and keep what it says. Whatever fails is only told."""
        try:
            self._ask(witness)
        except (OSError, HTTPException, ValueError, CryptoError, NotCountersigned) as error:
            log.warning("witness did not countersign", witness=witness.name, why=_why(error))
        except (Unavailable, DBAPIError, PoolTimeout) as error:
            log.warning("witness not asked", witness=witness.name, why=type(error).__name__)

    def _ask(self, witness: Witness) -> None:
        with self._database.reading() as session:
            known = latest(session.connection()).get(witness.name)
        note, head = self._published()
        if known and known.size == head.size and 0 <= self._clock.unix() - known.at < AGAIN_SECONDS:
            return
        old = known.size if known and known.size <= head.size else 0
        for _ in range(_TRIES):
            proof = self._log.consistency(old, head.size) if old else []
            answer = post(f"{witness.url}/add-checkpoint", add_checkpoint(old, proof, note))
            if answer.status == HTTPStatus.OK:
                return self._keep(witness, head, note, answer)
            if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
                return self._disagree(witness, head, old)
            old = _size_of(answer)
            note, head = self._published()  # the log may have grown, and somebody else have offered it
            if old > head.size:
                return self._disagree(witness, head, old)
        raise NotCountersigned("it names another size each time")

    def _published(self) -> tuple[bytes, Checkpoint]:
        note = self._publishing.note()
        return note, open_checkpoint(note, [self._verifier])

    def _keep(self, witness: Witness, head: Checkpoint, note: bytes, answer: Answer) -> None:
        signed = open_cosigned(with_lines(note, answer.body), [self._verifier], witness.keys)
        if {one.verifier for one in signed.by} != set(witness.keys):
            raise NotCountersigned("not all of its keys signed")
        whole = with_lines(note, answer.body)
        if self._ended.is_set():
            return
        with self._database.changing() as connection:
            keep(connection, witness.name, head, whole, self._clock.unix(), self._clock.today())

    def _disagree(self, witness: Witness, head: Checkpoint, size: int) -> None:
        """Keep that the witness holds another log, with its head where it shows one that this log signed."""
        theirs, note = LogHead(size, ROOT_UNKNOWN), b""
        try:
            answer = get(f"{witness.url}/{hash_of(head.origin)}/checkpoint")
            if answer.status == HTTPStatus.OK:
                theirs, note = LogHead.of(open_checkpoint(answer.body, [self._verifier])), answer.body
        except (OSError, HTTPException, CryptoError) as error:
            log.warning("witness shows no head", witness=witness.name, why=_why(error))
        found = Disagreement(witness.name, LogHead.of(head), theirs, note)
        log.error("witness disagrees", witness=witness.name, ours=str(found.ours), theirs=str(theirs))
        if self._ended.is_set():
            return
        with self._database.changing() as connection:
            keep_disagreement(connection, found)


def _size_of(answer: Answer) -> int:
    """The size that a 409 names.

    Raises:
        NotCountersigned: the answer is another one.
    """
    number = _NUMBER.fullmatch(answer.body)
    if answer.status != HTTPStatus.CONFLICT or answer.content_type != _SIZE or number is None:
        raise NotCountersigned(f"it answered {answer.status}")
    return int(number[1])


def _why(error: Exception) -> str:
    """What somebody else's machine said stays out of the operator's log, but for the kind of it."""
    return str(error) if isinstance(error, NotCountersigned | BadFormat) else type(error).__name__
