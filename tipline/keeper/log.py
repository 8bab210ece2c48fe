"""The log over the database: what a batch adds, and what is read and proved afterwards.

Sources: RFC 6962, section 2.1 (tree); c2sp.org/tlog-checkpoint (the signed head).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, bindparam, insert, select, union_all, update

from crypto.errors import BadProof
from crypto.merkle import (
    HASH_LENGTH,
    Frontier,
    Node,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from crypto.notes import Checkpoint, NoteSigner, NoteVerifier, open_checkpoint, sign_checkpoint
from crypto.randomness import random_bytes
from crypto.statements import DONE, SALT_LENGTH, Entry, commitment
from tipline.database import Database
from tipline.keeper import models
from tipline.keeper.facets import facets_row
from tipline.keeper.nodes import Nodes, store_nodes
from tipline.keeper.prepared import Prepared
from tipline.keeper.shapes import ROSTER_TYPES, TYPES
from tipline.keeper_client.histories import LATEST_READINGS
from tipline.lookups.facets import facets_of

_HEAD_ID: Final = 1
_READ: Final = "read"
UNTOLD: Final = ("alert", "alert-review", "decoy")
"""What names a tip and is for auditors alone: no reader of the tip is told of it."""
_AT_ONCE: Final = 64  # rows fetched together: one may have 128 KiB
_CHANGES: Final = frozenset(ROSTER_TYPES)
_TIP = re.compile(r"[0-9a-f]{32}")
_ACTOR = re.compile(r"[a-z0-9]{1,16}")

# Built once: putting a statement together takes longer than carrying it out.
_HEAD: Final = Prepared(
    select(models.head.c.size, models.head.c.frontier, models.head.c.checkpoint, models.head.c.rows)
)
_NEW_HEAD: Final = Prepared(insert(models.head))
_CHANGED_HEAD: Final = Prepared(
    update(models.head)
    .where(models.head.c.id == _HEAD_ID)
    .values({name: bindparam(name) for name in ("size", "frontier", "checkpoint", "rows")})
)
_NEW_SEAL: Final = Prepared(
    update(models.head).where(models.head.c.id == _HEAD_ID).values(rows=bindparam("rows"))
)
_NEW_ENTRY: Final = Prepared(insert(models.entries))
_NEW_MENTION: Final = Prepared(insert(models.mentions))
_NEW_FACETS: Final = Prepared(insert(models.facets))


def about() -> Select[int, bytes, bytes]:
    """Done statements that name a tip, between two indices, both left out: of its readings the latest.

    Their places first, each kind by its own index: one condition over all would walk through the whole log.
    """
    table, mentions = models.entries.c, models.mentions.c
    its = (table.tip == bindparam("tip")) & (table.outcome == DONE)
    # Written so that the index over types does not offer itself: it holds every reading there is.
    reads = select(table.index).where(its, table.type + "" == _READ)
    latest = reads.order_by(table.index.desc()).limit(LATEST_READINGS).subquery()
    told = select(table.index).where(its, table.type.not_in((_READ, *UNTOLD)))
    among = select(mentions.index).where(mentions.tip == bindparam("tip"))
    places = union_all(told, select(latest.c.index), among)
    between = (table.index > bindparam("after")) & (table.index < bindparam("before"))
    rows = select(table.index, table.salt, table.entry).where(table.index.in_(places), between)
    return rows.where(table.outcome == DONE).order_by(table.index).limit(bindparam("count"))


_ABOUT: Final = about()

Row = tuple[int, bytes, bytes]
"""(index, salt of 32 bytes, encoded entry); of a forgotten one (index, commitment of 32 bytes, nothing)."""


@dataclass(frozen=True)
class Head:
    """The tree as it was last stored: its size, its peaks, its signed checkpoint, and the seal of the rows.

    The seal (`tipline.keeper.digests.seal`) is empty where there is none.
    """

    size: int
    peaks: tuple[bytes, ...]
    checkpoint: bytes
    rows: bytes = b""


@dataclass(frozen=True)
class Published:
    """A checkpoint that may leave this process, its size, and that of the one published before it (or 0)."""

    size: int
    checkpoint: bytes
    before: int = 0


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
        self._facets: list[dict[str, Any]] = []
        self.changes: list[tuple[int, bytes]] = []
        """Index and leaf of those new entries that change the roster."""
        self.finished: list[Node] = []

    @property
    def next_index(self) -> int:
        """Where the next entry will stand."""
        return self._frontier.size

    @property
    def root(self) -> bytes:
        """The root of the tree with what was added so far."""
        return self._frontier.root()

    def added(self) -> Iterator[tuple[int, bytes]]:
        """Index and encoding of what was added so far: no query sees it before the batch is stored."""
        yield from ((row["index"], row["entry"]) for row in self._rows)

    def append(self, entry: Entry) -> Logged:
        """Add one entry under a fresh salt."""
        logged = Logged(self.next_index, random_bytes(SALT_LENGTH), entry.encode())
        leaf = leaf_hash(commitment(logged.salt, logged.data))
        self.finished += self._frontier.append(leaf)
        self._rows.append(columns_of(logged, entry))
        self._facets.append(facets_row(logged.index, facets_of(entry)))
        if entry.outcome == DONE:
            if entry.statement.body["type"] in _CHANGES:
                self.changes.append((logged.index, leaf))
            tips = entry.statement.body.get("tips", ())
            self._mentions += [{"tip": bytes.fromhex(tip), "index": logged.index} for tip in tips]
        return logged

    def store(self, connection: Connection, signer: NoteSigner, seal: Callable[[bytes], bytes]) -> Head:
        """Write entries, nodes and the new head, signed by the log's key whose name is the origin.

        `seal` makes the seal of the rows under a signed checkpoint.
        """
        checkpoint = Checkpoint(signer.name, self._frontier.size, self.root)
        note = sign_checkpoint(checkpoint, [signer])
        new = Head(checkpoint.size, self._frontier.peaks, note, seal(note))
        _NEW_ENTRY.run(connection, self._rows)
        _NEW_FACETS.run(connection, self._facets)
        if self._mentions:
            _NEW_MENTION.run(connection, self._mentions)
        store_nodes(connection, self.finished)
        values = {"size": new.size, "frontier": b"".join(new.peaks), "checkpoint": note, "rows": new.rows}
        if not _CHANGED_HEAD.run(connection, values).rowcount:
            _NEW_HEAD.run(connection, values | {"id": _HEAD_ID})
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

    def check_leaf(self, head: Head, index: int, leaf: bytes) -> None:
        """Check that a leaf stands at an index of the tree of a head.

        Raises:
            BadProof: it does not.
        """
        root = Frontier(head.size, head.peaks).root()
        verify_inclusion(leaf, index, head.size, self.inclusion(index, head.size), root)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of `new` entries begins with that of `old`.

        Raises:
            BadProof: there is no such tree.
        """
        return consistency_proof(old, new, self.nodes)

    def signed_head(self, head: Head, verifiers: Sequence[NoteVerifier]) -> Checkpoint:
        """The checkpoint of the stored head, once it is known to be that of the stored peaks.

        Raises:
            BadProof: it is another one's.
            BadFormat, BadSignature: it is none of ours.
        """
        checkpoint = open_checkpoint(head.checkpoint, verifiers)
        if (checkpoint.size, checkpoint.root) != (head.size, Frontier(head.size, head.peaks).root()):
            raise BadProof("the stored head is not what was signed")
        return checkpoint

    def check_contains(self, stored: Checkpoint, size: int, root: bytes) -> None:
        """Check that the tree of the stored head begins with one of this size and root.

        Raises:
            BadProof: it does not, or is smaller.
        """
        verify_consistency(size, root, stored.size, stored.root, self.consistency(size, stored.size))

    def rows(self, first: int, count: int, *, max_bytes: int) -> list[Row]:
        """Entries from `first` on: at most `count` and, after one, at most `max_bytes` together."""
        index = models.entries.c.index
        return self._rows((index >= first) & (index < first + count), count, max_bytes)

    def roster_rows(self, after: int, before: int, count: int, *, max_bytes: int) -> list[Row]:
        """The same for done statements that made the roster, between two indices, both left out."""
        table = models.entries.c
        changes = table.type.in_(ROSTER_TYPES) & (table.outcome == DONE)
        return self._rows(changes & (table.index > after) & (table.index < before), count, max_bytes)

    def rows_of(self, kind: str, before: int, count: int, *, max_bytes: int) -> list[Row]:
        """The same for done statements of one type, before an index."""
        table = models.entries.c
        of_kind = (table.type == kind) & (table.outcome == DONE)
        return self._rows(of_kind & (table.index < before), count, max_bytes)

    def rows_at(self, indices: Sequence[int], *, max_bytes: int) -> list[Row]:
        """The same for these indices, in their order."""
        table = models.entries.c
        query = select(table.index, table.salt, table.entry).where(table.index.in_(indices))
        found: list[Row] = []
        taken = 0
        with self.database.reading() as session:
            rows = {index: (index, salt, entry) for index, salt, entry in session.execute(query)}
        for index in indices:
            if index not in rows:
                raise BadProof("a stored entry is gone")
            taken += len(rows[index][2])
            if found and taken > max_bytes:
                break
            found.append(rows[index])
        return found

    def rows_about(self, tip: bytes, after: int, before: int, count: int, *, max_bytes: int) -> list[Row]:
        """The same for done statements that name a tip (16 bytes), alone or among others.

        Of its readings only the latest: a tip that is worked on for months has hundreds.
        """
        values = {"tip": tip, "after": after, "before": before, "count": count}
        return self._taken(_ABOUT, values, max_bytes)

    def _rows(self, condition: ColumnElement[bool], count: int, max_bytes: int) -> list[Row]:
        table = models.entries.c
        query = select(table.index, table.salt, table.entry).where(condition)
        return self._taken(query.order_by(table.index).limit(count), {}, max_bytes)

    def _taken(
        self, query: Select[int, bytes, bytes], values: Mapping[str, Any], max_bytes: int
    ) -> list[Row]:
        found: list[Row] = []
        taken = 0
        with self.database.reading() as session:
            for index, salt, entry in session.execute(
                query, values, execution_options={"yield_per": _AT_ONCE}
            ):
                taken += len(entry)
                if found and taken > max_bytes:
                    break
                found.append((index, salt, entry))
        return found


def read_head(connection: Connection) -> Head:
    """The stored head; of an empty log, size 0 and no checkpoint."""
    row = _HEAD.run(connection, {}).fetchone()
    if row is None:
        return Head(0, (), b"")
    size, frontier, checkpoint, rows = row
    starts = range(0, len(frontier), HASH_LENGTH)
    peaks = tuple(frontier[start : start + HASH_LENGTH] for start in starts)
    return Head(size, peaks, checkpoint, rows if type(rows) is bytes else b"")


def store_seal(connection: Connection, seal: bytes) -> None:
    """Put another seal beside the head that is stored: rows changed, and no entry came."""
    _NEW_SEAL.run(connection, {"rows": seal})


def columns_of(logged: Logged, entry: Entry) -> dict[str, Any]:
    """The row of an entry. Only what has its proper form goes into it: a refused body may hold anything."""
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
