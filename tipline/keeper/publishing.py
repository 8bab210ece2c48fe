"""What leaves the house about the log: its checkpoint under both of its keys, and the chain of these keys.

Sources: c2sp.org/tlog-checkpoint; c2sp.org/tlog-cosignature (the second signature, type 0x06, under the log's
own name, with no time: the log makes no statement about when).
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

from crypto.cosignatures import UNTIMED, Cosigner, MldsaCosigner, cosign
from crypto.log_keys import LOG_KEY, Link
from crypto.mldsa import MldsaSigningKey
from crypto.statements import Entry
from tipline.keeper.answers import Answers
from tipline.keeper.fields import read_number
from tipline.keeper.log import Log, Published, Row
from tipline.keeper.writer import Writer
from tipline.keeper_client.frames import to_text

MAX_LINKS: Final = 1_000  # changes of the log's keys in one answer: more than a log will ever see
_MAX_BYTES: Final = 6 * 1024 * 1024

Prove = Callable[[list[Row], Published], list[dict[str, Any]]]


class Publishing:
    """Signs checkpoints a second time when they are asked for, each one once."""

    def __init__(
        self, writer: Writer, log: Log, answers: Answers, origin: str, key: MldsaSigningKey, prove: Prove
    ) -> None:
        self._writer = writer
        self._log = log
        self._answers = answers
        self._cosigner: Cosigner = MldsaCosigner(origin, key)
        self._key = key.public
        self._prove = prove
        self._turn = threading.Lock()
        self._signed: tuple[bytes, bytes] = (b"", b"")

    def note(self) -> bytes:
        """The last published checkpoint, with both signatures where the log names a second key.

        Raises:
            Unavailable: there is none that may leave now.
        """
        roster, checkpoint = self._writer.memory.roster, self._writer.published.checkpoint
        if roster.log_key_pq != self._key:  # a log from before there were two, until its keys are changed
            return checkpoint
        with self._turn:
            if self._signed[0] != checkpoint:
                self._signed = (checkpoint, cosign(checkpoint, [self._cosigner], UNTIMED))
            return self._signed[1]

    def links(self) -> tuple[Link, ...]:
        """The statements by which the present keys came after the first ones."""
        if not self._writer.memory.roster.past_log_keys:
            return ()
        rows = self._log.rows_of(LOG_KEY, self._writer.published.size, MAX_LINKS, max_bytes=_MAX_BYTES)
        return tuple(Link(index, Entry.decode(data).statement) for index, _, data in rows)

    def answer_note(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """As the plain checkpoint is answered, with this note."""
        answer = self._answers.head(self._writer.published, read_number(request, "seen"))
        return {**answer, "checkpoint": to_text(self.note())}

    def answer_links(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The entries of these statements with their proofs, for whoever meets a key that is not known."""
        published = self._writer.found[1] if self._writer.stopped else self._writer.published
        rows = self._log.rows_of(LOG_KEY, published.size, MAX_LINKS, max_bytes=_MAX_BYTES)
        head = self._answers.head(published, read_number(request, "seen"))
        return {"rows": self._prove(rows, published), **head}
