"""A write is whole and durable, or it is not there; a file's time tells no hour."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

import admin.sessions.models  # noqa: F401  its table belongs to the same database
import tipline.accounts.models
import tipline.directory.models
import tipline.sheets.models
import tipline.tips.models  # noqa: F401
from tests.clocks import FixedClock
from tipline.database import Base, Database, drop_journal
from tipline.migrations import upgrade

CLOCK = FixedClock(datetime(2026, 3, 4, 15, 16, 17, tzinfo=UTC))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'main.db'}", dated_by=CLOCK)
    with database.writing() as session:
        session.execute(text("CREATE TABLE things (name TEXT)"))
    yield database
    database.dispose()


def count(database: Database) -> int:
    with database.reading() as session:
        return int(session.execute(text("SELECT count(*) FROM things")).scalar_one())


def test_a_failed_block_leaves_nothing(database: Database) -> None:
    def insert_and_fail() -> None:
        with database.writing() as session:
            session.execute(text("INSERT INTO things VALUES ('a')"))
            raise KeyError

    with pytest.raises(KeyError):
        insert_and_fail()
    assert count(database) == 0


def test_a_reading_session_keeps_nothing(database: Database) -> None:
    with database.reading() as session:
        session.execute(text("INSERT INTO things VALUES ('a')"))
    assert count(database) == 0


def test_writers_wait_for_each_other(database: Database) -> None:
    def write() -> None:
        for _ in range(20):
            with database.writing() as session:
                session.execute(text("INSERT INTO things VALUES ('a')"))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(database) == 160


def test_deleted_rows_are_overwritten_and_no_write_ahead_log_is_kept(
    database: Database, tmp_path: Path
) -> None:
    with database.writing() as session:
        session.execute(text("INSERT INTO things VALUES ('canary-of-the-deleted-row')"))
    with database.writing() as session:
        session.execute(text("DELETE FROM things"))
    for path in tmp_path.iterdir():
        assert b"canary-of-the-deleted-row" not in path.read_bytes(), path.name
        assert not path.name.endswith("-wal")


def test_of_what_was_deleted_a_kept_journal_holds_nothing(tmp_path: Path) -> None:
    path, journal = tmp_path / "kept.db", tmp_path / "kept.db-journal"
    database = Database(f"sqlite:///{path}", keeps_journal=True)
    for statement in ("CREATE TABLE things (name TEXT)", "INSERT INTO things VALUES ('canary')"):
        with database.changing() as connection:
            connection.execute(text(statement))
    with database.changing() as connection:
        connection.execute(text("INSERT INTO things VALUES ('another')"))
    assert b"canary" in journal.read_bytes()
    with database.changing() as connection:
        drop_journal(connection)
        connection.execute(text("DELETE FROM things WHERE name = 'canary'"))
    assert journal.stat().st_size == 0
    with database.changing() as connection:
        connection.execute(text("INSERT INTO things VALUES ('a third')"))
    assert journal.stat().st_size > 0, "and is kept again"
    assert b"canary" not in path.read_bytes() + journal.read_bytes()
    database.dispose()


def test_file_times_tell_only_the_day(database: Database, tmp_path: Path) -> None:
    midnight = datetime(2026, 3, 4, tzinfo=UTC).timestamp()
    for name in ("main.db", "main.db-journal"):
        assert os.stat(tmp_path / name).st_mtime == midnight


def test_the_connection_that_was_used_last_is_used_next(database: Database) -> None:
    """Another one would read all its pages anew."""
    with database.reading() as one, database.reading() as other:
        assert one.connection() is not other.connection()
    used = set()
    for _ in range(4):
        with database.writing() as session:
            used.add(id(session.connection().connection.dbapi_connection))
    assert len(used) == 1


def test_a_block_that_failed_leaves_nothing_to_the_next_one_on_the_same_connection(
    database: Database,
) -> None:
    used = []
    for name in ("a", "b", "c"):
        with suppress(ZeroDivisionError), database.changing() as connection:
            used.append(id(connection.connection.dbapi_connection))
            connection.execute(text("INSERT INTO things VALUES (:name)"), {"name": name})
            if name == "b":
                raise ZeroDivisionError
    with database.reading() as session:
        assert session.scalars(text("SELECT name FROM things ORDER BY name")).all() == ["a", "c"]
    assert used[0] == used[1], "it stays open for the next one"


def test_a_database_that_somebody_else_holds_is_an_error_not_a_wait_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipline.database.BUSY_SECONDS", 0.2)
    database = Database(f"sqlite:///{tmp_path / 'main.db'}")
    holder = sqlite3.connect(tmp_path / "main.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(OperationalError), database.writing() as session:
        session.execute(text("CREATE TABLE things (name TEXT)"))
    with pytest.raises(OperationalError), database.changing() as connection:
        connection.execute(text("CREATE TABLE things (name TEXT)"))
    holder.close()
    with database.changing() as connection:
        connection.execute(text("CREATE TABLE things (name TEXT)"))
    database.dispose()


def test_the_migrations_make_the_tables_of_the_models(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'main.db'}")
    upgrade(database.engine)
    made = inspect(database.engine)
    assert set(made.get_table_names()) - {"alembic_version"} == set(Base.metadata.tables)
    for name, table in Base.metadata.tables.items():
        columns = {column["name"]: column["nullable"] for column in made.get_columns(name)}
        assert columns == {column.name: column.nullable for column in table.columns}, name
    database.dispose()


def test_no_table_counts_its_rows_in_the_order_of_arrival(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'main.db'}")
    upgrade(database.engine)
    with database.reading() as session:
        rows = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    database.dispose()
    ours = [(name, sql) for name, sql in rows if name in Base.metadata.tables]
    assert ours
    for name, sql in ours:
        assert "WITHOUT ROWID" in sql, name
