"""A keeper's database from before there were cases: its tips have one afterwards, and their clocks run."""

from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

import tipline.keeper.migrations
from crypto import canonical
from tipline.database import Database
from tipline.keeper.digests.tables import TIPS as TIP_ROWS
from tipline.keeper.migrations import upgrade
from tipline.keeper.pins import Standing, standing_of
from tipline.tips.case_file import CaseFile

TUESDAY = 1_772_539_200  # 2026-03-03, noon
TIPS = {
    "received": (bytes([1]) * 16, "2026-03-04", ""),
    "screening": (bytes([2]) * 16, "2026-03-04", ""),
    "triage": (bytes([3]) * 16, "2026-03-06", ""),
    "need-more": (bytes([4]) * 16, "2026-04-02", ""),
    "outside-remit": (bytes([5]) * 16, "2026-03-13", "outside-remit"),
    "closed": (bytes([6]) * 16, "", "outside-remit"),
}
TIP = (
    "insert into tips (tip, claim, desks, excluded, routes, state, route_index)"
    " values (:tip, :claim, 'intake', 'u4', :claim, :state, -1)"
)
ENTRY = (
    'insert into entries ("index", at, type, actor, tip, outcome, reason, salt, entry)'
    " values (:index, :at, 'read', 'm1', :tip, 'done', '', :salt, :salt)"
)


TIP_OF_0002 = (
    "insert into tips (tip, claim, desks, excluded, routes, state, due, file, route_index)"
    " values (:tip, :claim, 'intake', '', :claim, 'triage', :due, :file, -1)"
)
PAUSED = canonical.encode(
    {
        **{"state": "triage", "since": "2026-03-02", "due": "2026-03-05", "paused_on": "2026-03-03"},
        **{"level": 0, "level_on": "", "assignee": "m1", "outcome": "", "ending": "", "decided_by": []},
        **{"answered": False, "extended": False, "held": False, "links": [], "duplicate_of": ""},
        **{"letter": "", "body": "", "umbrella": {}},
    }
)
"""A case as revision 0002 has it, its clock standing still."""


def standings(connection: Connection) -> dict[bytes, Standing]:
    """Where the tips stand, by rows that nobody has taken digests of."""
    return {row[0]: standing_of(row) for row in TIP_ROWS.page(connection, None, 100)}


def migrate(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(tipline.keeper.migrations.__file__).parent))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()


@pytest.mark.parametrize("listed_only", [False, True])
def test_tips_from_before_have_a_case_and_a_clock_that_runs(tmp_path: Path, *, listed_only: bool) -> None:
    database = Database(f"sqlite:///{tmp_path / 'keeper.db'}")
    try:
        migrate(database, "0001")
        with database.writing() as session:
            for index, (state, (tip, _, _)) in enumerate(TIPS.items()):
                session.execute(text(TIP), {"tip": tip, "claim": bytes(32), "state": state})
                about = b"" if listed_only else tip  # a list names no tip
                values = {"index": index, "at": TUESDAY, "tip": about, "salt": bytes(32)}
                session.execute(text(ENTRY), values)
        upgrade(database.engine)
        with database.reading() as session:
            found = standings(session.connection())
            rows = session.execute(text("select state, due from tips"))
            looked_at = {row.state: row.due for row in rows}
        for state, (tip, due, ending) in TIPS.items():
            case = found[tip].case
            assert (case.state, case.since, case.ending) == (state, date(2026, 3, 3), ending)
            assert (case.to_fields()["due"], looked_at[state]) == (due, due)
            assert case == CaseFile(case.state, case.since, case.due, ending=ending)
            assert found[tip].route.excluded == ("u4",)
    finally:
        database.dispose()


def test_card_groups_from_before_belong_to_the_desks_first_key(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'keeper.db'}")
    before = (
        """insert into card_groups ("group", desk, excluded, slip) values (:group, 'intake', 'u3', 'x')"""
    )
    after = (
        'insert into card_groups ("group", desk, excluded, slip, epoch)'
        " values (:group, 'intake', 'u3', 'x', :epoch)"
    )
    try:
        migrate(database, "0001")
        with database.writing() as session:
            session.execute(text(before), {"group": bytes(16)})
        upgrade(database.engine)
        with database.writing() as session:
            session.execute(text(after), {"group": bytes([2]) * 16, "epoch": 2})
        with pytest.raises(IntegrityError), database.writing() as session:
            session.execute(text(after), {"group": bytes([1]) * 16, "epoch": 1})
        with database.reading() as session:
            epochs = session.scalars(text("select epoch from card_groups order by epoch")).all()
            made = session.scalar(text("select sql from sqlite_master where name = 'card_groups'"))
        assert epochs == [1, 2]
        assert "WITHOUT ROWID" in made
    finally:
        database.dispose()


def moved(tip: bytes, desk: str, number: str) -> bytes:
    """An entry of a transfer, as far as the migration reads it."""
    body = {"tip": tip.hex(), "desk": desk, "detail": {"number": number} if number else {}}
    return canonical.encode({"body": body})


def test_letters_from_before_are_counted_for_the_desk_that_sent_them(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'keeper.db'}")
    first, second = bytes([1]) * 16, bytes([2]) * 16
    log = [(first, "intake", "2026-1"), (second, "integrity", "2026-2"), (first, "intake", "")]
    log += [(first, "intake", "2026-3")]
    old = 'insert into entries ("index", at, type, actor, tip, outcome, reason, salt, entry) values'
    entry = f"{old} (:index, :at, 'move', 'm1', :tip, :outcome, '', :salt, :entry)"
    try:
        migrate(database, "0002")
        with database.writing() as session:
            session.execute(text("insert into letters (year, count) values (2026, 3)"))
            for index, (tip, desk, number) in enumerate([*log, (second, "integrity", "2026-9")]):
                values = {"index": index, "at": TUESDAY, "tip": tip, "salt": bytes(32)}
                values |= {"entry": moved(tip, desk, number), "outcome": "refused" if index == 4 else "done"}
                session.execute(text(entry), values)
            session.execute(text(TIP_OF_0002), {"tip": first, "claim": bytes(32), "file": PAUSED, "due": ""})
        upgrade(database.engine)
        with database.reading() as session:
            connection = session.connection()
            counts = connection.execute(text("select year, desk, count from letters order by desk")).all()
            assert [tuple(row) for row in counts] == [(2026, "intake", 3), (2026, "integrity", 2)]
            assert standings(connection)[first].case.letter_desk == "intake"
    finally:
        database.dispose()


def test_a_clock_that_stands_still_from_before_is_looked_at_and_its_tip_found_by_whose_it_is(
    tmp_path: Path,
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'keeper.db'}")
    tip = bytes([1]) * 16
    try:
        migrate(database, "0002")
        with database.writing() as session:
            session.execute(text(TIP_OF_0002), {"tip": tip, "claim": bytes(32), "file": PAUSED, "due": ""})
        upgrade(database.engine)
        with database.reading() as session:
            [(due, assignee)] = session.execute(text("select due, assignee from tips"))
            case = standings(session.connection())[tip].case
        assert (due, assignee) == ("2026-03-03", "m1")
        assert (case.paused_on, case.paused_days, case.letter_desk) == (date(2026, 3, 3), 0, "")
    finally:
        database.dispose()
