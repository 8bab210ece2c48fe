"""A prepared statement does what SQLAlchemy's own does, and fails as it does."""

from collections.abc import Iterator

import pytest
from sqlalchemy import (
    Column,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError, IntegrityError

from tipline.keeper.prepared import Prepared

THINGS = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
NEW = Prepared(insert(THINGS))
NAMED = Prepared(
    select(THINGS.c.id, THINGS.c.data).where(THINGS.c.name == bindparam("name"), THINGS.c.id > 1)
)
RENAME = Prepared(update(THINGS).where(THINGS.c.id == 7).values(name=bindparam("name")))
ROWS = [{"id": number, "name": f"n{number % 2}", "data": bytes([number])} for number in range(8)]


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An empty table in memory."""
    engine = create_engine("sqlite://")
    THINGS.metadata.create_all(engine)
    yield engine
    engine.dispose()


def test_a_row_that_is_there_already_is_the_error_that_sqlalchemy_raises(engine: Engine) -> None:
    with engine.begin() as connection:
        NEW.run(connection, ROWS)
        for again in (ROWS[0], ROWS[:1]):
            with pytest.raises(IntegrityError) as fault:
                NEW.run(connection, again)
            assert isinstance(fault.value, DBAPIError)
            assert "n0" not in str(fault.value)  # what stood in the row goes into no log


def test_rows_are_written_and_found_with_constants_and_values_in_their_places(engine: Engine) -> None:
    with engine.begin() as connection:
        NEW.run(connection, ROWS)
        assert NAMED.run(connection, {"name": "n1"}).fetchall() == [(3, b"\x03"), (5, b"\x05"), (7, b"\x07")]
        assert RENAME.run(connection, {"name": "n0"}).rowcount == 1
        assert connection.execute(select(THINGS.c.name).where(THINGS.c.id == 7)).scalar() == "n0"
        assert NAMED.run(connection, {"name": "n1"}).fetchall() == [(3, b"\x03"), (5, b"\x05")]


@pytest.mark.parametrize("count", [0, 1, 2, 64, 65, 200])
def test_however_many_rows_there_are_each_is_written_once(engine: Engine, count: int) -> None:
    rows = [{"id": number, "name": "n", "data": b"d"} for number in range(count)]
    with engine.begin() as connection:
        NEW.run(connection, rows)
        assert connection.scalars(select(THINGS.c.id).order_by(THINGS.c.id)).all() == list(range(count))


def test_of_rows_that_are_inserted_together_none_is_left_when_one_fails(engine: Engine) -> None:
    with engine.begin() as connection:
        NEW.run(connection, ROWS[3:4])
        with pytest.raises(IntegrityError):
            NEW.run(connection, ROWS)
        assert connection.scalars(select(THINGS.c.id)).all() == [3]


def test_a_driver_that_takes_names_gets_them() -> None:
    text = NAMED._made(postgresql.dialect())  # type: ignore[no-untyped-call]  # untyped there
    assert text.row({"name": "n1"}) == {"name": "n1", "id_1": 1}
    assert "%(name)s" in text.sql
    assert not NEW._made(postgresql.dialect()).group  # type: ignore[no-untyped-call]  # untyped there
