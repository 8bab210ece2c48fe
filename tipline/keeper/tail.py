"""The last entries of the log, by their places: what was logged lately, proved before it is believed.

    rows from the end back ─▶ columns beside statements ─▶ leaves after the peaks before them ─▶ the head

Columns tell nothing here: whoever hid an entry by them while the keeper starts would have it forget a nonce.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection

from crypto.errors import BadProof
from crypto.merkle import Frontier, leaf_hash
from crypto.statements import Entry, commitment
from tipline.keeper.checking.rows import Columns, read_rows
from tipline.keeper.log import Head, Log

_AT_ONCE: Final = 64
_FORGET: Final = "forget"

Row = Sequence[Any]
"""(index, at, type, actor, tip, outcome, reason, salt, entry), columns and statement saying the same."""


def read_tail(connection: Connection, log: Log, head: Head, now: int, seconds: int) -> list[Row]:
    """The entries of the last seconds before `now`, or before the last entry where that is earlier.

    Oldest first, after some that are older still; those that were forgotten are left out.

    Raises:
        BadProof: one is not in the tree of the head, is gone, or is hidden by its columns.
    """
    columns, start = Columns(), head.size
    rows: list[Row] = []  # the newest first
    since = now
    while start:
        stop, start = start, max(0, start - _AT_ONCE)
        some = list(read_rows(connection, start, stop))
        if [row[0] for row in some] != list(range(start, stop)):
            raise BadProof("a stored entry is gone")
        told = [row for row in some if not _is_forgotten(row)]
        if not all(map(columns.fit, told)):
            raise BadProof("the columns of an entry say something else than its statement")
        if told and not rows:
            since = min(now, told[-1][1]) - seconds
        rows += reversed(some)
        if told and told[0][1] < since:  # entries never go back in time
            break
    _check_in_tree(log, head, start, rows[::-1])
    _check_forgotten(rows)
    return [row for row in reversed(rows) if not _is_forgotten(row)]


def _is_forgotten(row: Row) -> bool:
    return type(row[8]) is bytes and not row[8]


def _check_in_tree(log: Log, head: Head, start: int, rows: list[Row]) -> None:
    """Check that the tree of the head ends with these leaves: the peaks before them are proved with them."""
    peaks, place = [], 0
    for level in reversed(range(start.bit_length())):
        if start >> level & 1:
            peaks.append(log.nodes(level, place >> level))
            place += 1 << level
    tree = Frontier(start, peaks)
    tree.extend([_leaf(row) for row in rows])
    if tree.peaks != head.peaks:
        raise BadProof("a stored entry is not the one that was logged")


def _leaf(row: Row) -> bytes:
    salt, data = row[7], row[8]
    if type(salt) is not bytes:  # SQLite takes text in its place, too
        raise BadProof("a stored entry is not the one that was logged")
    return leaf_hash(commitment(salt, data) if data else salt)


def _check_forgotten(newest_first: list[Row]) -> None:
    """Check that of each entry that lacks its statement a later one says that it was forgotten.

    An empty row has the right leaf, whoever emptied it.
    """
    gone: set[int] = set()
    for row in newest_first:
        if _is_forgotten(row):
            if row[0] not in gone:
                raise BadProof("a statement is gone that no entry says was forgotten")
        elif row[2] == _FORGET:
            ranges = Entry.decode(row[8]).statement.body["entries"]
            gone.update(index for first, last in ranges for index in range(first, last + 1))
