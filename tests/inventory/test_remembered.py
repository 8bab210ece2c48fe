"""What the keeper remembers of held items must make what its last list said; if not, the next says so."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.admin.conftest import Office
from tests.clocks import FixedClock
from tests.founded import quick_passwords
from tests.inventory.nights import (
    DAY,
    again,
    entry,
    file_at,
    item_of,
    lines,
    night,
    read_text,
    remove,
    report,
    stored,
)
from tests.inventory.test_alarms import raised
from tests.retention.test_service import closed_tip, erase
from tests.world import NOON, World
from tipline.keeper.inventory import models as tables
from tipline.keeper.inventory import remembered, service
from tipline.keeper.inventory.alarms import ALTERED
from tipline.keeper_client import Night
from tipline.keeper_client.inventory import HeldItems


def by_hand(office: Office, *statements: str) -> None:
    """What somebody does who may write the keeper's database."""
    path = office.settings.keeper_folder / "keeper.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            assert connection.execute(statement).rowcount, statement


@pytest.fixture(scope="module")
def long_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office with items that are held, missing and changed, shared by the cases."""
    clock = FixedClock(NOON)
    folder = tmp_path_factory.mktemp("remembered")
    with quick_passwords(), World.made(folder, clock) as world, world.keeper():
        office = Office(world, clock)
        office.start()
        kept, missing, changed = (office.put_tip(files={"a.jpg": b"A plate."}) for _ in range(3))
        night(office)
        read_text(office, kept, "reviewer-a")
        remove(office, item_of(office, missing, "card"))
        file_at(office, item_of(office, changed, "file")).write_bytes(b"another picture")
        night(office)
        yield office
        office.services.database.dispose()
        office.services.keeper.close()


LAST = '(SELECT max("index") FROM inventories)'
OF_INTACT = "WHERE item = (SELECT max(item) FROM held WHERE lost = '' AND changed = '')"
CASES: dict[str, str] = {
    "a row is gone": f"DELETE FROM held {OF_INTACT}",
    "every row is gone": "DELETE FROM held",
    "a row too many": "INSERT INTO held SELECT randomblob(16), tip, kind, digest, randomblob(32), noted,"
    f" since, '', '' FROM held {OF_INTACT}",
    "another digest": f"UPDATE held SET digest = randomblob(32) {OF_INTACT}",
    "another salt": f"UPDATE held SET salt = randomblob(32) {OF_INTACT}",
    "another tip": f"UPDATE held SET tip = randomblob(16) {OF_INTACT}",
    "another kind": f"UPDATE held SET kind = 'note' {OF_INTACT}",
    "in no list": f"UPDATE held SET since = '' {OF_INTACT}",
    "what is missing is not": "UPDATE held SET lost = '' WHERE lost != ''",
    "what is missing is gone": "DELETE FROM held WHERE lost != ''",
    "what was changed was not": "UPDATE held SET changed = '' WHERE changed != ''",
    "what is there is missing": f"UPDATE held SET lost = noted {OF_INTACT}",
    "expected in some years": f"UPDATE held SET noted = '2099-01-01' {OF_INTACT}",
    "a digest of text": f"UPDATE held SET digest = 'x' {OF_INTACT}",
    "the list's row is gone": f'DELETE FROM inventories WHERE "index" = {LAST}',
    "the list's row says less": f'UPDATE inventories SET missing = 0 WHERE "index" = {LAST}',
    "a later list that nobody stated": 'INSERT INTO inventories SELECT "index" + 1, day, count, root,'
    f' missing, changed, unvouched FROM inventories WHERE "index" = {LAST}',
    "the list is hidden": f"UPDATE entries SET type = 'audit' WHERE \"index\" = {LAST}",
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_remembered_and_was_changed_is_stated_and_raises_an_alarm_until_two_lists_fit(
    long_office: Office, case: str
) -> None:
    assert ALTERED not in raised(long_office)
    by_hand(long_office, CASES[case])
    first = night(long_office)
    assert first.altered
    assert entry(long_office, first.index).statement.body["altered"] is True
    assert ALTERED in raised(long_office)
    second = night(long_office)
    assert not second.altered
    assert ALTERED in raised(long_office)
    assert not night(long_office).altered
    assert ALTERED not in raised(long_office)


def test_what_nobody_touched_is_never_called_altered(office: Office) -> None:
    kept, code = office.put_tip_with_code(files={"a.jpg": b"A plate."})
    gone = office.put_tip()
    closed_tip(office)
    made = [night(office)]
    office.write_back(code, "They came back.")
    read_text(office, kept, "reviewer-a")
    remove(office, item_of(office, gone, "card"))
    made += [night(office), again(office)]
    remove(office, item_of(office, gone, "text"))
    made += [again(office), night(office)]
    office.clock.advance(60 * DAY)
    made.append(again(office))
    erase(office)
    made += [again(office), night(office), night(office)]
    assert [one.altered for one in made] == [False] * len(made)
    assert made[3].missing == made[2].missing + 1


def test_an_item_that_vanishes_between_two_lists_of_one_day_is_missing_at_once(office: Office) -> None:
    tip = office.put_tip()
    assert night(office).missing == 0
    remove(office, item_of(office, tip, "card"))
    assert again(office).missing == 1
    assert not night(office).altered


def test_a_tip_that_is_erased_while_a_run_goes_on_alters_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_tip(office)
    night(office)
    office.clock.advance(60 * DAY)
    end = HeldItems.end

    def erase_first(self: HeldItems, run: str) -> Night:
        monkeypatch.undo()
        erase(office)
        return end(self, run)

    monkeypatch.setattr(HeldItems, "end", erase_first)
    assert not again(office).altered
    assert stored(office, tables.held)
    following = night(office)
    assert (following.altered, following.missing) == (False, 0)
    assert stored(office, tables.held) == []


def test_an_item_taken_out_of_both_databases_is_not_forgotten(office: Office) -> None:
    tip = office.put_tip()
    night(office)
    item = item_of(office, tip, "card")
    remove(office, item)
    by_hand(office, f"DELETE FROM held WHERE item = x'{item.hex()}'")
    assert night(office).altered
    # Its pin has brought it back: it is looked for again, and one night later it is missing.
    assert night(office).missing == 1
    assert ("missing", tip.hex(), "card") in lines(office)


def test_rows_that_are_changed_while_a_run_goes_on_are_found(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    tip = office.put_tip()
    night(office)
    item = item_of(office, tip, "card")
    remove(office, item)
    end = HeldItems.end

    def change_first(self: HeldItems, run: str) -> Night:
        by_hand(office, f"DELETE FROM held WHERE item = x'{item.hex()}'")
        return end(self, run)

    monkeypatch.setattr(HeldItems, "end", change_first)
    assert night(office).altered


def test_rows_that_go_between_the_comparison_and_the_statement_are_found(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.put_tip()
    night(office)
    compare = remembered.is_remembered

    def go_after(*asked: Any) -> bool:
        found = compare(*asked)
        by_hand(office, f"DELETE FROM held {OF_INTACT}")
        return found

    monkeypatch.setattr(service, "is_remembered", go_after)
    assert night(office).altered


def test_an_item_that_was_pinned_and_in_no_list_yet_comes_back_when_its_row_is_deleted(
    office: Office,
) -> None:
    night(office)
    tip = office.put_tip()
    read_text(office, tip, "reviewer-a")
    item = item_of(office, tip, "text")
    again(office)
    assert [row.since for row in stored(office, tables.held) if row.item == item] == [""]
    by_hand(office, f"DELETE FROM held WHERE item = x'{item.hex()}'")
    remove(office, item)
    first = night(office)
    assert (first.altered, first.missing) == (True, 1)
    assert [row.since for row in stored(office, tables.held) if row.item == item] == [""]
    second = night(office)
    assert (second.altered, second.missing) == (False, 1)
    assert ("missing", tip.hex(), "text") in lines(office)


def test_before_the_first_list_nothing_is_remembered_and_nothing_altered(office: Office) -> None:
    office.put_tip()
    assert not night(office).altered


def test_rows_that_no_list_has_left_are_altered(office: Office) -> None:
    office.put_tip()
    columns = "item, tip, kind, digest, salt, noted, since, lost, changed"
    values = (
        "randomblob(16), randomblob(16), 'text', randomblob(32), randomblob(32), '', '2026-01-01', '', ''"
    )
    by_hand(office, f"INSERT INTO held ({columns}) VALUES ({values})")
    assert night(office).altered


def test_an_altered_list_is_shown_to_auditors(office: Office) -> None:
    office.put_tip()
    night(office)
    by_hand(office, f"DELETE FROM held {OF_INTACT}")
    night(office)
    assert [one.altered for one in report(office).nights] == [True, False]
    page = office.signed_in("auditor").get("/log/inventory").text
    assert "有人改动了守护服务对所存内容的记载" in page


def test_a_list_that_was_rewritten_in_the_log_together_with_all_rows_is_found(office: Office) -> None:
    office.put_tip()
    night(office)
    by_hand(
        office,
        "INSERT INTO strangers VALUES (zeroblob(16), zeroblob(16), 'text')",
        "UPDATE inventories SET unvouched = 1",
        "UPDATE entries SET entry = CAST(replace(CAST(entry AS TEXT), '\"unvouched\":0', '\"unvouched\":1')"
        " AS BLOB) WHERE type = 'inventory'",
    )
    assert night(office).altered
