"""The keeper's tables, revision by revision; apart from the main database's."""

from pathlib import Path

from sqlalchemy import Engine

from tipline import migrations


def upgrade(engine: Engine) -> None:
    """Bring the keeper's database to the newest revision."""
    migrations.upgrade(engine, Path(__file__).parent)
