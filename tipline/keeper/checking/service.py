"""The full check: every entry, every stored hash, the signed head, the roster.

    rows ─▶ leaves ─▶ tree as stored ─▶ head as signed ─▶ heads kept outside the database

A start of the keeper reads the roster and what is recent; this reads everything, once a week. It may run
while the keeper does: it looks at the log as far as it reached when the check began.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import bindparam, not_, select
from sqlalchemy.exc import DBAPIError

from crypto.errors import BadProof, CryptoError
from crypto.merkle import Frontier
from crypto.notes import Checkpoint, NoteVerifier, open_checkpoint
from crypto.statements import DONE, ENTRY_TAG, Entry
from tipline.database import Database
from tipline.keeper import models
from tipline.keeper.checking.errors import (
    NO_ENTRY,
    ColumnsChanged,
    EntryChanged,
    EntryMissing,
    ForgottenByNobody,
    HeadChanged,
    NotContinued,
    NothingOutside,
    OtherLog,
    RosterForged,
    TreeChanged,
    Unreadable,
)
from tipline.keeper.checking.rows import Columns, read_rows
from tipline.keeper.levels import LEAVES, LevelTree
from tipline.keeper.log import Head, Log, read_head
from tipline.keeper.nodes import RANGE, TILE_LEVELS
from tipline.keeper.prepared import Prepared
from tipline.keeper.replay import next_roster
from tipline.keeper.schema import require_plain
from tipline.keeper.shapes import ROSTER_TYPES
from tipline.roster import Roster, RosterRefused

FORGET: Final = "forget"
PIECE: Final = 4_096
"""Entries that are read in one short transaction; between two of them the keeper that runs beside writes."""

_TOLD: Final = frozenset((*ROSTER_TYPES, FORGET))
"""Statements that are read; of all others the bytes are enough."""
_UNCOVERED: Final = Prepared(
    select(models.entries.c.index)
    .where(not_(models.entries.c.index.between(0, bindparam("size") - 1)))
    .order_by(models.entries.c.index)
    .limit(1)
)

Progress = Callable[[int, int], None]
"""(entries checked, entries in all)."""


@dataclass(frozen=True)
class Pins:
    """What this machine knows of the log from elsewhere: name, hex SHA-256 of entry 0, the first key."""

    origin: str
    genesis: str
    log_key: NoteVerifier


def check_log(database: Database, pins: Pins, signed: Sequence[bytes], progress: Progress) -> int:
    """Check the whole stored log; its number of entries.

    Args:
        database: the keeper's.
        pins: what it must fit.
        signed: the checkpoints that lay outside the database, read before this was called.
        progress: told after each piece.

    Raises:
        CheckFailed: with the first bad entry, where there is one.
    """
    try:
        with database.engine.begin() as connection:
            require_plain(connection)
        head, uncovered = _head(database)
        check = _Check(database, pins)
        check.walk(head.size, progress)
        # What was forgotten meanwhile is named behind that head: it counts under a later one.
        while check.lacks_reasons and (later := _head(database))[0].size > head.size:
            head, uncovered = later
            check.walk(head.size, progress)
        check.finish(head, signed)
        if uncovered is not None:
            raise EntryMissing(uncovered)
    except (DBAPIError, database.engine.dialect.loaded_dbapi.Error) as error:  # the driver's own, of fetching
        raise Unreadable from error
    return head.size


def _head(database: Database) -> tuple[Head, int | None]:
    """The stored head, and the first row that it does not cover: the keeper writes both at once."""
    with database.engine.begin() as connection:
        head = read_head(connection)
        return head, next(
            (index for (index,) in _UNCOVERED.run(connection, {"size": head.size}).fetchall()), None
        )


class _Check:
    """One pass over the log."""

    def __init__(self, database: Database, pins: Pins) -> None:
        self.tree = LevelTree(self._compare)
        self._database = database
        self._pins = pins
        self._columns = Columns()
        self._roster: Roster | None = None
        self._gone: list[int] = []
        self._said_gone: list[tuple[int, int]] = []

    @property
    def lacks_reasons(self) -> bool:
        """Whether statements are gone of which no entry so far says that they may be."""
        return self._first_unsaid() != NO_ENTRY

    def walk(self, size: int, progress: Progress) -> None:
        """Check what there is up to a size, piece by piece."""
        for start in range(self.tree.size, size, PIECE):
            self._take(start, min(start + PIECE, size))
            progress(self.tree.size, size)

    def _take(self, start: int, stop: int) -> None:
        # The rows in a transaction of their own, the tree after it: the keeper waits for readers, and whoever
        # began to read a second time while it does would wait for the keeper.
        with self._database.engine.begin() as connection:
            leaves, unfit, told = self._look_at(read_rows(connection, start, stop))
        self.tree.extend(leaves)
        if unfit >= 0:
            raise ColumnsChanged(unfit)
        for index, entry in told:
            self._hear(index, entry)

    def _look_at(self, rows: Iterable[Sequence[Any]]) -> tuple[list[bytes], int, list[tuple[int, bytes]]]:
        """The leaves; the first entry whose columns say something else, or -1; statements to be read."""
        leaves, told, unfit, expected = [], [], NO_ENTRY, self.tree.size
        for row in rows:
            index, _, kind, _, _, outcome, _, salt, entry = row
            if index != expected:
                raise EntryMissing(expected)
            expected += 1
            if type(salt) is not bytes or type(entry) is not bytes:  # SQLite takes text in their place, too
                raise EntryChanged(index)
            if not entry:  # forgotten: what stands in place of the salt is the commitment
                self._gone.append(index)
                leaves.append(sha256(b"\x00" + salt).digest())
                continue
            leaves.append(sha256(b"\x00" + sha256(ENTRY_TAG + salt + entry).digest()).digest())
            if unfit < 0 and not self._columns.fit(row):
                unfit = index
            if outcome == DONE and kind in _TOLD:
                told.append((index, entry))
        return leaves, unfit, told

    def finish(self, head: Head, signed: Sequence[bytes]) -> None:
        """Check that these rows are all, and the log's."""
        if self.tree.size != head.size:
            raise EntryMissing(self.tree.size)
        if self.tree.peaks != head.peaks or type(head.checkpoint) is not bytes:
            raise HeadChanged
        if self.lacks_reasons:
            raise ForgottenByNobody(self._first_unsaid())
        keys = self._keys()
        try:
            checkpoint = open_checkpoint(head.checkpoint, keys[:1])
        except CryptoError as error:
            raise HeadChanged from error
        if (checkpoint.size, checkpoint.root) != (head.size, Frontier(head.size, head.peaks).root()):
            raise HeadChanged
        self._check_continues(checkpoint, [one for note in signed for one in _ours(note, keys)])

    def _compare(self, level: int, start: int, hashes: list[bytes]) -> None:
        """Compare hashes of the tree with those that are stored."""
        with self._database.engine.begin() as connection:
            rows = RANGE.run(connection, {"level": level, "start": start, "stop": start + len(hashes)})
            stored = [row[0] for row in rows.fetchall()]
        if stored == hashes:
            return
        pairs = zip(stored, hashes, strict=False)
        same = next((place for place, (one, other) in enumerate(pairs) if one != other), len(stored))
        if level == LEAVES:
            raise EntryChanged(start + same)
        raise TreeChanged(start + same << level * TILE_LEVELS)

    def _hear(self, index: int, data: bytes) -> None:
        """Take in a statement that says who may sign, or what was forgotten."""
        if index == 0 and sha256(data).hexdigest() != self._pins.genesis:
            raise OtherLog
        try:
            statement = Entry.decode(data).statement
            if statement.body["type"] == FORGET:
                self._said_gone += [(first, last) for first, last in statement.body["entries"]]
            else:
                self._roster = next_roster(self._roster, index, statement)
        except (CryptoError, RosterRefused) as error:
            raise RosterForged(index) from error
        if index == 0 and self._roster and self._roster.log_key != self._pins.log_key.key:
            raise OtherLog

    def _keys(self) -> list[NoteVerifier]:
        """The log's keys, the present one first."""
        if self._roster is None:
            raise OtherLog
        past = [gone.key for gone in self._roster.past_log_keys]
        return [NoteVerifier(self._pins.origin, key) for key in (self._roster.log_key, *past)]

    def _first_unsaid(self) -> int:
        """The first statement that is gone and that no entry names; -1 when there is none."""
        said = {index for first, last in self._said_gone for index in range(first, last + 1)}
        return next((index for index in self._gone if index not in said), NO_ENTRY)

    def _check_continues(self, stored: Checkpoint, outside: Sequence[Checkpoint]) -> None:
        if not outside:
            raise NothingOutside
        lost = self._roster.lost_heads if self._roster else frozenset()
        log = Log(self._database)
        for earlier in outside:
            if (earlier.size, earlier.root.hex()) in lost:
                continue  # two members acknowledged that it is gone
            try:
                log.check_contains(stored, earlier.size, earlier.root)
            except BadProof as error:
                raise NotContinued(earlier.size) from error


def _ours(note: bytes, keys: Sequence[NoteVerifier]) -> list[Checkpoint]:
    """The checkpoint in a note; nothing when no key of the log signed it."""
    try:
        return [open_checkpoint(note, keys)]
    except CryptoError:
        return []
