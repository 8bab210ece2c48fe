"""One way to a database: short reads, and writes that are durable when they end.

On SQLite a write takes a file lock before `BEGIN IMMEDIATE`, so that several
processes queue fairly instead of polling; the journal is a rollback journal,
because SQLite before 3.51.3 can corrupt a write-ahead log and keeps deleted
text in it. After a write it is emptied, or, where a database commits many
times a second, kept at its length: to give its blocks back and take them
anew costs the disk as much as what is written. Then whoever deletes text
says so (`drop_journal`). Source: https://www.sqlite.org/wal.html#walresetbug,
https://www.sqlite.org/pragma.html#pragma_journal_mode and the measurements in
docs/performance.md.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session

from tipline.clock import Clock

BUSY_SECONDS = 5
_LIMITED = "journal is limited"
_KEEP_JOURNAL = "PRAGMA journal_size_limit = -1"

_UNTOUCHED = timedelta(days=3650)
"""How far ahead of the day a time of access is set: the system leaves one in the future alone."""

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

WITHOUT_ROWID = {"sqlite_with_rowid": False}
"""Table option: SQLite's hidden row number counts up and would tell the order of arrival."""


class Base(DeclarativeBase):
    """The tables of the main database."""

    metadata = MetaData(naming_convention=NAMING)


class Database:
    """An engine with the two ways to use it: `reading()` and `writing()`."""

    def __init__(self, url: str, *, dated_by: Clock | None = None, keeps_journal: bool = False) -> None:
        """Open a database.

        Args:
            url: an SQLAlchemy address.
            dated_by: when given, the file's times are set to the UTC day after
                each write, so that they tell no hour.
            keeps_journal: whether an SQLite journal keeps its length after a
                write, and what it held.
        """
        self.engine = _engine(url, "PERSIST" if keeps_journal else "TRUNCATE")
        self._write_engine = self.engine.execution_options(writes=True)
        self._kept: Connection | None = None
        self._file = _sqlite_file(url)
        self._dated_by = dated_by
        self._turn = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for queries; it writes nothing."""
        with Session(self.engine, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits durably as the block closes, or not at all."""
        with self._exclusive(), Session(self._write_engine) as session:
            with session.begin():
                yield session
            self._stamp_day()

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """The same without a session, for whoever writes many times a second."""
        with self._exclusive():
            with self._staying() as connection, connection.begin():
                yield connection
            self._stamp_day()

    @contextmanager
    def _staying(self) -> Iterator[Connection]:
        """A connection that stays open for the next one who writes, unless something went wrong on it."""
        connection, self._kept = self._kept or self._write_engine.connect(), None
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._keep(connection)

    def _keep(self, connection: Connection) -> None:
        if self._file is None:  # several may write at once
            connection.close()
        else:
            self._kept = connection

    def dispose(self) -> None:
        """Close every connection."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None
        self.engine.dispose()

    def date_files(self, clock: Clock) -> None:
        """Set the times of the file and its journal so that they tell the UTC day and no hour."""
        if self._file is None:
            return
        for path in (self._file, Path(f"{self._file}-journal")):
            stamp_day(path, clock)

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        if self._file is None:
            yield
            return
        with self._turn:
            lock = os.open(f"{self._file}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
            finally:
                os.close(lock)

    def _stamp_day(self) -> None:
        if self._dated_by is not None:
            self.date_files(self._dated_by)


def drop_journal(connection: Connection) -> None:
    """Let the journal be emptied when this transaction ends: what it deletes must not stay there."""
    if connection.dialect.name == "sqlite":
        _run(connection, "PRAGMA journal_size_limit = 0")
        connection.info[_LIMITED] = True


def stamp_day(path: Path, clock: Clock) -> None:
    """Set a file's times so that they tell the UTC day and no hour, if the file is there.

    The time of last access lies years ahead: from the day itself, the next reading
    would set it to its own moment, which may be a reporter's visit (mount(8), relatime).
    """
    midnight = datetime.combine(clock.today(), datetime.min.time(), UTC)
    try:
        os.utime(path, ((midnight + _UNTOUCHED).timestamp(), midnight.timestamp()))
    except FileNotFoundError:
        return


def _sqlite_file(url: str) -> Path | None:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


def _engine(url: str, journal: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    options: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
    if _sqlite_file(url) is not None:
        # The one that was used last: another one's pages are out of date, and would all be read anew.
        options["pool_use_lifo"] = True
    engine = create_engine(url, **options)
    event.listen(engine, "connect", partial(_prepare_sqlite, journal))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(journal: str, connection: Any, _record: Any) -> None:
    # The driver must not open transactions of its own accord: `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"journal_mode={journal}",
        "synchronous=FULL",
        "secure_delete=ON",
        "foreign_keys=ON",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("writes", False):
        _run(connection, "BEGIN IMMEDIATE")
        if connection.info.pop(_LIMITED, False):  # only for the transaction that deletes (`drop_journal`)
            _run(connection, _KEEP_JOURNAL)
    else:
        _run(connection, "BEGIN")


def _run(connection: Connection, sql: str) -> None:
    """Have the driver do it: what SQLAlchemy puts around takes ten times as long."""
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute(sql)
    except sqlite3.Error as error:
        raise DBAPIError.instance(sql, None, error, sqlite3.Error, dialect=connection.dialect) from error
