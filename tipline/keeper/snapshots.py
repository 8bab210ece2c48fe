"""Looking at guarded rows beside the writer, in any thread.

What such a look sees may be a batch older or newer than the hashes in memory: a commit counts in the database
before the writer has taken it over. So what does not fit is looked at again while no batch is on its way, and
only then it is a changed row.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tipline.database import Database
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.rows import Rows
from tipline.keeper.errors import Unavailable
from tipline.keeper.log import read_head
from tipline.keeper.writer import CANNOT_READ, Writer

Answer = TypeVar("Answer")
Question = Callable[[Connection, Rows], Answer]
Open = Callable[[], AbstractContextManager[Session]]


def look(writer: Writer, database: Database, question: Question[Answer]) -> Answer:
    """Answer a question from one snapshot; it may be asked twice.

    Raises:
        Unavailable: the keeper has stopped, stops now because a row was changed, or cannot read its log.
    """
    return _asked(writer, database.reading, question)


def change(writer: Writer, database: Database, question: Question[Answer]) -> Answer:
    """The same in a transaction that writes, to tables without digests; what was asked twice is done once.

    Raises:
        Unavailable: as `look`.
    """
    return _asked(writer, database.writing, question)


def _asked(writer: Writer, opened: Open, question: Question[Answer]) -> Answer:
    memory = writer.memory
    hashes, turn = memory.hashes, memory.hashes.turn
    try:
        with opened() as session:
            connection = session.connection()
            return question(connection, Rows(connection, hashes, turn))
    except RowsChanged:
        # The transaction is over here: the writer waits for its readers, and we are about to wait for it.
        return _asked_again(writer, opened, question)


def _asked_again(writer: Writer, opened: Open, question: Question[Answer]) -> Answer:
    with writer.turn:
        memory = writer.memory
        try:
            with opened() as session:
                connection = session.connection()
                # After a commit of which nobody knows whether it took effect, memory is not what is stored.
                if read_head(connection) != memory.head:
                    raise Unavailable(CANNOT_READ)
                return question(connection, Rows(connection, memory.hashes))
        except RowsChanged as changed:
            raise writer.distrust_rows(changed) from changed
