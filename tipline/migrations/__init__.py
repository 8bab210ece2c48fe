"""The main database's tables, revision by revision."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

PAGE_BYTES: Final = 8_192
"""Of a new SQLite database: a tip's row with its card has room inside a page. On SQLite's own 4 KiB each card
takes a page more, which makes the file twice as large and a search through the cards twice as slow."""


def upgrade(engine: Engine, scripts: Path = Path(__file__).parent) -> None:
    """Bring a database to the newest revision of the scripts in a folder."""
    config = Config()
    config.set_main_option("script_location", str(scripts))
    with engine.connect() as connection:
        _set_page_size(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def _set_page_size(connection: Connection) -> None:
    """Before the first table is made; an older database keeps its own."""
    raw = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite" and raw is not None:
        cursor = raw.cursor()  # outside any transaction: inside one, SQLite ignores it
        cursor.execute(f"PRAGMA page_size={PAGE_BYTES}")
        cursor.close()
