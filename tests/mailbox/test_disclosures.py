"""That a name may be looked at stands in the mailbox as the keeper signed it; nothing else speaks."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from crypto.keys import SigningKey
from crypto.notes import NoteSigner, sign_json
from crypto.tracking_codes import TrackingCode
from tests.public.instance import MOMENT, ORIGIN, Instance
from tests.public.visitor import Visitor, code_on
from tipline.disclosures.grounds import Ground
from tipline.disclosures.records import DisclosureRecord
from tipline.disclosures.storing import keep_record
from tipline.ids import TipId
from tipline.mailbox.disclosures import Told, told_disclosures
from tipline.mailbox.thread import find_mailbox
from tipline.public.mailbox.words import GROUND_WORDS
from tipline.public.services import EXTENSION

NEWS, NOTHING = "There is a new message.", "Nothing new."
MAY, COULD = "They may look from", "They could look from"
DAY = 86_400


@pytest.fixture
def code(visitor: Visitor) -> TrackingCode:
    return TrackingCode.parse(code_on(visitor.report()))


@pytest.fixture
def tip(instance: Instance, code: TrackingCode) -> TipId:
    with instance.database.reading() as session:
        return find_mailbox(session, code).tip


def record_of(tip: TipId, /, **changes: Any) -> DisclosureRecord:
    """Asked and allowed today, of which the reporter is told first."""
    today = MOMENT.date()
    fields: dict[str, Any] = {
        "tip": tip.hex(),
        "request": 7,
        "decided_index": 9,
        "asked": today,
        "decided": today,
        "ground": Ground.TESTIMONY,
        "hours": 5,
        "opens": date.fromordinal(today.toordinal() + 1),
        "emergency": False,
    }
    return DisclosureRecord(**fields | changes)


def signed(instance: Instance, record: DisclosureRecord, signer: NoteSigner | None = None) -> bytes:
    return sign_json(record.to_body(ORIGIN, 11), signer or instance.signer)


def put(instance: Instance, tip: TipId, note: bytes, *, request: int = 7, position: int = 50) -> None:
    """A row by hand, as the database's administrator could write it."""
    sql = "insert into told_disclosures (request, tip_id, position, note) values (:request, :tip, :at, :note)"
    instance.change(sql, request=request, tip=tip, at=position, note=note)


def keep(instance: Instance, note: bytes) -> None:
    with instance.database.writing() as session:
        keep_record(session, note, instance.app.extensions[EXTENSION].log)


def told(instance: Instance, code: TrackingCode) -> list[Told]:
    with instance.database.reading() as session:
        return told_disclosures(session, find_mailbox(session, code), instance.app.extensions[EXTENSION].log)


def inside(instance: Instance, code: TrackingCode, language: str = "en") -> Visitor:
    visitor = Visitor(instance.app, language=language)
    visitor.sign_in(code.reveal())
    return visitor


def said(visitor: Visitor) -> list[str]:
    """What the messages' page tells of disclosures, each as plain text."""
    page = visitor.get("/mailbox/messages").text
    parts = [re.split("<li class=|</ol>", part)[0] for part in page.split('<li class="reply told">')[1:]]
    return [" ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in parts]


# ------------------------------------------------------------------- refusals


def test_a_forged_note_is_not_shown(instance: Instance, code: TrackingCode, tip: TipId) -> None:
    foreign = NoteSigner(ORIGIN, SigningKey.generate())
    good = signed(instance, record_of(tip))
    notes = (
        signed(instance, record_of(tip), foreign),
        good.replace(b'"hours":5', b'"hours":1'),
        b"",
        b"\xff",
    )
    for request, note in enumerate(notes, 7):
        put(instance, tip, note, request=request)
    visitor = inside(instance, code)
    assert told(instance, code) == []
    assert NOTHING in visitor.get("/mailbox").text
    assert said(visitor) == []
    put(instance, tip, signed(instance, record_of(tip, request=99)), request=99)
    assert len(said(visitor)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"tip": "00" * 16},
        {"log": "another/log"},
        {"type": "record"},
        {"v": 2},
        {"ground": "gossip"},
        {"hours": "5"},
        {"emergency": 0},
        {"opens": "tomorrow"},
        {"member": "m00000001"},
    ],
    ids=str,
)
def test_a_note_of_something_else_is_not_shown(
    instance: Instance, code: TrackingCode, tip: TipId, changes: dict[str, Any]
) -> None:
    body = record_of(tip).to_body(ORIGIN, 11) | changes
    put(instance, tip, sign_json(body, instance.signer))
    assert told(instance, code) == []
    assert said(inside(instance, code)) == []


def test_a_note_is_shown_once_however_often_somebody_copies_it(
    instance: Instance, code: TrackingCode, tip: TipId
) -> None:
    note = signed(instance, record_of(tip))
    for request in (7, 8, 9):
        put(instance, tip, note, request=request, position=50 + request)
    assert [one.record.request for one in told(instance, code)] == [7]


def test_a_note_of_another_tip_is_not_stored_for_this_one(
    instance: Instance, code: TrackingCode, tip: TipId
) -> None:
    keep(instance, signed(instance, record_of(TipId(bytes(16)))))
    assert told(instance, code) == []


# ------------------------------------------------------------------- what is told


def test_a_disclosure_is_a_new_message_until_it_was_shown(
    instance: Instance, code: TrackingCode, tip: TipId
) -> None:
    visitor = inside(instance, code)
    assert NOTHING in visitor.get("/mailbox").text
    keep(instance, signed(instance, record_of(tip)))
    assert NEWS in visitor.get("/mailbox").text
    assert [" new " in one for one in said(visitor)] == [True]
    assert NOTHING in visitor.get("/mailbox").text
    keep(instance, signed(instance, record_of(tip, request=5, hours=1)))  # asked before, told later
    assert NEWS in visitor.get("/mailbox").text
    fresh = [" new " in one for one in said(visitor)]
    assert fresh == [False, True]
    keep(instance, signed(instance, record_of(tip)))
    assert NOTHING in visitor.get("/mailbox").text


def test_a_message_that_is_written_later_stands_behind_it(
    instance: Instance, code: TrackingCode, tip: TipId
) -> None:
    keep(instance, signed(instance, record_of(tip)))
    visitor = inside(instance, code)
    fields = visitor.hidden("/mailbox/messages")
    visitor.post("/mailbox/messages", {**fields, "message": "I do not want this."})
    with instance.database.reading() as session:
        mailbox = find_mailbox(session, code)
        [one] = told_disclosures(session, mailbox, instance.app.extensions[EXTENSION].log)
    page = visitor.get("/mailbox/messages?own=1").text
    assert page.index("About your name") < page.index("I do not want this.")
    assert mailbox.read_up_to == one.position


def test_the_days_the_ground_and_the_hours_are_those_that_were_signed(
    instance: Instance, code: TrackingCode, tip: TipId
) -> None:
    keep(
        instance,
        signed(
            instance, record_of(tip, asked=date(2026, 3, 2), decided=date(2026, 3, 3), opens=date(2026, 3, 4))
        ),
    )
    [one] = told(instance, code)
    assert one.is_ahead(datetime(2026, 3, 4, 4, 59, tzinfo=UTC))
    assert not one.is_ahead(datetime(2026, 3, 4, 5, tzinfo=UTC))
    [words] = said(inside(instance, code))
    for expected in ("On Monday, March 2, 2026, somebody", "allowed it on Tuesday, March 3, 2026"):
        assert expected in words
    assert "from Wednesday, March 4, 2026 on, for 5 hours" in words
    assert "Reason: so that you can be heard as a witness." in words


def test_before_the_window_it_may_be_looked_at_and_afterwards_it_could(
    instance: Instance, code: TrackingCode, tip: TipId
) -> None:
    keep(instance, signed(instance, record_of(tip)))
    assert MAY in said(inside(instance, code))[0]
    instance.clock.advance(2 * DAY)
    assert COULD in said(inside(instance, code))[0]


@pytest.mark.parametrize("emergency", [False, True])
def test_who_is_told_afterwards_reads_why(
    instance: Instance, code: TrackingCode, tip: TipId, emergency: bool
) -> None:
    today, ground = MOMENT.date(), Ground.LIFE if emergency else Ground.WISH
    keep(instance, signed(instance, record_of(tip, opens=today, ground=ground, emergency=emergency)))
    [words] = said(inside(instance, code))
    assert COULD in words
    assert ("It had to be at once" in words, "put somebody in danger before" in words) == (
        emergency,
        not emergency,
    )


@pytest.mark.parametrize("ground", list(Ground))
def test_every_ground_has_words_in_both_languages(
    instance: Instance, code: TrackingCode, tip: TipId, ground: Ground
) -> None:
    keep(instance, signed(instance, record_of(tip, ground=ground)))
    assert GROUND_WORDS[ground] in said(inside(instance, code))[0].replace("&#39;", "'")
    [chinese] = said(inside(instance, code, "zh-CN"))
    assert not re.search("[A-Za-z]{2,}", chinese)
