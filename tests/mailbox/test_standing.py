"""Where a tip stands comes from the keeper's record alone, and so do its days."""

import re
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
from tipline.public.mailbox.words import NOT_ASKED, OUTCOME_WORDS, STATE_WORDS
from tipline.public.services import EXTENSION
from tipline.tips.moves import TIP_MOVES, Outcome, TipState

TODAY = MOMENT.date()


@pytest.fixture
def code(visitor: Visitor) -> TrackingCode:
    return TrackingCode.parse(code_on(visitor.report()))


@pytest.fixture
def tip(instance: Instance, code: TrackingCode) -> TipId:
    with instance.database.reading() as session:
        return find_mailbox(session, code).tip


def record_of(of: TipId, **changes: object) -> dict[str, Any]:
    """The keeper's record of a tip's standing."""
    return {
        "v": 1,
        "type": "standing",
        "log": ORIGIN,
        "index": 7,
        "day": "2026-03-02",
        "statement": "00" * 32,
        "kind": "move",
        "tip": of.hex(),
        "state": "triage",
        "since": "2026-03-02",
        "due": "2026-03-05",
        "paused": False,
        "level": 0,
        "outcome": "",
        **changes,
    }


def old_record_of(of: TipId, **changes: object) -> dict[str, Any]:
    """The keeper's record of a move, from before there were cases."""
    of_move = {"from": "screening", "to": "triage"}
    common = {name: record_of(of)[name] for name in ("v", "log", "index", "day", "statement", "kind", "tip")}
    return {**common, "type": "record", **of_move, **changes}


def put(instance: Instance, record: bytes, state: str = "triage") -> None:
    sql = "update tips set state = :state, state_record = :record, due_on = '2030-01-01'"
    instance.change(sql, state=state, record=record)


def standing(instance: Instance, code: TrackingCode) -> Standing:
    use = instance.app.extensions[EXTENSION]
    with instance.database.reading() as session:
        mailbox = find_mailbox(session, code)
        first = first_text(session, mailbox, use.log)
        return standing_of(session, mailbox, use.log, first, use.book.current().clocks)


def said(instance: Instance, code: TrackingCode, tip: TipId, language: str = "en", **changes: object) -> str:
    """The part of the page that says where the report stands, under a record with these changes."""
    put(instance, sign_json(record_of(tip, **changes), instance.signer))
    visitor = Visitor(instance.app, language=language)
    visitor.sign_in(code.reveal())
    page = visitor.get("/mailbox/messages").text
    return page.split('<section class="standing">')[1].split("</section>")[0]


AS_IT_WAS_SENT = Standing(TipState.RECEIVED, TODAY, TODAY + timedelta(days=1), urgent=False)


@pytest.mark.parametrize(
    "changes",
    [{"tip": "00" * 16}, {"type": "record"}, {"type": "directory"}, {"log": "another/log"}],
)
def test_a_record_of_something_else_says_nothing(
    instance: Instance, code: TrackingCode, tip: TipId, changes: dict[str, str]
) -> None:
    put(instance, sign_json(record_of(tip, kind="reply", **changes), instance.signer))
    assert standing(instance, code) == AS_IT_WAS_SENT


def test_a_state_row_written_by_hand_does_not_speak(
    instance: Instance, visitor: Visitor, code: TrackingCode, tip: TipId
) -> None:
    foreign = NoteSigner(ORIGIN, SigningKey.generate())
    visitor.sign_in(code.reveal())
    for record in (b"", b"closed", sign_json(record_of(tip, state="closed"), foreign)):
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


def test_a_record_from_before_there_were_cases_tells_its_state_and_promises_no_day(
    instance: Instance, code: TrackingCode, tip: TipId
) -> None:
    put(instance, sign_json(old_record_of(tip), instance.signer))
    assert standing(instance, code) == Standing(TipState.TRIAGE, date(2026, 3, 2), None, urgent=False)
    put(instance, sign_json(old_record_of(tip, kind="route"), instance.signer))
    assert standing(instance, code) == AS_IT_WAS_SENT


@pytest.mark.parametrize("state", TipState)
def test_each_state_is_said_in_words_of_its_own(
    instance: Instance, code: TrackingCode, tip: TipId, state: TipState
) -> None:
    shown = said(instance, code, tip, state=state.value, since="2026-03-03", due="2026-03-05")
    words = {state: words.now for state, words in STATE_WORDS.items()}
    words[TipState.NEED_MORE] = NOT_ASKED  # nobody has written a question
    assert words.keys() == set(TipState)
    assert [state for state, sentence in words.items() if sentence in shown] == [state]
    assert ("Thursday, March 5, 2026" in shown) == bool(STATE_WORDS[state].until)


@pytest.mark.parametrize("state", TipState)
def test_no_state_is_left_in_english_on_a_chinese_page(
    instance: Instance, code: TrackingCode, tip: TipId, state: TipState
) -> None:
    for changes in ({}, {"paused": True}, {"due": "2026-03-02", "level": 1}, {"level": 2}):
        shown = said(instance, code, tip, "zh-CN", **{"state": state.value, "due": "2026-03-05", **changes})
        assert re.findall(r"[A-Za-z]{2,}", re.sub(r"<[^>]*>", "", shown)) == []


def test_the_next_deadline_stands_there_with_its_weekday_and_a_missed_one_is_owned(
    instance: Instance, code: TrackingCode, tip: TipId
) -> None:
    assert "By Thursday, March 5, 2026 at the latest" in said(instance, code, tip)
    assert "最迟 2026年3月5日星期四" in said(instance, code, tip, "zh-CN")
    instance.clock.advance(3 * 86_400)
    late = said(instance, code, tip)
    assert "at the latest" not in late
    assert "has passed: Thursday, March 5, 2026. That is our failing" in late
    assert "head of the desk" not in late  # before it was stated


@pytest.mark.parametrize(
    ("level", "told"),
    [
        (0, (False, False)),
        (1, (True, False)),
        (2, (True, True)),
    ],
)
def test_where_a_missed_deadline_went_is_said_without_a_name(
    instance: Instance, code: TrackingCode, tip: TipId, level: int, told: tuple[bool, bool]
) -> None:
    for due in ("2026-03-02", "2026-03-09"):  # passed; or the hour of a danger tip, its day still to come
        shown = said(instance, code, tip, level=level, due=due)
        assert (
            "The head of the desk has been told" in shown,
            "the desk above, at the district" in shown,
        ) == told
        assert ("our failing" in shown) == (level > 0 or due == "2026-03-02")
        assert "intake" not in shown
        assert "integrity" not in shown


def test_while_the_clock_stands_still_no_day_is_promised_and_none_was_missed(
    instance: Instance, code: TrackingCode, tip: TipId
) -> None:
    for state in ("triage", "need-more", "verifying"):
        for due in ("2026-03-02", "2026-03-05"):
            shown = said(instance, code, tip, state=state, due=due, paused=True)
            assert "The clock stands still, because we wait for something outside our hands." in shown
            assert "2026" not in shown
            assert "our failing" not in shown


def test_silence_is_no_fault(instance: Instance, code: TrackingCode, tip: TipId) -> None:
    shown = said(instance, code, tip, state="need-more", due="2026-03-02")
    assert "You can still answer." in shown
    assert "failing" not in shown


@pytest.mark.parametrize("outcome", Outcome)
def test_what_was_found_is_said_in_words_of_its_own(
    instance: Instance, code: TrackingCode, tip: TipId, outcome: Outcome
) -> None:
    chinese = {
        "true": "查证属实",
        "partly-true": "部分属实",
        "not-established": "查否",
        "referred": "转有关机关",
    }
    for state in ("feedback", "closed", "review"):
        shown = said(instance, code, tip, state=state, outcome=outcome.value)
        assert [each for each, words in OUTCOME_WORDS.items() if words in shown] == [outcome]
        shown = said(instance, code, tip, "zh-CN", state=state, outcome=outcome.value)
        assert [each for each, words in chinese.items() if words in shown] == [outcome]


@pytest.mark.parametrize("state", TipState)
def test_an_objection_may_be_made_where_a_review_can_follow_and_for_thirty_days(
    instance: Instance, code: TrackingCode, tip: TipId, state: TipState
) -> None:
    opens = any(move.target is TipState.REVIEW for move in TIP_MOVES.next_from(state))
    put(instance, sign_json(record_of(tip, state=state.value, since=TODAY.isoformat()), instance.signer))
    found = standing(instance, code)
    assert found.may_object(TODAY) == opens
    assert found.may_object(TODAY + timedelta(days=30)) == opens
    assert not found.may_object(TODAY + timedelta(days=31))


def test_an_urgent_tip_says_so_while_nobody_has_looked(instance: Instance, visitor: Visitor) -> None:
    visitor.sign_in(code_on(visitor.report(danger="yes")))
    page = visitor.get("/mailbox/messages").text
    assert "within about three hours of its arrival" in page
    # A later day beside the hours would say that there is time.
    assert "at the latest" not in page


def test_an_urgent_tip_that_nobody_looked_at_in_its_hours_says_so(
    instance: Instance, visitor: Visitor
) -> None:
    code = TrackingCode.parse(code_on(visitor.report(danger="yes")))
    with instance.database.reading() as session:
        tip = find_mailbox(session, code).tip
    shown = said(instance, code, tip, state="received", level=1)
    assert "Something should have happened in time and did not." in shown
    assert "three hours" not in shown
    assert "at the latest" not in shown
