"""What the operator may ask of the keeper, on a socket that only the keeper's own account reaches."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crypto.errors import BadFormat, BadSignature
from crypto.log_keys import LogVerifier
from crypto.notes import NoteVerifier
from tipline.keeper_client.connections import Connections
from tipline.keeper_client.entries import (
    entries_request,
    plain_row,
    read_bytes,
    read_hashes,
    read_objects,
)
from tipline.keeper_client.errors import KeeperLied, KeeperRolledBack, Refused
from tipline.keeper_client.export import Export
from tipline.keeper_client.heads import HeadQuestions, LogState
from tipline.keeper_client.known import KnownSigners
from tipline.keeper_client.log_keys import OPERATION as LOG_KEYS
from tipline.keeper_client.log_keys import LogKeys
from tipline.keeper_client.seen import SeenFile
from tipline.keeper_client.trust import Trust
from tipline.keeper_client.types import Row
from tipline.keeper_client.witnesses import CosignedNote, ask_cosigned
from tipline.roster.rules import KEEPER


class OperatorKeeper:
    """The keeper, as its operator sees it.

    Every method raises KeeperUnavailable when the keeper does not answer in time, Refused with the
    keeper's reason, and KeeperLied when an answer does not prove itself.
    """

    def __init__(
        self, socket: Path, origin: str, log_key: NoteVerifier, seen: SeenFile, timeout: float = 5.0
    ) -> None:
        """Use the operator's socket; nothing is asked yet. `timeout` is in seconds, for each question.

        Raises:
            BadFormat: the key is not that of the log of this name.
        """
        if log_key.name != origin:
            raise BadFormat("the key is of another log")
        self._connections = Connections(socket, timeout)
        self._keys = LogKeys(log_key, self._ask_log_keys)
        self._seen = seen
        self._trust = Trust(self._keys, seen, self._ask_consistency)
        self._heads = HeadQuestions(
            self._connections, self._keys.verifier, self._trust, seen, self._ask_consistency
        )

    def state(self) -> LogState:
        """Which log the keeper goes on with, or why it stopped."""
        return self._heads.state()

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._connections.close()

    def export(self) -> Export:
        """All entries up to a checkpoint; the export is itself an entry, signed by the keeper.

        A log that was set back is followed as a site follows it: by two members who were known before.
        """
        try:
            export = self._export()
        except KeeperRolledBack:
            self._heads.follow()
            self._trust = Trust(self._keys, self._seen, self._ask_consistency)
            export = self._export()
        self._seen.remember(KnownSigners.of(self._heads.found_log().roster))
        return export

    def _export(self) -> Export:
        seen = self._trust.seen_size()
        answer = self._connections.ask({"op": "export", "seen": seen})
        checkpoint = self._trust.checkpoint(answer, seen)
        statement = self._trust.entry(answer, checkpoint).entry.statement
        try:
            statement.verify({KEEPER: self._keys.verifier.present.key})
        except BadSignature as error:
            raise KeeperLied("the export is not stated by the keeper") from error
        return Export(statement, checkpoint, read_bytes(answer["checkpoint"]), self._plain_rows)

    @property
    def log_key(self) -> LogVerifier:
        """The log's key, and those after it as far as they were met."""
        return self._keys.verifier

    def signed_checkpoint(self) -> bytes:
        """The last published checkpoint, under both of the log's keys."""
        seen = self._trust.seen_size()
        answer = self._connections.ask({"op": "signed-checkpoint", "seen": seen})
        self._trust.checkpoint(answer, seen)
        return read_bytes(answer["checkpoint"])

    def cosigned(self) -> list[CosignedNote]:
        """The last countersigned note of each witness, not checked."""
        return ask_cosigned(self._connections)

    def start_anew(self) -> None:
        """Have the keeper's process end; whoever watches over it starts another."""
        self._connections.ask({"op": "start-anew"})

    def _plain_rows(self, digest: str, first: int, count: int) -> Iterator[Row]:
        """Entries without proofs: an export proves them together, at its end."""
        answer = self._connections.ask(entries_request(digest, first, count, 0, proofs=0))
        for row in read_objects(answer, "rows"):
            yield plain_row(row)

    def _ask_log_keys(self) -> Mapping[str, Any]:
        return self._connections.ask({"op": LOG_KEYS, "seen": 0})

    def _ask_consistency(self, old: int, new: int) -> list[bytes]:
        try:
            answer = self._connections.ask({"op": "consistency", "old": old, "new": new})
        except Refused as refused:
            raise KeeperRolledBack("the log does not reach as far as was seen before") from refused
        return read_hashes(answer, "consistency")
