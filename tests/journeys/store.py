"""What lies in a trial's folders and main database, as somebody with the disk sees it."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from crypto.tracking_codes import TrackingCode
from tests.journeys.trial import Trial


def rows(trial: Trial, query: str, *values: Any, database: str = "main.db") -> list[tuple[Any, ...]]:
    """What a query finds in a database, the main one if none is named, read without leave of the sites."""
    with closing(sqlite3.connect(f"file:{trial.data / database}?mode=ro", uri=True)) as opened:
        return opened.execute(query, values).fetchall()


def change(trial: Trial, sql: str, *values: Any) -> None:
    """Change rows of the main database by hand, as somebody with the database can."""
    with closing(sqlite3.connect(trial.data / "main.db")) as opened, opened:
        opened.execute(sql, values)


def tip_of(trial: Trial, code: str) -> bytes:
    """The id of the tip that a code opens."""
    [(tip,)] = rows(trial, "SELECT id FROM tips WHERE locator = ?", TrackingCode.parse(code).locator_hash)
    return bytes(tip)


def files_below(folder: Path) -> Sequence[Path]:
    """Every file in a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]
