"""The log's keys as a site knows them: the one that its settings pin, and those that came after it.

A site that meets a key which it does not know asks for the entries that changed the keys. Each is signed by a
key that the site knows by then, and all stand in the tree of a checkpoint that the last one signed.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from crypto.errors import CryptoError
from crypto.log_keys import LOG_KEY, Link, LogVerifier
from crypto.merkle import leaf_hash, verify_inclusion
from crypto.notes import Checkpoint, NoteVerifier, open_checkpoint
from crypto.statements import DONE, Entry, commitment
from tipline.keeper_client.entries import read_bytes, read_hashes, read_objects
from tipline.keeper_client.errors import KeeperLied

OPERATION = "log-keys"

Read = TypeVar("Read")


class LogKeys:
    """What one site knows, and how it learns more. One object serves all threads."""

    def __init__(self, log_key: NoteVerifier, ask: Callable[[], Mapping[str, Any]] | None) -> None:
        """Begin with the pinned key; `ask` puts the question to the keeper."""
        self.verifier = LogVerifier.of(log_key)
        self._ask = ask

    def open(self, note: bytes) -> Checkpoint:
        """Check and read a checkpoint of this log.

        Raises:
            KeeperLied: it is not signed by the log.
        """
        return self.following(lambda: _open(note, self.verifier))

    def following(self, read: Callable[[], Read]) -> Read:
        """Read something that the log signed, and once more where its keys have changed meanwhile.

        Raises:
            KeeperLied: as `read` does, when there was nothing to learn.
        """
        known = len(self.verifier.links)
        try:
            return read()
        except KeeperLied:
            self._learn()
            if len(self.verifier.links) == known:
                raise
            return read()

    def _learn(self) -> None:
        if self._ask is None:
            return
        answer = self._ask()
        rows = read_objects(answer, "rows")
        if not rows:
            return
        links = [_link(row) for row in rows]
        try:
            further = self.verifier.extended(links)
        except CryptoError as error:
            raise KeeperLied("the log's keys do not lead from one to the next") from error
        checkpoint = _open(read_bytes(answer.get("checkpoint")), further)
        for row in rows:
            _check_place(row, checkpoint)
        self.verifier.follow(links)


def _open(note: bytes, verifier: LogVerifier) -> Checkpoint:
    try:
        checkpoint = open_checkpoint(note, [verifier])
    except CryptoError as error:
        raise KeeperLied("the checkpoint is not signed by the log") from error
    if checkpoint.origin != verifier.name:
        raise KeeperLied("the checkpoint is of another log")
    return checkpoint


def _link(row: Mapping[str, Any]) -> Link:
    index = row.get("index")
    if type(index) is not int:
        raise KeeperLied("an answer names no index")
    try:
        entry = Entry.decode(read_bytes(row.get("entry")))
    except CryptoError as error:
        raise KeeperLied("an entry is none") from error
    if entry.outcome != DONE or entry.statement.body["type"] != LOG_KEY:
        raise KeeperLied("the answer holds other entries than were asked for")
    return Link(index, entry.statement)


def _check_place(row: Mapping[str, Any], checkpoint: Checkpoint) -> None:
    try:
        leaf = leaf_hash(commitment(read_bytes(row.get("salt")), read_bytes(row.get("entry"))))
        verify_inclusion(leaf, row["index"], checkpoint.size, read_hashes(row, "proof"), checkpoint.root)
    except CryptoError as error:
        raise KeeperLied("the entry is not in the log") from error
