"""Rows written by hand cannot speak to a reporter, and cannot redirect what the reporter adds."""

import hashlib
from datetime import date
from typing import Any

import pytest

from crypto.keys import SigningKey
from crypto.notes import NoteSigner, sign_json
from crypto.tracking_codes import TrackingCode
from tests.mailbox.test_standing import put as put_standing
from tests.mailbox.test_standing import record_of as standing_record
from tests.public.instance import ORIGIN, Instance
from tests.public.visitor import Visitor, code_on
from tipline.ids import TipId
from tipline.mailbox.thread import find_mailbox, new_marker
from tipline.sealing.items import NewItem, seal_item
from tipline.tips.answers import Message


@pytest.fixture
def code(visitor: Visitor) -> TrackingCode:
    return TrackingCode.parse(code_on(visitor.report()))


@pytest.fixture
def tip(instance: Instance, code: TrackingCode) -> TipId:
    with instance.database.reading() as session:
        return find_mailbox(session, code).tip


def seal(code: TrackingCode, tip: TipId, kind: str, content: bytes) -> NewItem:
    """Something sealed to the reporter, as a desk does it or anybody who knows the recipient."""
    return seal_item(kind, tip, content, audience=None, reporter=code.identity.recipient)


def put(instance: Instance, item: NewItem, record: bytes, position: int) -> None:
    instance.change(
        "insert into items (id, tip_id, position, kind, day, digest, sealed, claim_signature, record)"
        " values (:id, :tip, :position, :kind, '2026-03-04', :digest, :sealed, :signature, :record)",
        id=item.id,
        tip=item.tip,
        position=position,
        kind=item.kind,
        digest=item.digest,
        sealed=item.sealed,
        signature=b"",
        record=record,
    )


def record_of(sealed: NewItem, **changes: object) -> dict[str, Any]:
    """The keeper's record of a reply."""
    return {
        "v": 1,
        "type": "record",
        "log": ORIGIN,
        "index": 7,
        "day": "2026-03-04",
        "statement": "00" * 32,
        "kind": "reply",
        "tip": sealed.tip.hex(),
        "item": sealed.id.hex(),
        "hash": sealed.digest.hex(),
        **changes,
    }


def reply(code: TrackingCode, tip: TipId, text: str) -> NewItem:
    return seal(code, tip, "reply", Message(text, date(2026, 3, 4)).encode())


def shown(visitor: Visitor, code: TrackingCode) -> tuple[str, str]:
    """The first page and the thread."""
    visitor.sign_in(code.reveal())
    return visitor.get("/mailbox").text, visitor.get("/mailbox/messages").text


@pytest.mark.parametrize(
    "changes",
    [
        {"hash": "00" * 32},
        {"item": "00" * 16},
        {"tip": "00" * 16},
        {"kind": "note"},
        {"type": "directory"},
        {"log": "another/log"},
    ],
)
def test_a_record_of_something_else_shows_nothing(
    instance: Instance, visitor: Visitor, code: TrackingCode, tip: TipId, changes: dict[str, str]
) -> None:
    forged = reply(code, tip, "Come to the river alone.")
    put(instance, forged, sign_json(record_of(forged, **changes), instance.signer), 9)
    for page in shown(visitor, code):
        assert "river" not in page
        assert "There is a new message." not in page


def test_a_reply_without_a_record_or_under_another_key_shows_nothing(
    instance: Instance, visitor: Visitor, code: TrackingCode, tip: TipId
) -> None:
    bare, foreign = reply(code, tip, "Come to the river."), reply(code, tip, "Come to the river.")
    put(instance, bare, b"", 9)
    put(instance, foreign, sign_json(record_of(foreign), NoteSigner(ORIGIN, SigningKey.generate())), 10)
    for page in shown(visitor, code):
        assert "river" not in page
        assert "There is a new message." not in page


def test_a_true_record_moved_to_another_reply_shows_nothing(
    instance: Instance, visitor: Visitor, code: TrackingCode, tip: TipId
) -> None:
    true, forged = reply(code, tip, "Thank you."), reply(code, tip, "Come to the river.")
    put(instance, forged, sign_json(record_of(true), instance.signer), 9)
    assert "river" not in shown(visitor, code)[1]


def test_swapped_content_under_a_true_record_shows_nothing(
    instance: Instance, visitor: Visitor, code: TrackingCode, tip: TipId
) -> None:
    true = reply(code, tip, "Thank you.")
    put(instance, true, sign_json(record_of(true), instance.signer), 9)
    forged = reply(code, tip, "Come to the river.")
    instance.change("update items set sealed = :sealed where id = :id", sealed=forged.sealed, id=true.id)
    assert "river" not in "".join(shown(visitor, code))
    assert hashlib.sha256(forged.sealed or b"").digest() != true.digest


@pytest.mark.parametrize("kind", ["text", "message"])
def test_words_put_into_the_reporters_mouth_are_not_shown(
    instance: Instance, visitor: Visitor, code: TrackingCode, tip: TipId, kind: str
) -> None:
    put(instance, seal(code, tip, kind, Message("I made it all up.", date(2026, 3, 4)).encode()), b"", 9)
    visitor.sign_in(code.reveal())
    assert "made it all up" not in visitor.get("/mailbox/messages?own=1").text


def route_record(instance: Instance, tip: TipId, signer: NoteSigner, index: int, desk: str) -> bytes:
    return sign_json(
        {
            "v": 1,
            "type": "record",
            "log": ORIGIN,
            "index": index,
            "day": "2026-03-04",
            "statement": "00" * 32,
            "kind": "route",
            "tip": tip.hex(),
            "desks": [desk],
            "excluded": [],
        },
        signer,
    )


def desks_of_messages(instance: Instance) -> list[str]:
    query = "select desk from slips join items on items.id = item_id where kind = 'message' order by desk"
    return [row[0] for row in instance.rows(query)]


def test_a_forged_route_or_desk_redirects_nothing(
    instance: Instance, visitor: Visitor, code: TrackingCode, tip: TipId
) -> None:
    stranger = NoteSigner(ORIGIN, SigningKey.generate())
    put(instance, seal(code, tip, "route", route_record(instance, tip, stranger, 9, "integrity")), b"", 9)
    other_tip = TipId(bytes(16))
    put(
        instance,
        seal(code, tip, "route", route_record(instance, other_tip, instance.signer, 9, "integrity")),
        b"",
        10,
    )
    instance.change("update tips set desk = 'integrity'")
    visitor.sign_in(code.reveal())
    visitor.write("more")
    assert desks_of_messages(instance) == ["intake", "integrity"]


def test_the_newest_recorded_route_is_followed(
    instance: Instance, visitor: Visitor, code: TrackingCode, tip: TipId
) -> None:
    put(
        instance,
        seal(code, tip, "route", route_record(instance, tip, instance.signer, 20, "integrity")),
        b"",
        9,
    )
    put(
        instance,
        seal(code, tip, "route", route_record(instance, tip, instance.signer, 12, "intake")),
        b"",
        10,
    )
    visitor.sign_in(code.reveal())
    visitor.write("more")
    assert desks_of_messages(instance) == ["integrity"]


def test_a_logged_reply_is_new_once(
    instance: Instance, visitor: Visitor, code: TrackingCode, tip: TipId
) -> None:
    true = reply(code, tip, "Thank you. Which market?")
    put(instance, true, sign_json(record_of(true), instance.signer), 9)
    first, thread = shown(visitor, code)
    assert "There is a new message." in first
    assert "Which market" not in first
    assert "Thank you. Which market?" in thread
    assert "Nothing new." in visitor.get("/mailbox").text


def test_who_waits_for_more_is_told_of_a_question_only_where_one_stands(
    instance: Instance, visitor: Visitor, code: TrackingCode, tip: TipId
) -> None:
    waits = sign_json(standing_record(tip, state="need-more"), instance.signer)
    put_standing(instance, waits, "need-more")
    asked, not_asked = "Its question stands below", "there is no new message from it below"
    _, thread = shown(visitor, code)
    assert not_asked in thread
    assert asked not in thread
    question = reply(code, tip, "On which day?")
    put(instance, question, sign_json(record_of(question), instance.signer), 9)
    thread = visitor.get("/mailbox/messages").text
    assert asked in thread
    assert not_asked not in thread
    visitor.write("On Monday.")
    assert not_asked in visitor.get("/mailbox/messages").text


def test_an_overwritten_marker_shows_news_again_and_never_hides_it(
    instance: Instance, visitor: Visitor, code: TrackingCode, tip: TipId
) -> None:
    true = reply(code, tip, "Thank you.")
    put(instance, true, sign_json(record_of(true), instance.signer), 9)
    foreign = new_marker(TrackingCode.generate(), tip, 1000)
    instance.change("update tips set marker = :marker", marker=foreign)
    assert "There is a new message." in shown(visitor, code)[0]
    sizes = {len(new_marker(code, tip, position)) for position in (-1, 0, 9, 10**6)}
    assert sizes == {len(foreign)}
