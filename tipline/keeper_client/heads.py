"""What a site asks a keeper that stopped, and when it follows one that was set back.

Nothing that is found here is believed as the log: it is what members look at before they sign.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from crypto.errors import CryptoError
from crypto.merkle import verify_consistency
from crypto.notes import Checkpoint, NoteVerifier, open_checkpoint
from tipline.keeper_client.connections import Connections
from tipline.keeper_client.entries import read_bytes, read_objects
from tipline.keeper_client.errors import KeeperLied, KeeperRolledBack
from tipline.keeper_client.known import KnownSigners
from tipline.keeper_client.roster import RosterCopy
from tipline.keeper_client.seen import SeenFile
from tipline.keeper_client.trust import AskConsistency, Proven, Trust
from tipline.roster import Member, Roster
from tipline.roster.acknowledging import ACKNOWLEDGE, ROLLBACK

TRIES: Final = 3
"""Looks at a log that grows meanwhile."""

Head = Mapping[str, Any]
"""{"size","root"}, or {} where there is none; what is found of changed rows has their root, "rows", too."""


@dataclass(frozen=True)
class Heads:
    """Two heads that do not fit together. `what` is what an `acknowledge` says; empty: none is taken.

    `table` is one of the keeper's, where it is about its rows and not about heads.
    """

    what: str
    stop: str
    lost: Head
    found: Head
    table: str = ""


@dataclass(frozen=True)
class LogState:
    """What the keeper says of itself: the head it goes on from, or why it stopped; what ails its clock.

    The sentences are the keeper's; empty where there is nothing to say.
    """

    size: int
    root: str
    stopped: str
    clock: str


@dataclass(frozen=True)
class FoundLog:
    """The log as the keeper finds it: a signed checkpoint, and the roster that its entries give."""

    checkpoint: Checkpoint
    note: bytes
    roster: Roster
    acknowledgements: tuple[Proven, ...]


class HeadQuestions:
    """Asks about heads. `seen` is the site's own memory."""

    def __init__(
        self,
        connections: Connections,
        log_key: NoteVerifier,
        trust: Trust,
        seen: SeenFile,
        consistency: AskConsistency,
    ) -> None:
        self._connections = connections
        self._log_key = log_key
        self._trust = trust
        self._seen = seen
        self._consistency = consistency

    def state(self) -> LogState:
        """Which log the keeper goes on with, or why it stopped."""
        answer = self._connections.ask({"op": "heads"})
        head = _head(answer, "head")
        size, root = (head["size"], head["root"]) if head else (0, "")
        return LogState(size, root, _text(answer, "sentence"), _text(answer, "clock"))

    def heads(self) -> Heads | None:
        """The two heads that somebody must decide about; None when the log goes on.

        Raises:
            KeeperLied: the answer has no form, or a head is not signed by the log.
        """
        answer = self._connections.ask({"op": "heads"})
        stopped = answer.get("stopped")
        if not isinstance(stopped, dict):
            raise KeeperLied("the answer names no heads")
        if stopped:
            return Heads(
                _text(answer, "as"),
                _text(stopped, "what"),
                _head(stopped, "lost"),
                _head(stopped, "found", with_rows=_text(answer, "table") != ""),
                _text(answer, "table"),
            )
        before = self._seen.checkpoint
        if not before:
            return None
        seen, found = self._open(before), self.found_log().checkpoint
        try:
            self._check_continues(seen, found)
        except KeeperRolledBack:
            return Heads(ROLLBACK, ROLLBACK, _fields(seen), _fields(found))
        return None

    def found_log(self) -> FoundLog:
        """The log as the keeper finds it, whether or not it continues what was seen before.

        Raises:
            KeeperLied: it does not prove itself.
        """
        for _ in range(TRIES):
            notes: set[bytes] = set()
            entries: list[Proven] = []

            def ask(
                after: int, notes: set[bytes] = notes, entries: list[Proven] = entries
            ) -> tuple[list[Proven], bool]:
                answer = self._connections.ask({"op": "found-roster", "after": after})
                note = read_bytes(answer.get("checkpoint"))
                notes.add(note)
                checkpoint = self._open(note)
                page = [self._trust.entry(row, checkpoint) for row in read_objects(answer, "rows")]
                entries += page
                return page, answer.get("more") is True

            roster = RosterCopy(self._log_key).current(ask)
            if len(notes) == 1:  # all pages are of one tree
                [note] = notes
                said = tuple(one for one in entries if one.entry.statement.body["type"] == ACKNOWLEDGE)
                return FoundLog(self._open(note), note, roster, said)
        raise KeeperLied("the log grows faster than it can be read")

    def known_roster(self) -> Roster:
        """The roster that is found; of its members only those are active whom this site knew before.

        Raises:
            KeeperLied: as `found_log`.
        """
        roster, known = self.found_log().roster, self._seen.known
        if known is None:
            return roster
        members: dict[str, Member] = {
            one.id: one if known.knows(one) else replace(one, active=False) for one in roster.members.values()
        }
        return replace(roster, members=members)

    def follow(self) -> None:
        """Go on with a log that was set back, once known people acknowledged just that.

        Raises:
            KeeperRolledBack: they did not.
            KeeperLied: the answer does not prove itself.
        """
        before, known = self._seen.checkpoint, self._seen.known
        if not before or known is None:
            raise KeeperRolledBack("this site does not remember whose word counts")
        found = self.found_log()
        for proven in found.acknowledgements:
            if self._allows(proven, known, self._open(before), found):
                self._seen.follow(found.note, KnownSigners.of(found.roster), before)
                return
        raise KeeperRolledBack("the log was set back, and nobody acknowledged it")

    def _allows(self, proven: Proven, known: KnownSigners, seen: Checkpoint, found: FoundLog) -> bool:
        """Whether an acknowledgement names what this site saw as lost, and what it finds as found.

        What is lost can no longer be proved to continue what this site saw. So either that very head is
        named, or it lies where the two say that entries are gone: behind what is found, before what is lost.
        What does not fit although it is no larger than what is found, is a fork of which they say nothing.
        """
        body = proven.entry.statement.body
        lost, kept = body["lost"], body["found"]
        if body["what"] != ROLLBACK or not lost:
            return False
        if lost != _fields(seen) and not kept["size"] < seen.size < lost["size"]:
            return False
        try:
            known.require_signed(proven.entry.statement)
            earlier = Checkpoint(found.checkpoint.origin, kept["size"], bytes.fromhex(kept["root"]))
            self._check_continues(earlier, found.checkpoint)
        except KeeperRolledBack:
            return False
        return proven.index >= int(kept["size"])

    def _check_continues(self, old: Checkpoint, new: Checkpoint) -> None:
        if old.size > new.size:
            raise KeeperRolledBack("the log is smaller than what was seen before")
        proof = [] if old.size == new.size else self._consistency(old.size, new.size)
        try:
            verify_consistency(old.size, old.root, new.size, new.root, proof)
        except CryptoError as error:
            raise KeeperRolledBack("the log is not a continuation of what was seen before") from error

    def _open(self, note: bytes) -> Checkpoint:
        try:
            checkpoint = open_checkpoint(note, [self._log_key])
        except CryptoError as error:
            raise KeeperLied("the checkpoint is not signed by the log") from error
        if checkpoint.origin != self._log_key.name:
            raise KeeperLied("the checkpoint is of another log")
        return checkpoint


def _fields(checkpoint: Checkpoint) -> Head:
    return {"size": checkpoint.size, "root": checkpoint.root.hex()}


def _text(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str):
        raise KeeperLied("the answer names no heads")
    return value


def _head(answer: Mapping[str, Any], name: str, *, with_rows: bool = False) -> Head:
    value, roots = answer.get(name), {"root", "rows"} if with_rows else {"root"}
    if value == {}:
        return {}
    if not isinstance(value, dict) or value.keys() != {"size"} | roots:
        raise KeeperLied("the answer names no heads")
    if type(value["size"]) is not int or not all(isinstance(value[root], str) for root in roots):
        raise KeeperLied("the answer names no heads")
    return value
