"""Where a tip stands comes from the keeper's record alone, and so do its days."""

from datetime import date, timedelta
from typing import Any

import pytest

from crypto.keys import SigningKey
from crypto.notes import NoteSigner, sign_json
from crypto.tracking_codes import TrackingCode
from tests.public.instance import MOMENT, ORIGIN, Instance
from tests.public.visitor import Visitor, code_on
from tipline.ids import TipId
from tipline.mailbox.standing import Standing, standing_of
from tipline.mailbox.thread import find_mailbox, first_text
from tipline.public.services import EXTENSION
from tipline.tips.moves import TipState

TODAY = MOMENT.date()


@pytest.fixture
def code(visitor: Visitor) -> TrackingCode:
    return TrackingCode.parse(code_on(visitor.report()))


@pytest.fixture
def tip(instance: Instance, code: TrackingCode) -> TipId:
    with instance.database.reading() as session:
        return find_mailbox(session, code).tip


def record_of(of: TipId, **changes: object) -> dict[str, Any]:
    """The keeper's record of a move."""
    return {
        "v": 1,
        "type": "record",
        "log": ORIGIN,
        "index": 7,
        "day": "2026-03-02",
        "statement": "00" * 32,
        "kind": "move",
        "tip": of.hex(),
        "from": "screening",
        "to": "triage",
        **changes,
    }


def put(instance: Instance, record: bytes, state: str = "triage") -> None:
    sql = "update tips set state = :state, state_record = :record, due_on = '2030-01-01'"
    instance.change(sql, state=state, record=record)


def standing(instance: Instance, code: TrackingCode) -> Standing:
    log = instance.app.extensions[EXTENSION].log
    with instance.database.reading() as session:
        mailbox = find_mailbox(session, code)
        return standing_of(session, mailbox, log, first_text(session, mailbox, log))


@pytest.mark.parametrize(
    "changes",
    [{"tip": "00" * 16}, {"kind": "reply"}, {"type": "directory"}, {"log": "another/log"}],
)
def test_a_record_of_something_else_says_nothing(
    instance: Instance, code: TrackingCode, tip: TipId, changes: dict[str, str]
) -> None:
    put(instance, sign_json(record_of(tip, **changes), instance.signer))
    assert standing(instance, code) == Standing(TipState.RECEIVED, TODAY, urgent=False)


def test_a_state_row_written_by_hand_does_not_speak(
    instance: Instance, visitor: Visitor, code: TrackingCode, tip: TipId
) -> None:
    foreign = NoteSigner(ORIGIN, SigningKey.generate())
    visitor.sign_in(code.reveal())
    for record in (b"", b"closed", sign_json(record_of(tip, to="closed"), foreign)):
        put(instance, record, "closed")
        assert standing(instance, code).state is TipState.RECEIVED
        page = visitor.get("/mailbox/messages").text
        assert "It has arrived and is locked." in page
        assert "Your report is closed." not in page
        assert "2030" not in page


def test_state_and_days_come_from_the_record(instance: Instance, code: TrackingCode, tip: TipId) -> None:
    put(instance, sign_json(record_of(tip), instance.signer), "received")
    found = standing(instance, code)
    assert (found.state, found.since, found.due) == (TipState.TRIAGE, date(2026, 3, 2), date(2026, 3, 5))


@pytest.mark.parametrize("state", TipState)
def test_each_state_is_said_in_words_of_its_own(
    instance: Instance, visitor: Visitor, code: TrackingCode, tip: TipId, state: TipState
) -> None:
    put(instance, sign_json(record_of(tip, to=state.value), instance.signer))
    visitor.sign_in(code.reveal())
    page = visitor.get("/mailbox/messages").text
    said = page.split('<section class="standing">')[1].split("</section>")[0]
    words = {
        TipState.RECEIVED: "It has arrived and is locked.",
        TipState.SCREENING: "Somebody is checking who may handle it",
        TipState.TRIAGE: "A desk is looking at what you wrote",
        TipState.NEED_MORE: "The desk needs to know more.",
        TipState.OUTSIDE_REMIT: "it may not handle this kind of report.",
        TipState.CLOSED: "Your report is closed.",
    }
    assert [state for state, sentence in words.items() if sentence in said] == [state]


def test_the_next_deadline_stands_there_with_its_weekday_and_a_missed_one_is_owned(
    instance: Instance, visitor: Visitor, code: TrackingCode, tip: TipId
) -> None:
    put(instance, sign_json(record_of(tip), instance.signer))
    visitor.sign_in(code.reveal())
    assert "By Thursday, March 5, 2026 at the latest" in visitor.get("/mailbox/messages").text
    chinese = Visitor(instance.app, language="zh-CN")
    chinese.sign_in(code.reveal())
    assert "最迟 2026年3月5日星期四" in chinese.get("/mailbox/messages").text
    instance.clock.advance(3 * 86_400)
    visitor.sign_in(code.reveal())
    late = visitor.get("/mailbox/messages").text
    assert "at the latest" not in late
    assert "has passed: Thursday, March 5, 2026. That is our failing" in late


@pytest.mark.parametrize("state", TipState)
def test_the_window_for_an_objection_is_thirty_days_of_two_states(state: TipState) -> None:
    found = Standing(state, TODAY, urgent=False)
    opens = state in (TipState.OUTSIDE_REMIT, TipState.CLOSED)
    assert found.may_object(TODAY) == opens
    assert found.may_object(TODAY + timedelta(days=30)) == opens
    assert not found.may_object(TODAY + timedelta(days=31))


def test_an_urgent_tip_says_so_while_nobody_has_looked(instance: Instance, visitor: Visitor) -> None:
    visitor.sign_in(code_on(visitor.report(danger="yes")))
    page = visitor.get("/mailbox/messages").text
    assert "within about three hours of its arrival" in page
    # A later day beside the hours would say that there is time.
    assert "at the latest" not in page
