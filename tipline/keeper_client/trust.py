"""The proofs that an answer must carry before anything in it is believed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from crypto.errors import BadFormat, CryptoError
from crypto.merkle import HASH_LENGTH, leaf_hash, verify_consistency, verify_inclusion
from crypto.notes import Checkpoint, NoteVerifier, open_checkpoint
from crypto.statements import DONE, Entry, Statement, commitment
from tipline.keeper_client.errors import KeeperLied, KeeperRolledBack
from tipline.keeper_client.frames import to_bytes
from tipline.keeper_client.seen import SeenFile

MAX_PROOF: Final = 128  # hashes; a tree of 2^63 leaves needs fewer
_NOTES: Final = 64

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

    def __init__(self, log_key: NoteVerifier, seen: SeenFile, ask_consistency: AskConsistency) -> None:
        self._log_key = log_key
        self._seen = seen
        # A note that was found to be signed stays so, and most answers bring one that was seen just before.
        self._opened = lru_cache(maxsize=_NOTES)(self._open)
        self._ask_consistency = ask_consistency

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
        checkpoint = self._opened(note)
        if checkpoint.size < asked_from:
            raise KeeperRolledBack("the checkpoint is older than one that was seen before")
        proof = {asked_from: read_hashes(answer, "consistency")}
        while True:
            before = self._seen.checkpoint
            if before and self._is_settled(checkpoint, self._opened(before), proof):
                return checkpoint
            if self._seen.advance_checkpoint(note, before):
                return checkpoint

    def _is_settled(
        self, checkpoint: Checkpoint, before: Checkpoint, proofs: Mapping[int, list[bytes]]
    ) -> bool:
        """Check it against one seen before; True when it is not larger: nothing new."""
        small, large = sorted((checkpoint, before), key=lambda one: one.size)
        if checkpoint.size == before.size:
            proof: list[bytes] = []
        elif large is checkpoint and before.size in proofs:
            proof = proofs[before.size]
        else:  # another thread or worker has asked meanwhile
            proof = self._ask_consistency(small.size, large.size)
        try:
            verify_consistency(small.size, small.root, large.size, large.root, proof)
        except CryptoError as error:
            raise KeeperRolledBack("the log is not a continuation of what was seen before") from error
        return checkpoint.size <= before.size

    def entry(self, answer: Mapping[str, Any], checkpoint: Checkpoint) -> Proven:
        """The answer's entry, once it is known to stand in the tree of a checked checkpoint.

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
            return Proven(index, salt, data, Entry.decode(data))
        except CryptoError as error:
            raise KeeperLied("the entry is not in the log") from error

    def done(self, answer: Mapping[str, Any], asked_from: int, statement: Statement) -> Proven:
        """The entry of exactly this statement, done.

        Raises:
            KeeperLied: the proofs fail, or the entry holds another statement or outcome.
        """
        proven = self.entry(answer, self.checkpoint(answer, asked_from))
        logged = proven.entry.statement
        if proven.entry.outcome != DONE or logged.parts() != statement.parts():
            raise KeeperLied("the entry is not that of the statement")
        return proven

    def _open(self, note: bytes) -> Checkpoint:
        try:
            checkpoint = open_checkpoint(note, [self._log_key])
        except CryptoError as error:
            raise KeeperLied("the checkpoint is not signed by the log") from error
        if checkpoint.origin != self._log_key.name:
            raise KeeperLied("the checkpoint is of another log")
        return checkpoint


def read_hashes(answer: Mapping[str, Any], name: str) -> list[bytes]:
    """A proof: hashes one after the other.

    Raises:
        KeeperLied: no whole number of hashes, or too many.
    """
    data = _bytes(answer, name)
    if len(data) % HASH_LENGTH or len(data) > MAX_PROOF * HASH_LENGTH:
        raise KeeperLied("a proof has no form that a proof may have")
    return [data[start : start + HASH_LENGTH] for start in range(0, len(data), HASH_LENGTH)]


def _bytes(answer: Mapping[str, Any], name: str) -> bytes:
    try:
        return to_bytes(answer.get(name))
    except BadFormat as error:
        raise KeeperLied("an answer lacks a field") from error
