"""What a keeper finds when it reads its log: a log that goes on, or one that it must not go on with.

The roster and what is recent are built in either case, so that two members can say what shall hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from crypto.errors import BadProof, CryptoError
from crypto.notes import Checkpoint, NoteVerifier, open_checkpoint
from tipline.keeper.claims import Claims
from tipline.keeper.digests.buckets import read_hashes
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.seal import RowSeal, turn_of
from tipline.keeper.folder import Kept
from tipline.keeper.heads import LogHead, Stop, Stopped
from tipline.keeper.log import Head, Log, Published, read_head
from tipline.keeper.models import row_digests
from tipline.keeper.replay import replay
from tipline.keeper.state import Memory
from tipline.roster import RosterRefused


@dataclass(frozen=True)
class Found:
    """The state that the stored log gives (None: none at all), what may leave, why it must not go on."""

    memory: Memory | None
    published: Published
    stopped: Stopped | None


def find(
    connection: Connection,
    log: Log,
    verifiers: Sequence[NoteVerifier],
    claims: Claims,
    seal: RowSeal,
    signed: Sequence[Kept],
    now: int,
) -> Found:
    """Read the stored log, and compare it with what was signed before and with where that was.

    Args:
        verifiers: of the log's key, and of those before it.
        signed: what is kept outside the database. The log must continue each checkpoint of ours, and its
            rows must not be those of before a seal.
    """
    kept, head = _ours([one.checkpoint for one in signed], verifiers), read_head(connection)
    try:
        stored = log.signed_head(head, verifiers)
        memory = replay(connection, log, head, now)
    except (CryptoError, RosterRefused):
        lost = LogHead.of(kept[-1][0]) if kept else None
        return Found(None, Published(0, b""), Stopped(Stop.DAMAGED, lost, None))
    # What two people acknowledged as lost counts no more: killed at that moment, the keeper goes on.
    going_on = [one for one in kept if _named(one[0]) not in memory.roster.lost_heads]
    kept = going_on or ([(stored, head.checkpoint)] if kept else [])
    _take_rows(connection, memory, seal)
    if any(_is_before(head, one) for one in signed):
        memory.changed_rows = row_digests.name
    stopped = _compared(connection, log, claims, stored, [checkpoint for checkpoint, _ in kept])
    if not stopped and memory.changed_rows:
        stopped = Stopped(Stop.ROWS, None, LogHead.of(stored), memory.changed_rows)
    if stopped:
        return Found(memory, Published(head.size, head.checkpoint), stopped)
    last, note = kept[-1]
    return Found(memory, Published(last.size, note), None)


def _take_rows(connection: Connection, memory: Memory, seal: RowSeal) -> None:
    """Read the digests of the rows, and note whether head and seal are of just these.

    The seal names the roster's statements, too: one of them may hide behind another type.
    """
    memory.hashes, head = read_hashes(connection), memory.head
    try:
        seal.check(head.rows, head.checkpoint, memory.hashes.root, memory.changes)
    except RowsChanged as changed:
        memory.changed_rows = changed.table


def _is_before(head: Head, kept: Kept) -> bool:
    """Whether rows changed since the stored ones were sealed, and no entry came: the head is the same then.

    What was killed between its commit and the file has a later turn than the file.
    """
    if not kept.seal or kept.checkpoint != head.checkpoint or kept.seal == head.rows:
        return False
    return turn_of(head.rows) <= turn_of(kept.seal)


def _compared(
    connection: Connection, log: Log, claims: Claims, stored: Checkpoint, kept: Sequence[Checkpoint]
) -> Stopped | None:
    found = LogHead.of(stored)
    lost = [LogHead.of(one) for one in kept if not _contains(log, stored, one)]
    if lost or not kept:
        return Stopped(Stop.ROLLBACK, lost[-1] if lost else None, found)
    return Stopped(Stop.MOVED, None, found) if claims.is_elsewhere(connection) else None


def _contains(log: Log, stored: Checkpoint, earlier: Checkpoint) -> bool:
    try:
        log.check_contains(stored, earlier.size, earlier.root)
    except BadProof:
        return False
    return True


def _ours(signed: Sequence[bytes], verifiers: Sequence[NoteVerifier]) -> list[tuple[Checkpoint, bytes]]:
    """The checkpoints of this log's keys, the smallest first: of others nothing can be said."""
    opened = []
    for note in signed:
        try:
            opened.append((open_checkpoint(note, verifiers), note))
        except CryptoError:
            continue
    return sorted(opened, key=lambda one: one[0].size)


def _named(checkpoint: Checkpoint) -> tuple[int, str]:
    return checkpoint.size, checkpoint.root.hex()
