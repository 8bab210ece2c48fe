"""What an evidence pack is proved with: changes of the roster, one checkpoint, proofs under it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from crypto.merkle import HASH_LENGTH
from crypto.notes import Checkpoint
from crypto.statements import Statement
from tipline.keeper_client.connections import Connections
from tipline.keeper_client.entries import MAX_PROOF, read_bytes
from tipline.keeper_client.errors import KeeperLied
from tipline.keeper_client.trust import Proven, Trust

AT_ONCE: Final = 256
"""Proofs in one question."""

Log = Callable[[str, Statement, Mapping[str, Any]], tuple[Proven, Mapping[str, Any]]]
AskRoster = Callable[[int], tuple[list[Proven], bool]]
AskConsistency = Callable[[int, int], list[bytes]]


class ProofQuestions:
    """The questions. Errors are those of `AdminKeeper`."""

    def __init__(
        self,
        connections: Connections,
        trust: Trust,
        log: Log,
        ask_roster: AskRoster,
        consistency: AskConsistency,
    ) -> None:
        self._connections = connections
        self._trust = trust
        self._log = log
        self._ask_roster = ask_roster
        self.consistency = consistency
        """(old size, new size) -> the keeper's proof."""

    def state(self, statement: Statement) -> Proven:
        """Have a statement logged: its entry, as it stands in the log."""
        proven, _ = self._log("append", statement, {"slip": ""})
        return proven

    def changes(self) -> list[Proven]:
        """Every entry that changed the roster, entry 0 first."""
        found: list[Proven] = []
        more = True
        while more:
            rows, more = self._ask_roster(found[-1].index if found else -1)
            found += rows
            if more and not rows:
                raise KeeperLied("the answer promises more and brings nothing")
        return found

    def signed_checkpoint(self) -> tuple[bytes, Checkpoint]:
        """The last published checkpoint under both of the log's keys: note and contents."""
        seen = self._trust.seen_size()
        answer = self._connections.ask({"op": "signed-checkpoint", "seen": seen})
        checkpoint = self._trust.checkpoint(answer, seen)
        return read_bytes(answer.get("checkpoint")), checkpoint

    def inclusions(self, indices: Sequence[int], size: int) -> list[list[bytes]]:
        """Proofs of entries under one size, in their order; whoever uses them checks them."""
        found: list[list[bytes]] = []
        for start in range(0, len(indices), AT_ONCE):
            some = list(indices[start : start + AT_ONCE])
            answer = self._connections.ask({"op": "inclusions", "indices": some, "size": size})
            proofs = answer.get("proofs")
            if not isinstance(proofs, list) or len(proofs) != len(some):
                raise KeeperLied("the answer holds another number of proofs")
            found += [_hashes(proof) for proof in proofs]
        return found


def _hashes(value: object) -> list[bytes]:
    data = read_bytes(value)
    if len(data) % HASH_LENGTH or len(data) > MAX_PROOF * HASH_LENGTH:
        raise KeeperLied("a proof has no form that a proof may have")
    return [data[start : start + HASH_LENGTH] for start in range(0, len(data), HASH_LENGTH)]
