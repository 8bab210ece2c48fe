"""A site seals only to keys that the keeper signed, and never goes back to older ones."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from crypto.keys import SigningKey
from crypto.log_keys import Link, next_key_fields
from crypto.mldsa import MldsaSigningKey
from crypto.notes import NoteSigner, open_json, sign_json
from crypto.statements import Statement
from tests.directory.signed import LOG_KEY, ORIGIN, note, pin
from tipline.database import Database
from tipline.directory import service
from tipline.directory.errors import BadDirectory
from tipline.directory.models import DirectoryNote
from tipline.directory.service import DirectoryBook, publish_directory
from tipline.migrations import upgrade


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "REFRESH_SECONDS", 0.0)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'main.db'}")
    upgrade(database.engine)
    yield database
    database.dispose()


@pytest.fixture
def book(tmp_path: Path, database: Database) -> DirectoryBook:
    return DirectoryBook(tmp_path / "directory", pin(), database)


def publish(database: Database, version: int, signed: bytes) -> None:
    with database.writing() as session:
        publish_directory(session, version, signed)


def test_without_a_directory_nothing_is_sealed(book: DirectoryBook) -> None:
    with pytest.raises(BadDirectory):
        book.current()


def test_the_first_visitors_wait_for_the_directory_together(
    book: DirectoryBook, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "REFRESH_SECONDS", 60.0)
    publish(database, 1, note(1))
    with ThreadPoolExecutor(8) as visitors:
        found = [visitors.submit(book.current) for _ in range(8)]
    assert {each.result().version for each in found} == {1}


@pytest.mark.parametrize(
    "forged",
    [
        note(7, key=SigningKey.generate()),
        note(7, log="other.example/log"),
        note(7, genesis="cd" * 32),
        note(7, type="record"),
        note(7).replace(b'"version":7', b'"version":8'),
        b"not a note",
    ],
    ids=["other key", "other log", "other genesis", "not a directory", "altered", "garbage"],
)
def test_a_row_that_the_keeper_did_not_sign_changes_nothing(
    book: DirectoryBook, database: Database, forged: bytes
) -> None:
    publish(database, 1, note(1))
    assert book.current().version == 1
    publish(database, 9, forged)
    assert book.current().version == 1


def test_an_older_directory_is_refused_after_a_restart_too(
    book: DirectoryBook, database: Database, tmp_path: Path
) -> None:
    publish(database, 5, note(5))
    assert book.current().version == 5
    with database.writing() as session:
        session.execute(service.DirectoryNote.__table__.delete())  # type: ignore[attr-defined]
        publish_directory(session, 3, note(3))
    again = DirectoryBook(tmp_path / "directory", pin(), database)
    assert again.current().version == 5


def test_an_old_note_under_a_new_number_is_refused(book: DirectoryBook, database: Database) -> None:
    publish(database, 5, note(5))
    assert book.current().version == 5
    publish(database, 6, note(4))
    assert book.current().version == 5


def test_a_newer_directory_is_taken(book: DirectoryBook, database: Database) -> None:
    publish(database, 1, note(1))
    assert book.current().version == 1
    publish(database, 2, note(2))
    assert book.current().version == 2


# ------------------------------------------------------- when the log's keys were changed


def chain(old: SigningKey, new: SigningKey, index: int) -> dict[str, Any]:
    """A link that brings a key, as a directory holds it."""
    fields = next_key_fields(ORIGIN, old.public, new, MldsaSigningKey.generate().public)
    stated = {"v": 1, "log": ORIGIN, "at": 1_700_000_000, "nonce": "00" * 16, "by": ["keeper"], **fields}
    return Link(index, Statement.signed(stated, {"keeper": old})).to_fields()


NEXT = SigningKey.generate()
CHANGED = chain(LOG_KEY, NEXT, 7)


def test_a_directory_whose_key_nobody_stated_changes_nothing(book: DirectoryBook, database: Database) -> None:
    stranger = SigningKey.generate()
    publish(database, 1, note(1))
    for number, links in enumerate(
        ([], [CHANGED], [chain(stranger, NEXT, 7)], [chain(NEXT, stranger, 7)]), 8
    ):
        publish(database, number, note(number, key=stranger, log_keys=links))
        assert book.current().version == 1
    assert not book.log_key.links


def test_a_key_that_was_changed_signs_no_directory_any_more(
    book: DirectoryBook, database: Database, tmp_path: Path
) -> None:
    publish(database, 7, note(7, key=NEXT, log_keys=[CHANGED]))
    assert book.current().version == 7
    publish(database, 9, note(9))
    publish(database, 10, note(10, key=NEXT, log_keys=[chain(LOG_KEY, NEXT, 8)]))
    again = DirectoryBook(tmp_path / "directory", pin(), database)
    for each in (book, again):
        assert each.current().version == 7


def test_a_site_follows_the_logs_keys_and_still_knows_them_after_a_restart(
    book: DirectoryBook, database: Database, tmp_path: Path
) -> None:
    publish(database, 1, note(1))
    assert book.log_key.present.key == LOG_KEY.public
    publish(database, 7, note(7, key=NEXT, log_keys=[CHANGED]))
    assert book.current().version == 7
    with database.writing() as session:
        session.execute(delete(DirectoryNote))
    again = DirectoryBook(tmp_path / "directory", pin(), database)
    for each in (book, again):
        assert each.log_key.present.key == NEXT.public
        old = sign_json({"index": 6}, NoteSigner(ORIGIN, LOG_KEY))
        assert open_json(old, each.log_key) == {"index": 6}  # what it signed in its time stays signed


def test_without_a_directory_the_pinned_key_is_known(book: DirectoryBook) -> None:
    assert book.log_key.present.key == LOG_KEY.public
