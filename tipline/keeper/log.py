"""The log over the database: what a batch adds, and what is read and proved afterwards.

Sources: RFC 6962, section 2.1 (tree); c2sp.org/tlog-checkpoint (the signed head).
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update

from crypto.errors import BadProof
from crypto.merkle import (
    HASH_LENGTH,
    Frontier,
    Node,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
)
from crypto.notes import Checkpoint, NoteSigner, open_checkpoint, sign_checkpoint
from crypto.randomness import random_bytes
from crypto.statements import DONE, SALT_LENGTH, Entry, commitment
from tipline.database import Database
from tipline.keeper import models
from tipline.keeper.nodes import Nodes, store_nodes
from tipline.keeper.shapes import ROSTER_TYPES, TYPES

_HEAD_ID: Final = 1
LATEST_READINGS: Final = 20
"""Readings of one tip that its history names; auditors see all."""
_READ: Final = "read"
_AT_ONCE: Final = 64  # rows fetched together: one may have 128 KiB
_TIP = re.compile(r"[0-9a-f]{32}")
_ACTOR = re.compile(r"[a-z0-9]{1,16}")

# Built once: putting a statement together takes longer than carrying it out.
_HEAD: Final = select(models.head.c.size, models.head.c.frontier, models.head.c.checkpoint)
_NEW_HEAD: Final = insert(models.head)
_CHANGED_HEAD: Final = (
    update(models.head)
    .where(models.head.c.id == _HEAD_ID)
    .values({name: bindparam(name) for name in ("size", "frontier", "checkpoint")})
)
_NEW_ENTRY: Final = insert(models.entries)
_NEW_MENTION: Final = insert(models.mentions)

Row = tuple[int, bytes, bytes]
"""(index, salt of 32 bytes, encoded entry)."""


@dataclass(frozen=True)
class Head:
    """The tree as it was last stored: its size, its peaks, and its signed checkpoint."""

    size: int
    peaks: tuple[bytes, ...]
    checkpoint: bytes


@dataclass(frozen=True)
class Published:
    """A checkpoint that may leave this process, and its size."""

    size: int
    checkpoint: bytes


@dataclass(frozen=True)
class Logged:
    """One entry as it stands in the log."""

    index: int
    salt: bytes
    data: bytes


class Growth:
    """What one batch adds to the tree. Nothing of it counts before its transaction has committed."""

    def __init__(self, head: Head) -> None:
        self._frontier = Frontier(head.size, head.peaks)
        self._rows: list[dict[str, Any]] = []
        self._mentions: list[dict[str, Any]] = []
        self.finished: list[Node] = []

    @property
    def next_index(self) -> int:
        """Where the next entry will stand."""
        return self._frontier.size

    @property
    def root(self) -> bytes:
        """The root of the tree with what was added so far."""
        return self._frontier.root()

    def append(self, entry: Entry) -> Logged:
        """Add one entry under a fresh salt."""
        logged = Logged(self.next_index, random_bytes(SALT_LENGTH), entry.encode())
        self.finished += self._frontier.append(leaf_hash(commitment(logged.salt, logged.data)))
        self._rows.append(_row(logged, entry))
        if entry.outcome == DONE:
            tips = entry.statement.body.get("tips", ())
            self._mentions += [{"tip": bytes.fromhex(tip), "index": logged.index} for tip in tips]
        return logged

    def store(self, connection: Connection, signer: NoteSigner) -> Head:
        """Write entries, nodes and the new head, signed by the log's key whose name is the origin."""
        checkpoint = Checkpoint(signer.name, self._frontier.size, self.root)
        new = Head(checkpoint.size, self._frontier.peaks, sign_checkpoint(checkpoint, [signer]))
        connection.execute(_NEW_ENTRY, self._rows)
        if self._mentions:
            connection.execute(_NEW_MENTION, self._mentions)
        store_nodes(connection, self.finished)
        values = {"size": new.size, "frontier": b"".join(new.peaks), "checkpoint": new.checkpoint}
        if not connection.execute(_CHANGED_HEAD, values).rowcount:
            connection.execute(_NEW_HEAD, values | {"id": _HEAD_ID})
        return new

    def __bool__(self) -> bool:
        return bool(self._rows)


class Log:
    """The stored log: its head, its entries and their proofs."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.nodes = Nodes(database)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof that the entry stands at `index` of the tree of this size.

        Raises:
            BadProof: it does not.
        """
        return inclusion_proof(index, size, self.nodes)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of `new` entries begins with that of `old`.

        Raises:
            BadProof: there is no such tree.
        """
        return consistency_proof(old, new, self.nodes)

    def check_continues(self, head: Head, earlier: bytes, signer: NoteSigner) -> Published:
        """Check that the stored tree begins with the one of an earlier checkpoint of ours; return that one.

        Raises:
            BadProof: it does not, or is smaller.
            BadFormat, BadSignature: the earlier checkpoint is none of ours.
        """
        old = open_checkpoint(earlier, [signer.verifier])
        new = open_checkpoint(head.checkpoint, [signer.verifier])
        if (new.size, new.root) != (head.size, Frontier(head.size, head.peaks).root()):
            raise BadProof("the stored head is not what was signed")
        verify_consistency(old.size, old.root, new.size, new.root, self.consistency(old.size, new.size))
        return Published(old.size, earlier)

    def rows(self, first: int, count: int, *, max_bytes: int) -> list[Row]:
        """Entries from `first` on: at most `count` and, after one, at most `max_bytes` together."""
        index = models.entries.c.index
        return self._rows((index >= first) & (index < first + count), count, max_bytes)

    def roster_rows(self, after: int, before: int, count: int, *, max_bytes: int) -> list[Row]:
        """The same for done statements that made the roster, between two indices, both left out."""
        table = models.entries.c
        changes = table.type.in_(ROSTER_TYPES) & (table.outcome == DONE)
        return self._rows(changes & (table.index > after) & (table.index < before), count, max_bytes)

    def rows_about(self, tip: bytes, after: int, before: int, count: int, *, max_bytes: int) -> list[Row]:
        """The same for done statements that name a tip (16 bytes), alone or among others.

        Of its readings only the latest: a tip that is worked on for months has hundreds.
        """
        table, mentions = models.entries.c, models.mentions.c
        its = (table.tip == tip) & (table.outcome == DONE)
        reads = select(table.index).where(its, table.type == _READ)
        latest = reads.order_by(table.index.desc()).limit(LATEST_READINGS)
        among = (table.outcome == DONE) & table.index.in_(select(mentions.index).where(mentions.tip == tip))
        done = (its & (table.type != _READ)) | table.index.in_(latest) | among
        return self._rows(done & (table.index > after) & (table.index < before), count, max_bytes)

    def _rows(self, condition: ColumnElement[bool], count: int, max_bytes: int) -> list[Row]:
        table = models.entries.c
        query = select(table.index, table.salt, table.entry).where(condition)
        query = query.order_by(table.index).limit(count)
        found: list[Row] = []
        taken = 0
        with self.database.reading() as session:
            for index, salt, entry in session.execute(query, execution_options={"yield_per": _AT_ONCE}):
                taken += len(entry)
                if found and taken > max_bytes:
                    break
                found.append((index, salt, entry))
        return found


def read_head(connection: Connection) -> Head:
    """The stored head; of an empty log, size 0 and no checkpoint."""
    row = connection.execute(_HEAD).first()
    if row is None:
        return Head(0, (), b"")
    size, frontier, checkpoint = row
    starts = range(0, len(frontier), HASH_LENGTH)
    return Head(size, tuple(frontier[start : start + HASH_LENGTH] for start in starts), checkpoint)


def _row(logged: Logged, entry: Entry) -> dict[str, Any]:
    # Only what has its proper form goes into the columns: a refused body may hold anything.
    body = entry.statement.body
    tip, kind, actor = body.get("tip"), body["type"], body["by"][0]
    return {
        "index": logged.index,
        "at": entry.at,
        "type": kind if kind in TYPES else "unknown",
        "actor": actor if _ACTOR.fullmatch(actor) else "",
        "tip": bytes.fromhex(tip) if isinstance(tip, str) and _TIP.fullmatch(tip) else b"",
        "outcome": entry.outcome,
        "reason": entry.reason,
        "salt": logged.salt,
        "entry": logged.data,
    }
