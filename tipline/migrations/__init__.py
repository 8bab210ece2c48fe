"""The main database's tables, revision by revision."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine


def upgrade(engine: Engine, scripts: Path = Path(__file__).parent) -> None:
    """Bring a database to the newest revision of the scripts in a folder."""
    config = Config()
    config.set_main_option("script_location", str(scripts))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
