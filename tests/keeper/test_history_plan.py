"""How the keeper's database looks for the entries about one tip."""

from pathlib import Path
from typing import Any

from sqlalchemy import event

from tipline.database import Database
from tipline.keeper import models
from tipline.keeper.log import Log


def test_the_history_of_one_tip_walks_through_nothing_but_what_names_it(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'keeper.db'}")
    models.metadata.create_all(database.engine)
    asked: list[tuple[str, Any]] = []

    def take(_connection: Any, _cursor: Any, sql: str, values: Any, _context: Any, _many: bool) -> None:
        asked.append((sql, values))

    event.listen(database.engine, "before_cursor_execute", take)
    Log(database).rows_about(bytes(16), -1, 1_000_000, 256, max_bytes=1)
    event.remove(database.engine, "before_cursor_execute", take)
    [(sql, values)] = [each for each in asked if "mentions" in each[0]]
    with database.engine.connect() as connection:
        steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
    database.dispose()
    assert sum("ix_entries_tip" in step for step in steps) == 2
    assert not [step for step in steps if step.startswith("SCAN entries") or "ix_entries_type" in step], steps
