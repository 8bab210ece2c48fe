"""The proofs that an answer must carry before anything in it is believed."""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from crypto.errors import BadFormat, CryptoError
from crypto.merkle import leaf_hash, verify_consistency, verify_inclusion
from crypto.notes import Checkpoint
from crypto.statements import DONE, Entry, Statement, commitment
from tipline.keeper_client.entries import read_hashes
from tipline.keeper_client.errors import EntryNotProven, KeeperLied, KeeperRolledBack
from tipline.keeper_client.frames import to_bytes
from tipline.keeper_client.log_keys import LogKeys
from tipline.keeper_client.seen import SeenFile
from tipline.keeper_client.types import Row

_NOTES: Final = 64
_AT: Final = re.compile(rb'\{"at":([0-9]{1,12}),')

AskConsistency = Callable[[int, int], list[bytes]]
"""(old size, new size) -> the keeper's proof."""


@dataclass(frozen=True)
class Proven:
    """An entry that stands in the log, and the encoded bytes and salt that it was committed with."""

    index: int
    salt: bytes
    data: bytes
    entry: Entry


class Trust:
    """Checks answers against the log's key and against everything this site has seen before.

    Source: RFC 9162, section 2.1 (proofs); docs/threat-model.md (a keeper that shows different logs).
    """

    def __init__(self, keys: LogKeys, seen: SeenFile, ask_consistency: AskConsistency) -> None:
        self._seen = seen
        # A note that was found to be signed stays so, and most answers bring one that was seen just before.
        self._opened = lru_cache(maxsize=_NOTES)(keys.open)
        self._ask_consistency = ask_consistency
        self._turn = threading.Lock()
        self._taken: tuple[bytes, Mapping[str, Any]] = (b"", {})
        """The note that this process made durable last, and its answer's proof from the one before it."""

    def seen_size(self) -> int:
        """The size to name in a question, so that the answer brings the proof from there."""
        note = self._seen.checkpoint
        return self._opened(note).size if note else 0

    def checkpoint(self, answer: Mapping[str, Any], asked_from: int) -> Checkpoint:
        """The answer's checkpoint, once it is known to continue the highest one seen, or to lead up to it.

        Raises:
            KeeperRolledBack: it does neither.
            KeeperLied: it is not signed by the log, or the proof has no form.
        """
        note = _bytes(answer, "checkpoint")
        if note == self._taken[0] == self._seen.checkpoint and asked_from <= self._opened(note).size:
            return self._opened(note)  # it is durable: nobody need be waited for
        with self._turn:  # most who wait here bring the very note that the one before them has remembered
            checkpoint = self._opened(note)
            if checkpoint.size < asked_from:
                raise KeeperRolledBack("the checkpoint is older than one that was seen before")
            while True:
                before = self._seen.checkpoint
                if before and self._is_settled(checkpoint, self._opened(before), answer, asked_from):
                    return checkpoint
                if self._seen.advance_checkpoint(note, before):
                    self._taken = (note, {name: answer.get(name) for name in ("before", "step")})
                    return checkpoint

    def _is_settled(
        self, checkpoint: Checkpoint, before: Checkpoint, answer: Mapping[str, Any], asked_from: int
    ) -> bool:
        """Check it against one seen before; True when it is not larger: nothing new."""
        small, large = (before, checkpoint) if before.size <= checkpoint.size else (checkpoint, before)
        if checkpoint.size == before.size:
            proof: list[bytes] = []
        elif large is checkpoint and before.size == asked_from:
            proof = read_hashes(answer, "consistency")
        elif large is checkpoint and before.size == answer.get("before"):
            proof = read_hashes(answer, "step")  # another thread has taken over the one published before
        elif small is checkpoint and self._follows(before, checkpoint.size):
            proof = read_hashes(self._taken[1], "step")  # another thread was faster with the next one
        else:  # another thread or worker has asked meanwhile
            proof = self._ask_consistency(small.size, large.size)
        try:
            verify_consistency(small.size, small.root, large.size, large.root, proof)
        except CryptoError as error:
            raise KeeperRolledBack("the log is not a continuation of what was seen before") from error
        return checkpoint.size <= before.size

    def _follows(self, latest: Checkpoint, size: int) -> bool:
        """Whether what brought the latest checkpoint proves it from a tree of this size."""
        note, proof = self._taken
        return bool(note) and self._opened(note) == latest and proof.get("before") == size

    def entry(
        self, answer: Mapping[str, Any], checkpoint: Checkpoint, expected: Statement | None = None
    ) -> Proven:
        """The answer's entry, once it is known to stand in the tree of a checked checkpoint.

        `expected` is the statement that it may hold; with it an entry is sooner taken apart.

        Raises:
            KeeperLied: it does not, or is no entry.
        """
        index = answer.get("index")
        if type(index) is not int:
            raise KeeperLied("an answer names no index")
        salt, data = _bytes(answer, "salt"), _bytes(answer, "entry")
        try:
            leaf = leaf_hash(commitment(salt, data))
            verify_inclusion(leaf, index, checkpoint.size, read_hashes(answer, "proof"), checkpoint.root)
            return Proven(index, salt, data, _taken_apart(data, expected))
        except CryptoError as error:
            raise EntryNotProven(index) from error

    def row(self, answer: Mapping[str, Any], checkpoint: Checkpoint) -> Row:
        """The answer's entry as it is handed on, or the leaf that is left of one that was forgotten.

        Raises:
            KeeperLied: it does not stand in the tree of a checked checkpoint.
        """
        if "leaf" not in answer:
            proven = self.entry(answer, checkpoint)
            return proven.index, proven.salt, proven.data
        index, leaf = answer.get("index"), _bytes(answer, "leaf")
        if type(index) is not int:
            raise KeeperLied("an answer names no index")
        try:
            verify_inclusion(leaf, index, checkpoint.size, read_hashes(answer, "proof"), checkpoint.root)
        except CryptoError as error:
            raise EntryNotProven(index) from error
        return index, leaf, b""

    def done(self, answer: Mapping[str, Any], asked_from: int, statement: Statement) -> Proven:
        """The entry of exactly this statement, done.

        Raises:
            KeeperLied: the proofs fail, or the entry holds another statement or outcome.
        """
        try:
            # Under a head that is signed and no more yet: while the first of several threads makes it
            # durable, the others need not stand still.
            proven = self.entry(answer, self._opened(_bytes(answer, "checkpoint")), statement)
        finally:  # what is wrong with the head is said before what is wrong with the entry
            self.checkpoint(answer, asked_from)
        logged = proven.entry.statement
        if proven.entry.outcome != DONE or logged.parts() != statement.parts():
            raise KeeperLied("the entry is not that of the statement")
        return proven


def _taken_apart(data: bytes, expected: Statement | None) -> Entry:
    """The entry in these bytes. That of an expected statement need not be read, only written and compared."""
    at = _AT.match(data)
    if at and expected is not None:
        entry = Entry(int(at[1]), DONE, "", expected)
        if entry.encode() == data:
            return entry
    return Entry.decode(data)


def _bytes(answer: Mapping[str, Any], name: str) -> bytes:
    try:
        return to_bytes(answer.get(name))
    except BadFormat as error:
        raise KeeperLied("an answer lacks a field") from error
