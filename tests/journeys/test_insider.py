"""An insider edits the databases by hand in seven ways, and each is found and named.

Six of them an auditor finds on the web alone; the weekly check finds the row by which an entry is looked up.
"""

import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from admin.log_words import FINDINGS
from crypto.merkle import Frontier, leaf_hash
from crypto.statements import commitment
from tests.journeys.browser import Browser, Page
from tests.journeys.conftest import trial_in
from tests.journeys.people import confirm, listed, messages, open_mailbox, read, report, sign_in
from tests.journeys.store import change, rows, tip_of
from tests.journeys.trial import Trial, children, wait_for
from tipline.addresses import answers_socket

KEEPER = "keeper/keeper.db"


@dataclass
class Case:
    """A trial with two tips that were read, and an auditor who is signed in."""

    trial: Trial
    auditor: Browser
    reviewer: Browser
    tips: tuple[bytes, bytes]

    def verify(self) -> Page:
        """Press the auditor's button."""
        page = self.auditor.get("/log")
        verified = self.auditor.submit(page, page.form(action="/log/verify"))
        return confirm(self.trial, self.auditor, verified, "auditor") if verified.status == 428 else verified

    def reading(self) -> int:
        """An entry in the middle of the log: the first reading."""
        query = "SELECT min(\"index\") FROM entries WHERE type = 'read'"
        [(index,)] = rows(self.trial, query, database=KEEPER)
        return int(index)

    def handle(self, tip: bytes) -> str:
        return f"{tip.hex()[:4]}-{tip.hex()[4:8]}"

    def by_hand(self, *statements: tuple[str, tuple[object, ...]]) -> None:
        """Edit the keeper's database."""
        with closing(sqlite3.connect(self.trial.data / KEEPER)) as opened, opened:
            for sql, values in statements:
                assert opened.execute(sql, values).rowcount, sql

    def start_keeper_anew(self) -> None:
        """As its operator does, once the database is put right."""
        keeper = children(self.trial.process.pid)["keeper"]
        os.kill(keeper, signal.SIGKILL)
        wait_for("another keeper answers", lambda: self._is_another(keeper))

    def _is_another(self, keeper: int) -> bool:
        now = children(self.trial.process.pid).get("keeper", keeper)
        return now != keeper and answers_socket(self.trial.ram / "keeper" / "operator.sock")()

    def finds_damage(self) -> None:
        """The auditor is led from the log to what happened; reporters are not kept waiting."""
        page = self.auditor.get("/log")
        assert page.status == 503
        assert "the keeper stopped" in page.words
        assert ("/log/heads", "Which log goes on") in page.links
        page = self.auditor.get("/log/heads")
        assert "What is stored is not what was signed: it was altered, or it is damaged." in page.words
        assert "No signature settles this." in page.words
        reporter = Browser(self.trial.public)
        code = report(reporter, "Another tip, meanwhile.", official="no")
        assert open_mailbox(reporter, code).status == 200
        assert messages(reporter).status == 200


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with trial_in(tmp_path_factory.mktemp("insider")) as trial:
        reviewer, auditor = sign_in(trial, "reviewer-a"), sign_in(trial, "auditor")
        tips = []
        for words in ("They take a fee from every stall.", "Lorries leave the quarry at night."):
            tip = tip_of(trial, report(Browser(trial.public), words, official="no"))
            assert f"/tips/{tip.hex()}" in listed(reviewer)
            assert words in read(reviewer, f"/tips/{tip.hex()}").words
            tips.append(tip)
        made = Case(trial, auditor, reviewer, (tips[0], tips[1]))
        page = made.verify()
        assert "The log verifies" in page.words, page.words
        assert "Nowhere." in page.words
        yield made


def test_a_tip_moved_to_another_desk_by_hand_is_found(case: Case) -> None:
    tip = case.tips[0]
    change(case.trial, "UPDATE tips SET desk = 'protection' WHERE id = ?", tip)
    page = case.verify()
    assert "The log verifies" in page.words
    assert f"{case.handle(tip)} {FINDINGS['desk']}" in page.words
    change(case.trial, "UPDATE tips SET desk = 'intake' WHERE id = ?", tip)
    assert "Nowhere." in case.verify().words


def test_an_item_that_was_swapped_or_taken_out_is_found(case: Case) -> None:
    first, second = case.tips
    [(one, sealed)] = rows(
        case.trial, "SELECT id, sealed FROM items WHERE tip_id = ? AND kind = 'text'", first
    )
    [(other,)] = rows(case.trial, "SELECT sealed FROM items WHERE tip_id = ? AND kind = 'text'", second)
    change(case.trial, "UPDATE items SET sealed = ? WHERE id = ?", other, one)
    swapped = case.verify().words
    assert f"{case.handle(first)} {FINDINGS['item-changed']}" in swapped
    change(case.trial, "UPDATE items SET sealed = ? WHERE id = ?", sealed, one)
    # And taken out, its slips with it.
    taken = {
        table: rows(case.trial, f"SELECT * FROM {table} WHERE {column} = ?", one)
        for table, column in (("items", "id"), ("slips", "item_id"))
    }
    change(case.trial, "DELETE FROM slips WHERE item_id = ?", one)
    change(case.trial, "DELETE FROM items WHERE id = ?", one)
    assert f"{case.handle(first)} {FINDINGS['item-missing']}" in case.verify().words
    for table, found in taken.items():
        for row in found:
            change(case.trial, f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", *row)
    assert "Nowhere." in case.verify().words


def test_an_entry_whose_bytes_were_edited_is_named(case: Case) -> None:
    index = case.reading()
    [(entry,)] = rows(case.trial, 'SELECT entry FROM entries WHERE "index" = ?', index, database=KEEPER)
    edited = entry.replace(b'"purpose":"triage"', b'"purpose":"audit"')
    assert edited != entry
    sql = 'UPDATE entries SET entry = ? WHERE "index" = ?'
    case.by_hand((sql, (edited, index)))
    page = case.auditor.get("/log")
    assert f"Entry {index} of the log was altered or taken out" in page.words
    case.by_hand((sql, (entry, index)))
    assert "The log verifies" in case.verify().words


def test_an_entry_that_was_deleted_with_its_nodes_is_found(case: Case) -> None:
    index = case.reading()
    entry = rows(case.trial, 'SELECT * FROM entries WHERE "index" = ?', index, database=KEEPER)
    nodes = rows(case.trial, "SELECT * FROM nodes WHERE level = 0 AND position = ?", index, database=KEEPER)
    case.by_hand(
        ('DELETE FROM entries WHERE "index" = ?', (index,)),
        ("DELETE FROM nodes WHERE level = 0 AND position = ?", (index,)),
    )
    case.finds_damage()
    for table, found in (("entries", entry), ("nodes", nodes)):
        marks = ", ".join("?" * len(found[0]))
        case.by_hand((f"INSERT INTO {table} VALUES ({marks})", found[0]))
    case.start_keeper_anew()
    assert "The log verifies" in case.verify().words


def test_a_tree_that_was_rewritten_without_the_key_is_found(case: Case) -> None:
    """Entry, nodes and peaks fit together; only the signature cannot be made again."""
    index = case.reading()
    stored = rows(case.trial, 'SELECT salt, entry FROM entries ORDER BY "index"', database=KEEPER)
    [(before, peaks)] = rows(
        case.trial, 'SELECT entry, frontier FROM entries, head WHERE "index" = ?', index, database=KEEPER
    )
    edited, tree, nodes = before.replace(b'"purpose":"triage"', b'"purpose":"audit"'), Frontier(), []
    for place, (salt, entry) in enumerate(stored):
        nodes += tree.append(leaf_hash(commitment(salt, edited if place == index else entry)))
    changed = [(value, place) for level, place, value in nodes if level == 0 and place == index]
    kept = rows(
        case.trial,
        "SELECT hash, position FROM nodes WHERE level = 0 AND position = ?",
        index,
        database=KEEPER,
    )
    for entry, head, leaves in ((edited, b"".join(tree.peaks), changed), (before, peaks, kept)):
        case.by_hand(
            ('UPDATE entries SET entry = ? WHERE "index" = ?', (entry, index)),
            ("UPDATE head SET frontier = ?", (head,)),
            *(("UPDATE nodes SET hash = ? WHERE level = 0 AND position = ?", each) for each in leaves),
        )
        if entry == edited:
            case.finds_damage()
    case.start_keeper_anew()
    assert "The log verifies" in case.verify().words


def test_an_entry_that_was_hidden_from_every_list_is_found_by_the_weekly_check(case: Case) -> None:
    index = case.reading()
    [row] = rows(case.trial, 'SELECT * FROM facets WHERE "index" = ?', index, database=KEEPER)
    case.by_hand(('DELETE FROM facets WHERE "index" = ?', (index,)))
    with pytest.raises(subprocess.CalledProcessError) as checked:
        case.trial.run("log", "check")
    assert f"Entry {index}: The keeper's table facets lacks what this entry says." in checked.value.stderr
    case.by_hand((f"INSERT INTO facets VALUES ({', '.join('?' * len(row))})", row))
    assert "stand as they were logged" in case.trial.run("log", "check").stderr


def test_an_item_that_was_taken_out_with_the_row_that_would_have_missed_it_is_found(case: Case) -> None:
    # What came today is in no list of today.
    change(case.trial, "UPDATE items SET day = '2020-01-01'")
    assert "held as they were accepted" in case.trial.run("inventory").stderr
    [(item,)] = rows(case.trial, "SELECT max(item) FROM held WHERE since != ''", database=KEEPER)
    case.by_hand(("DELETE FROM held WHERE item = ?", (item,)))
    assert "ALTERED" in case.trial.run("inventory").stderr
    page = case.auditor.get("/log/inventory")
    assert "somebody changed what the keeper remembers of held items" in page.words
