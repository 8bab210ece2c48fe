"""The receipt stands inside the mailbox alone, as the keeper signed it; nothing else speaks."""

import re
from datetime import date
from typing import Any

import pytest

from crypto.keys import SigningKey
from crypto.notes import NoteSigner, sign_json
from crypto.tracking_codes import TrackingCode
from tests.public.instance import ORIGIN, Instance
from tests.public.visitor import Visitor, code_on
from tipline.ids import TipId
from tipline.mailbox.receipts import HeldTip, ReadingDay, held_tip
from tipline.mailbox.thread import find_mailbox
from tipline.public.services import EXTENSION

NOTHING = "Nothing signed stands here yet"
HELD = "We held your report on"
HARMED = "Something that you sent is not as it was when it came"
DAYS = [["2026-03-01", "intake", 2], ["2026-03-02", "intake", 1], ["2026-03-02", "integrity", 1]]


@pytest.fixture
def code(visitor: Visitor) -> TrackingCode:
    return TrackingCode.parse(code_on(visitor.report()))


@pytest.fixture
def tip(instance: Instance, code: TrackingCode) -> TipId:
    with instance.database.reading() as session:
        return find_mailbox(session, code).tip


def receipt(tip: TipId, /, **changes: Any) -> dict[str, Any]:
    """What the keeper says of a tip that is held."""
    common = {"v": 1, "type": "receipt", "log": ORIGIN, "index": 9, "tip": tip.hex()}
    return common | {"day": "2026-03-01", "through": "2026-03-03", "whole": True} | changes


def counts(tip: TipId, /, **changes: Any) -> dict[str, Any]:
    """What the keeper says of who read it."""
    common = {"v": 1, "type": "counts", "log": ORIGIN, "index": 9, "tip": tip.hex()}
    return common | {"days": DAYS, "through": "2026-03-02"} | changes


def put(instance: Instance, tip: TipId, first: bytes, second: bytes) -> None:
    instance.change("delete from receipts")
    sql = "insert into receipts (tip_id, receipt, counts) values (:tip, :first, :second)"
    instance.change(sql, tip=tip, first=first, second=second)


def sign(instance: Instance, tip: TipId, /, **changes: Any) -> None:
    """Two notes of the keeper's, the first with changes."""
    first, second = receipt(tip, **changes), counts(tip)
    put(instance, tip, sign_json(first, instance.signer), sign_json(second, instance.signer))


def held(instance: Instance, code: TrackingCode) -> HeldTip | None:
    with instance.database.reading() as session:
        return held_tip(session, find_mailbox(session, code), instance.app.extensions[EXTENSION].log)


def said(instance: Instance, code: TrackingCode, language: str = "en") -> str:
    """The part of the messages' page that speaks of the list."""
    visitor = Visitor(instance.app, language=language)
    visitor.sign_in(code.reveal())
    return visitor.get("/mailbox/messages").text.split('<section class="held">')[1].split("</section>")[0]


def test_before_the_first_night_the_page_says_when_to_look_again(
    instance: Instance, code: TrackingCode
) -> None:
    assert held(instance, code) is None
    assert NOTHING in said(instance, code)


def test_a_forged_receipt_is_not_shown(instance: Instance, code: TrackingCode, tip: TipId) -> None:
    good = sign_json(receipt(tip), instance.signer), sign_json(counts(tip), instance.signer)
    foreign = NoteSigner(ORIGIN, SigningKey.generate())
    forged = sign_json(receipt(tip), foreign), sign_json(counts(tip), foreign)
    altered = good[0].replace(b"2026-03-01", b"2025-01-01"), good[1].replace(b",2]", b",0]")
    for first, second in (
        forged,
        (forged[0], good[1]),
        (good[0], forged[1]),
        altered,
        (b"", b""),
        good[::-1],
    ):
        put(instance, tip, first, second)
        assert held(instance, code) is None
        page = said(instance, code)
        assert NOTHING in page
        assert HELD not in page
        assert "person" not in page
    put(instance, tip, *good)
    assert held(instance, code) is not None


@pytest.mark.parametrize("changes", [{"tip": "00" * 16}, {"log": "another/log"}, {"type": "record"}])
def test_a_receipt_of_something_else_is_not_shown(
    instance: Instance, code: TrackingCode, tip: TipId, changes: dict[str, str]
) -> None:
    sign(instance, tip, **changes)
    assert held(instance, code) is None
    second = sign_json(counts(tip, **changes), instance.signer)
    put(instance, tip, sign_json(receipt(tip), instance.signer), second)
    assert held(instance, code) is None


def test_notes_of_two_nights_do_not_stand_together(
    instance: Instance, code: TrackingCode, tip: TipId
) -> None:
    sign(instance, tip, index=8)
    assert held(instance, code) is None


def test_the_days_and_the_readers_are_those_that_were_signed(
    instance: Instance, code: TrackingCode, tip: TipId
) -> None:
    sign(instance, tip)
    first, second = date(2026, 3, 1), date(2026, 3, 2)
    readings = (
        ReadingDay(second, "integrity", 1),
        ReadingDay(second, "intake", 1),
        ReadingDay(first, "intake", 2),
    )
    assert held(instance, code) == HeldTip(first, date(2026, 3, 3), whole=True, readings=readings)
    page = said(instance, code)
    assert f"{HELD} Sunday, March 1, 2026" in page
    assert "March 2, 2026</time> · integrity · 1 person" in page
    assert "March 1, 2026</time> · intake · 2 people" in page
    assert "Up to the end of Monday, March 2, 2026" in page
    assert "should be newer" not in page


def test_nobody_read_it_is_said_too(instance: Instance, code: TrackingCode, tip: TipId) -> None:
    empty = sign_json(counts(tip, days=[]), instance.signer)
    put(instance, tip, sign_json(receipt(tip), instance.signer), empty)
    assert "nobody has" in said(instance, code)


def test_a_tip_that_is_not_as_it_was_is_said_in_words(
    instance: Instance, code: TrackingCode, tip: TipId
) -> None:
    sign(instance, tip, whole=False)
    page = said(instance, code)
    assert HARMED in page
    assert HELD not in page


def test_an_old_note_that_was_kept_in_its_place_is_seen_by_its_day(
    instance: Instance, code: TrackingCode, tip: TipId
) -> None:
    sign(instance, tip, through="2026-03-01")
    assert "should be newer" not in said(instance, code)
    sign(instance, tip, through="2026-02-28")
    assert "should be newer" in said(instance, code)


def test_the_receipt_stands_one_step_inside_and_nowhere_else(
    instance: Instance, code: TrackingCode, tip: TipId
) -> None:
    pages = {}
    for put_in in (False, True):
        instance.change("delete from receipts")
        if put_in:
            sign(instance, tip)
        visitor = Visitor(instance.app)
        visitor.sign_in(code.reveal())
        pages[put_in] = [
            re.sub(r'name="csrf_token" value="[^"]*"', "", visitor.get(path).text)
            for path in ("/mailbox", "/", "/mailbox/close", "/mailbox/withdraw")
        ]
    assert pages[True] == pages[False]
    visitor = Visitor(instance.app)
    visitor.get("/mailbox/messages")
    assert HELD not in visitor.get("/mailbox/messages").text  # without a session there is the door


def test_there_is_nothing_to_take_away(instance: Instance, code: TrackingCode, tip: TipId) -> None:
    sign(instance, tip)
    page = said(instance, code)
    assert "href" not in page
    assert "<form" not in page
    assert tip.hex() not in page
    assert "—" not in page
