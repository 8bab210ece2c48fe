"""What the keeper signs for mailboxes: since when a tip is held, and how many people read it on which day."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from crypto.notes import open_json
from crypto.tracking_codes import TrackingCode
from tests.admin.conftest import Office
from tests.inventory.nights import DAY, file_at, item_of, night, read_text, remove, stored, today
from tests.retention.test_service import closed_tip, erase
from tipline.ids import TipId
from tipline.inventory.models import Receipt
from tipline.keeper.inventory import models as tables
from tipline.keeper.inventory import receipts
from tipline.keeper_client import KeeperLied
from tipline.keeper_client.connections import Connections
from tipline.keeper_client.frames import to_text
from tipline.mailbox.receipts import HeldTip, held_tip
from tipline.mailbox.thread import find_mailbox


def seen(office: Office, code: TrackingCode) -> HeldTip:
    """What the reporter's mailbox shows."""
    with office.database.reading() as session:
        found = held_tip(session, find_mailbox(session, code), office.world.verifier)
    assert found is not None
    return found


def readings(office: Office, code: TrackingCode) -> list[tuple[date, str, int]]:
    return [(one.day, one.desk, one.people) for one in seen(office, code).readings]


def test_a_receipt_names_the_day_of_the_first_list_whatever_comes_later(office: Office) -> None:
    tip, code = office.put_tip_with_code()
    first = night(office).day
    office.write_back(code, "They came back.")
    made = night(office, days=5)
    assert (seen(office, code).since, seen(office, code).through) == (first, made.day)
    with office.database.reading() as session:
        note = session.scalars(select(Receipt.receipt)).one()
    assert open_json(note, office.world.verifier) == {
        "v": 1,
        "type": "receipt",
        "log": office.settings.origin,
        "index": made.index,
        "tip": tip.hex(),
        "day": first.isoformat(),
        "through": made.day.isoformat(),
        "whole": True,
    }


def test_counts_are_of_distinct_people_by_desk_and_day(office: Office) -> None:
    tip, code = office.put_tip_with_code()
    other, others = office.put_tip_with_code()
    first = today(office)
    for by in ("reviewer-a", "reviewer-a", "reviewer-b"):
        read_text(office, tip, by)
    read_text(office, other, "reviewer-a")
    office.clock.advance(DAY)
    read_text(office, tip, "reviewer-b")
    night(office)
    second = first + timedelta(days=1)
    assert readings(office, code) == [(second, "intake", 1), (first, "intake", 2)]
    assert readings(office, others) == [(first, "intake", 1)]
    read_text(office, tip, "reviewer-a")
    night(office)
    assert readings(office, code)[0] == (second + timedelta(days=1), "intake", 1)


def test_what_is_read_today_is_counted_tomorrow(office: Office) -> None:
    tip, code = office.put_tip_with_code()
    office.clock.advance(DAY)
    read_text(office, tip, "reviewer-a")
    night(office, days=0)
    assert readings(office, code) == []
    night(office)
    assert readings(office, code) == [(today(office) - timedelta(days=1), "intake", 1)]


def test_refused_readings_and_lists_are_not_counted(office: Office) -> None:
    tip, code = office.put_tip_with_code()
    reviewer = office.signed_in("reviewer-a")
    reviewer.get("/tips")
    with pytest.raises(Exception, match="desk-not-held"):
        read_text(office, tip, "registrar")
    night(office)
    assert readings(office, code) == []


def test_a_harmed_tip_says_so_in_its_own_mailbox_and_in_no_other(office: Office) -> None:
    tip, code = office.put_tip_with_code(files={"truck.jpg": b"A number plate."})
    _, others = office.put_tip_with_code()
    night(office)
    path = file_at(office, item_of(office, tip, "file"))
    data = path.read_bytes()
    path.write_bytes(b"another picture")
    night(office)
    assert (seen(office, code).whole, seen(office, others).whole) == (False, True)
    path.write_bytes(data)
    night(office)
    assert seen(office, code).whole
    remove(office, item_of(office, tip, "card"))
    night(office)
    assert not seen(office, code).whole


def test_a_tip_all_of_which_vanished_has_a_receipt_that_says_so(office: Office) -> None:
    tip, code = office.put_tip_with_code()
    night(office)
    for kind in ("text", "card"):
        remove(office, item_of(office, tip, kind))
    night(office)
    assert not seen(office, code).whole


def test_with_the_tip_its_receipt_goes_and_who_read_it(office: Office) -> None:
    kept = closed_tip(office)
    night(office)
    assert stored(office, tables.readers)
    office.clock.advance(61 * DAY)
    erase(office)
    with office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Receipt)) == 0
    night(office)
    with office.database.reading() as session:
        assert session.get(Receipt, kept.tip) is None
    assert stored(office, tables.readers) == []


def test_there_are_no_notes_before_the_first_list(office: Office) -> None:
    office.put_tip()
    assert list(office.keeper().held.notes()) == []


def test_a_note_that_the_keeper_did_not_sign_for_this_tip_is_not_stored(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.put_tip()
    night(office)
    [[right]] = [list(page) for page in office.keeper().held.notes()]
    tip, receipt, counts = right.tip.hex(), to_text(right.receipt), to_text(right.counts)
    unsigned = to_text(right.receipt.replace(b"true", b"false"))
    for wrong in (
        [tip, counts, receipt],
        ["00" * 16, receipt, counts],
        [tip, unsigned, counts],
        [tip, receipt],
    ):
        monkeypatch.setattr(Connections, "ask", lambda *_, wrong=wrong: {"notes": [wrong]})
        with pytest.raises(KeeperLied):
            next(office.keeper().held.notes())


def test_a_count_holds_the_latest_days_when_there_are_very_many(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "MOST_DAYS", 1)
    tip, code = office.put_tip_with_code()
    read_text(office, tip, "reviewer-a")
    office.clock.advance(DAY)
    read_text(office, tip, "reviewer-a")
    night(office)
    assert readings(office, code) == [(today(office) - timedelta(days=1), "intake", 1)]


def test_a_tip_of_which_nothing_was_read_has_empty_counts(office: Office) -> None:
    tip: TipId = office.put_tip()
    night(office)
    [[notes]] = [list(page) for page in office.keeper().held.notes()]
    assert notes.tip == tip
    assert open_json(notes.counts, office.world.verifier)["days"] == []
