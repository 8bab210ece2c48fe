"""/log/inventory: what is missing or changed, by handle and kind, for auditors alone."""

import re

import pytest

from tests.admin.conftest import Office
from tests.inventory.nights import DAY, again, file_at, item_of, night, remove
from tests.inventory.test_service import put_by_hand
from tipline.ids import TipId

ENGLISH = {"Accept-Language": "en"}


def page(office: Office) -> str:
    """What an auditor sees."""
    answer = office.signed_in("auditor").get("/log/inventory", headers=ENGLISH)
    assert answer.status_code == 200
    return answer.text


def handle(tip: TipId) -> str:
    return f"{tip.hex()[:4]}-{tip.hex()[4:8]}"


def test_a_look_is_an_entry_and_nobody_else_may(office: Office) -> None:
    for name in ("reviewer-a", "registrar", "integrity"):
        assert office.signed_in(name).get("/log/inventory").status_code == 403
    size = office.log_size()
    page(office)
    assert office.log_size() == size + 1


def test_before_the_first_night_the_page_says_so(office: Office) -> None:
    assert "There is no list yet." in page(office)


def test_a_quiet_night_is_said_in_words(office: Office) -> None:
    office.put_tip()
    made = night(office)
    shown = page(office)
    assert "Nothing. All that was accepted is there, as it was." in shown
    assert made.day.isoformat() in shown
    assert "nobody vouches for it" not in shown
    assert "should be newer" not in shown


def test_what_vanished_was_swapped_or_written_by_hand_is_named_and_no_content(office: Office) -> None:
    tip = office.put_tip("They burn the papers on Sunday.", files={"truck.jpg": b"A number plate."})
    night(office)
    remove(office, item_of(office, tip, "card"))
    file_at(office, item_of(office, tip, "file")).write_bytes(b"another picture")
    office.clock.advance(DAY)
    put_by_hand(office, tip)
    office.clock.advance(DAY)
    made = again(office)
    assert (made.missing, made.changed, made.unvouched) == (1, 1, 1)
    shown = page(office)
    assert shown.count(handle(tip)) == 3
    for words in ("missing</td><td>The tip&#39;s card", "other bytes than were accepted</td><td>File"):
        assert words in shown.replace("’", "&#39;").replace("'", "&#39;")
    assert "nobody vouches for it</td><td>The tip" in shown
    assert tip.hex() not in shown
    assert "truck" not in shown


def test_nights_that_are_missed_are_said(office: Office) -> None:
    office.put_tip()
    night(office)
    office.clock.advance(2 * DAY)
    assert "should be newer" not in page(office)
    office.clock.advance(DAY)
    assert "should be newer" in page(office)


def test_the_log_tells_a_list_in_one_line(office: Office) -> None:
    office.put_tip()
    made = night(office)
    shown = office.signed_in("auditor").get("/log", headers=ENGLISH).text
    assert "Listed what is held" in shown
    assert f"{made.day.isoformat()} {made.count}" in shown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_room_has_one_name(office: Office, language: str) -> None:
    shown = office.signed_in("auditor").get("/log/inventory", headers={"Accept-Language": language}).text
    (title,) = re.findall(r"<title>([^<·|–-]+)", shown)
    (heading,) = re.findall(r"<h1>([^<]+)</h1>", shown)
    (link,) = re.findall(r'<a href="/log/inventory"[^>]*>([^<]+)</a>', shown)
    assert title.strip() == heading == link
    if language == "en":  # as `tipline inventory` calls it
        assert heading == "Inventory"
