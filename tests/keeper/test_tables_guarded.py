"""The weekly look at rows that decide: each that is changed by hand is found, and its table named."""

import re
import sqlite3
from contextlib import closing

import pytest

from tests.keeper.worked import Stored, stored, template
from tipline.keeper.checking import gone, guarded
from tipline.keeper.checking.errors import CheckFailed, DigestsChanged, RowForeign, RowForged, RowGone
from tipline.keeper.digests.tables import DISCLOSURES, GUARDED

__all__ = ["stored", "template"]

CASES: dict[str, tuple[str, type[CheckFailed]]] = {
    "tips: removed": ("DELETE FROM tips WHERE tip = (SELECT max(tip) FROM tips)", RowGone),
    "tips: changed": ("UPDATE tips SET excluded = 'u9'", RowForged),
    "tips: added": (
        "INSERT INTO tips SELECT randomblob(16), claim, desks, excluded, routes, state, due, file,"
        " route_index, assignee FROM tips LIMIT 1",
        RowForeign,
    ),
    "items: removed": ("DELETE FROM items WHERE item = (SELECT max(item) FROM items)", RowGone),
    "items: changed": ("UPDATE items SET kind = 'note'", RowForged),
    "items: added": (
        "INSERT INTO items SELECT randomblob(16), tip, digest, kind FROM items LIMIT 1",
        RowForeign,
    ),
    "card_groups: removed": ("DELETE FROM card_groups", RowGone),
    "card_groups: changed": ("UPDATE card_groups SET excluded = ''", RowForged),
    "card_groups: added": (
        "INSERT INTO card_groups SELECT randomblob(16), desk, 'u9', epoch, slip FROM card_groups",
        RowForeign,
    ),
    "row_counts: removed": ("DELETE FROM row_counts WHERE \"of\" LIKE 'card_groups/%'", RowGone),
    "row_counts: the decoys'": ("DELETE FROM row_counts WHERE \"of\" = 'decoys'", RowGone),
    "row_counts: changed": ("UPDATE row_counts SET count = 0", RowForged),
    "row_counts: added": ("INSERT INTO row_counts VALUES ('card_groups/none', 1)", RowForeign),
    "decoys: removed": ("DELETE FROM decoys", RowGone),
    "decoys: changed": ('UPDATE decoys SET "index" = 0', RowForged),
    "decoys: added": ("INSERT INTO decoys VALUES (randomblob(16), 1)", RowForeign),
    "acts: removed": ("DELETE FROM acts WHERE member = (SELECT max(member) FROM acts)", RowGone),
    "acts: changed": ("UPDATE acts SET at = at + 1", RowForged),
    "acts: added": ("INSERT INTO acts VALUES ('m0', 1)", RowForeign),
    "disclosures: removed": ("DELETE FROM disclosures", RowGone),
    "disclosures: changed": ("UPDATE disclosures SET approver = 'm0'", RowForged),
    "disclosures: added": (
        f"INSERT INTO disclosures SELECT 9, {', '.join(DISCLOSURES.columns[1:])} FROM disclosures",
        RowForeign,
    ),
    "interference: removed": ("DELETE FROM interference", RowGone),
    "interference: changed": ("UPDATE interference SET excluded = 'u9'", RowForged),
    "interference: added": (
        'INSERT INTO interference SELECT 9, act, "of", item, member, excluded FROM interference',
        RowForeign,
    ),
    "watched: removed": ("DELETE FROM watched", RowGone),
    "watched: changed": ('UPDATE watched SET "index" = 9999', RowForged),
    "watched: added": ("INSERT INTO watched VALUES (2, 1)", RowForeign),
    "remembered: removed": ("DELETE FROM remembered", RowGone),
    "remembered: changed": ("UPDATE remembered SET readings = 9999", RowForged),
    "remembered: added": (
        "INSERT INTO remembered SELECT 2, day, readings, harmed, readers FROM remembered",
        RowForeign,
    ),
    # Rows of rewards that are gone: tests/keeper/rewards/test_rows_by_hand.py.
    "awards: changed": ("UPDATE awards SET state = 'granted'", RowForged),
    "awards: added": (
        'INSERT INTO awards SELECT randomblob(16), "index", state, file FROM awards',
        RowForeign,
    ),
    "budgets: changed": ("UPDATE budgets SET amount = 500000", RowForged),
    "budgets: added": ("INSERT INTO budgets VALUES (2030, 500000, 0, 0)", RowForeign),
    "mint_keys: changed": ("UPDATE mint_keys SET awards = 5", RowForged),
    "vouchers: changed": ("UPDATE vouchers SET paid_day = '2026-03-03'", RowForged),
    "pickups: changed": ("UPDATE pickups SET spent = randomblob(32)", RowForged),
    "pickups: added": ("INSERT INTO pickups SELECT randomblob(16), spent FROM pickups", RowForeign),
    "tries: changed": ("UPDATE tries SET count = 0", RowForged),
    "reward_days: changed": ("UPDATE reward_days SET day = '2026-03-03'", RowForged),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_row_that_decides_and_was_changed_by_hand_is_found_and_its_table_named(
    stored: Stored, case: str
) -> None:
    statement, fault = CASES[case]
    stored.by_hand(statement)
    with pytest.raises(fault) as found:
        stored.check()
    assert re.search(rf"table {case.partition(':')[0]}\b", str(found.value))


def test_every_guarded_table_is_looked_at_here_but_those_of_letters_and_alerts(stored: Stored) -> None:
    # These rows can be made again from the entries, too, and that names them (test_tables.py).
    looked_at = {case.partition(":")[0] for case in CASES}
    assert looked_at | {"letters", "alerts"} == {table.name for table in GUARDED}
    assert all(stored.count(table.name) for table in GUARDED)


def test_a_row_that_no_entry_names_is_named_by_the_list_of_what_is_held(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored.by_hand(CASES["items: removed"][0])
    monkeypatch.setattr(gone, "_entries", lambda _: iter(()))
    with pytest.raises(RowGone, match="table items"):
        stored.check()
    stored.by_hand("DELETE FROM held")
    with pytest.raises(RowGone, match="table tips, items, letters"):
        stored.check()


DIGESTS = {
    "a bucket is gone": "DELETE FROM row_digests WHERE bucket = (SELECT max(bucket) FROM row_digests)",
    "a bucket is empty": "UPDATE row_digests SET leaves = x'' WHERE length(leaves) = 64",
    "a bucket and its hash": "UPDATE row_digests SET leaves = x'', hash = zeroblob(32)",
    "a bucket of text": "UPDATE row_digests SET leaves = 'x'",
    "a bucket too many": "INSERT INTO row_digests VALUES (65536, zeroblob(32), zeroblob(64))",
    "another seal": "UPDATE head SET rows = zeroblob(32)",
    "no seal": "UPDATE head SET rows = x''",
    "all digests": "DELETE FROM row_digests",
}


@pytest.mark.parametrize("change", DIGESTS, ids=str)
def test_digests_that_the_keeper_did_not_seal_are_found(stored: Stored, change: str) -> None:
    stored.by_hand(DIGESTS[change])
    with pytest.raises(DigestsChanged):
        stored.check()


def test_a_row_put_back_together_with_its_bucket_does_not_fit_the_seal(stored: Stored) -> None:
    with closing(sqlite3.connect(stored.path)) as connection, connection:
        connection.execute("DELETE FROM decoys")
        connection.execute("DELETE FROM row_digests WHERE length(leaves) = 64")
    with pytest.raises(DigestsChanged):
        stored.check()


def test_pages_of_any_size_find_the_same(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "PAGE", 1)
    stored.check()
    stored.by_hand("UPDATE tips SET state = state || 'x' WHERE tip = (SELECT max(tip) FROM tips)")
    with pytest.raises(RowForged):
        stored.check()
