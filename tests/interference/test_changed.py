"""Entries cannot be changed: the page, the verification and the nightly list each say so."""

import re

import pytest

from tests.admin.conftest import Office
from tests.admin.disclosing import ENGLISH, Asking
from tests.interference.site import DONE, TEXT, entry_of, filed, listed, respond
from tests.inventory.nights import again, lines, night
from tipline.ids import NO_TIP

EDITS = {
    "sealed text edited": "UPDATE interference_items SET sealed = x'00' || sealed WHERE item_id = :item",
    "row removed": "DELETE FROM interference_items WHERE item_id = :item",
    "a slip removed": "DELETE FROM interference_slips WHERE item_id = :item AND desk = 'auditors'",
    "another's text put in": (
        "UPDATE interference_items SET sealed = "
        "(SELECT sealed FROM interference_items WHERE item_id != :item) WHERE item_id = :item"
    ),
}


@pytest.mark.parametrize("sql", EDITS.values(), ids=EDITS)
def test_entries_cannot_be_changed_without_the_page_saying_so(sql: str, staff: Office) -> None:
    entry, other = filed(staff), filed(staff, "reviewer-b")
    item = entry_of(staff, int(entry.split("/")[-1])).statement.body["item"]
    reader = staff.signed_in("integrity")
    assert "Missing or changed" not in reader.get("/interference", headers=ENGLISH).text
    with staff.database.writing() as session:
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        session.connection().exec_driver_sql(sql, {"item": bytes.fromhex(item)})
        session.connection().exec_driver_sql(
            "DELETE FROM interference_slips WHERE item_id NOT IN (SELECT item_id FROM interference_items)"
        )
    for name in ("integrity", "auditor", "reviewer-a"):
        page = staff.signed_in(name).get("/interference", headers=ENGLISH).text
        assert page.count("Missing or changed") == 1
        assert "Missing or changed" in staff.signed_in(name).get(entry, headers=ENGLISH).text
    assert TEXT not in reader.post(entry, headers=ENGLISH).text
    assert TEXT in reader.post(other, headers=ENGLISH).text
    assert len(listed(staff, "integrity")) == 2


def test_an_answer_that_was_changed_is_named_and_the_entry_still_read(staff: Office) -> None:
    entry = filed(staff)
    respond(staff, entry)
    item = entry_of(staff, staff.log_size() - 1).statement.body["item"]
    staff.change(
        "UPDATE interference_items SET sealed = x'00' WHERE item_id = :item", item=bytes.fromhex(item)
    )
    page = staff.signed_in("integrity").post(entry, headers=ENGLISH).text
    assert (TEXT in page, DONE in page, "Missing or changed" in page) == (True, False, True)


@pytest.mark.parametrize("sql", EDITS.values(), ids=EDITS)
def test_verifying_the_log_finds_what_was_changed_and_nothing_else(sql: str, staff: Office) -> None:
    entry = filed(staff)
    other = filed(staff, "reviewer-b")
    respond(staff, other)
    for path in (entry, other):
        staff.signed_in("integrity").post(path)
    assert findings(staff) == []
    if "slips" in sql:
        return  # the log names no slip
    item = entry_of(staff, int(entry.split("/")[-1])).statement.body["item"]
    with staff.database.writing() as session:
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        session.connection().exec_driver_sql(sql, {"item": bytes.fromhex(item)})
        session.connection().exec_driver_sql(
            "DELETE FROM interference_slips WHERE item_id NOT IN (SELECT item_id FROM interference_items)"
        )
    assert findings(staff) == [entry.split("/")[-1]]


def findings(office: Office) -> list[str]:
    """What a comparison of the database with the log finds, by what it is about."""
    page = office.signed_in("auditor", confirmed=True).post("/log/verify", headers=ENGLISH)
    assert "The log verifies" in page.text
    return re.findall(r'<th scope="row"><span class="handle">([^<]+)</span>', page.text)


def test_verifying_finds_nothing_wrong_with_reasons_of_disclosures(
    office: Office,
) -> None:
    asking = Asking.of(office)
    number = asking.running()
    asking.asks.post(f"/disclosures/{number}/reason")
    assert findings(office) == []


def test_a_row_that_vanished_or_was_changed_is_named_by_the_nightly_list(staff: Office) -> None:
    asking = Asking.of(staff)  # whose reasons lie apart, and are in no list
    asking.running()
    entries = [filed(staff), filed(staff, "reviewer-b"), filed(staff)]
    respond(staff, entries[2])
    assert (night(staff).missing, again(staff).unvouched, lines(staff)) == (0, 0, [])
    items = [entry_of(staff, int(one.split("/")[-1])).statement.body["item"] for one in entries]
    staff.change("DELETE FROM interference_slips WHERE item_id = :item", item=bytes.fromhex(items[0]))
    staff.change("DELETE FROM interference_items WHERE item_id = :item", item=bytes.fromhex(items[0]))
    staff.change(
        "UPDATE interference_items SET sealed = x'00' WHERE item_id = :item", item=bytes.fromhex(items[1])
    )
    night(staff)
    assert sorted(lines(staff)) == [
        ("changed", NO_TIP.hex(), "interference"),
        ("missing", NO_TIP.hex(), "interference"),
    ]
    page = staff.signed_in("auditor").get("/log/inventory", headers=ENGLISH).text
    assert page.count("Entry or answer of the interference register") == 2
