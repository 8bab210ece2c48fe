"""Tips from before the box existed go on opening with their code, and can have it replaced."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

import tipline.migrations
from crypto.tracking_codes import TrackingCode
from tipline.database import Database
from tipline.ids import new_tip_id
from tipline.mailbox.codes import replace_code
from tipline.mailbox.roots import ROOT_BYTES
from tipline.mailbox.thread import find_mailbox, new_marker
from tipline.migrations import upgrade

INSERT = (
    "insert into tips (id, locator, desk, state, arrived_on, due_on, card_version, marker)"
    " values (:id, :locator, 'intake', 'received', '2026-01-01', '2026-01-02', 0, :marker)"
)


def migrate(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(tipline.migrations.__file__).parent))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()


def test_a_tip_from_before_opens_with_its_code_until_it_is_replaced(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'main.db'}")
    code, second, tip = TrackingCode.generate(), TrackingCode.generate(), new_tip_id()
    try:
        migrate(database, "0001")
        row = {"id": tip, "locator": code.locator_hash, "marker": new_marker(code, tip, 7)}
        with database.writing() as session:
            session.execute(text(INSERT), row)
        upgrade(database.engine)
        with database.writing() as session:
            mailbox = find_mailbox(session, code)
            assert (mailbox.code.raw, mailbox.read_up_to) == (code.raw, 7)
            replace_code(session, mailbox, code, second)
        with database.reading() as session:
            again = find_mailbox(session, second)
            assert (again.code.raw, again.tip, again.read_up_to) == (code.raw, tip, 7)
            assert session.execute(text("select length(root) from tips")).scalar() == ROOT_BYTES
    finally:
        database.dispose()
