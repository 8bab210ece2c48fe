"""The mailbox of a protection case: where it stands, check-ins, incidents, consent, objections, a name."""

import re
from datetime import date
from typing import Any

import pytest

from crypto.notes import sign_json
from crypto.tracking_codes import TrackingCode
from tests.mailbox.test_thread import put, record_of, reply
from tests.public.instance import Instance
from tests.public.protecting import (
    ASK,
    FEAR,
    asked,
    asked_without_report,
    ids,
    read_by,
    reported,
    send,
    stands,
    with_desk,
)
from tests.public.visitor import Visitor, code_on, parts
from tipline.ids import TipId
from tipline.protection.states import WATCHED, ProtectionState
from tipline.public.protection.words import CASE_WORDS
from tipline.tips.answers import MAX_TEXT_BYTES
from tipline.tips.moves import TipState

DAY = 86_400
TODAY = "2026-03-03"


@pytest.fixture
def place(instance: Instance) -> Instance:
    return with_desk(instance)


@pytest.fixture
def code(place: Instance, visitor: Visitor) -> TrackingCode:
    """The code of a reporter who has asked for protection, and whose mailbox is open."""
    shown = TrackingCode.parse(reported(visitor))
    asked(visitor)
    return shown


@pytest.fixture
def case(place: Instance, code: TrackingCode) -> TipId:
    return TipId(ids(place)[1][0])


def messages(instance: Instance) -> list[dict[str, Any]]:
    return read_by(instance, "message")


def press(visitor: Visitor, path: str, **typed: str) -> int:
    """Send a form of the case's page; the status of the answer."""
    return visitor.post(f"{ASK}/{path}", {**visitor.hidden(ASK), **typed}).status_code


def later(instance: Instance, visitor: Visitor, code: TrackingCode, days: int) -> None:
    """Let days pass, and open the mailbox again."""
    instance.clock.advance(days * DAY)
    visitor.sign_in(code.reveal())


def answer_with(instance: Instance, code: TrackingCode, case: TipId, text: str, position: int = 9) -> None:
    """Let the protection desk write."""
    sealed = reply(code.for_protection(), case, text)
    put(instance, sealed, sign_json(record_of(sealed), instance.signer), position)


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"message": "  "}, "message"),
        ({"message": "长" * (MAX_TEXT_BYTES // 3 + 1)}, "message"),
        ({"harms": "dreams"}, "harms"),
        ({"harms": "complaints"}, "officers"),
    ],
)
def test_an_incident_that_does_not_fit_comes_back_whole(
    place: Instance, visitor: Visitor, case: TipId, typed: dict[str, str], field: str
) -> None:
    sent = {"message": "He came back.", "danger": "yes", **typed}
    answer = send(visitor, f"{ASK}/incident", **sent)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert sent["message"] in answer.text
    assert 'name="danger" value="yes" aria-describedby="danger-hint" checked' in answer.text
    assert messages(place) == []


def test_an_answer_that_is_neither_yes_nor_no_is_none(place: Instance, visitor: Visitor, case: TipId) -> None:
    for typed in ({}, {"agrees": "perhaps"}):
        answer = send(visitor, f"{ASK}/consent", **typed)
        assert answer.status_code == 422
        assert "Please choose one of the two." in answer.text
    assert messages(place) == []


@pytest.mark.parametrize(
    ("state", "since", "open_"),
    [
        ("asked", TODAY, False),
        ("protected", TODAY, False),
        ("ending", "2026-02-21", True),
        ("ending", "2026-02-20", False),
        ("ended", "2026-02-01", True),
        ("ended", "2026-01-31", False),
    ],
)
def test_an_objection_is_heard_in_its_window_alone(
    place: Instance, visitor: Visitor, case: TipId, state: str, since: str, open_: bool
) -> None:
    stands(place, case, state=state, since=since)
    path = f"{ASK}/objection"
    assert ('name="message"' in visitor.get(path).text) == open_
    assert (path in visitor.get(ASK).text) == open_
    answer = visitor.post(path, {**visitor.hidden(ASK), "message": "I am still afraid."})
    assert answer.status_code == (303 if open_ else 422)
    assert [one["topic"] for one in messages(place)] == (["objection"] if open_ else [])
    assert open_ or "I am still afraid." in answer.text


def test_an_empty_objection_comes_back(place: Instance, visitor: Visitor, case: TipId) -> None:
    stands(place, case, state="ending", since=TODAY)
    assert send(visitor, f"{ASK}/objection", message=" ").status_code == 422
    assert messages(place) == []


def test_a_row_written_by_hand_neither_speaks_nor_says_where_the_case_stands(
    place: Instance, visitor: Visitor, code: TrackingCode, case: TipId
) -> None:
    sealed = reply(code.for_protection(), case, "Come to the bridge.")
    put(place, sealed, b"", 9)
    place.change("update tips set state = 'ended', state_record = x'00' where id = :case", case=case)
    page = visitor.get(ASK).text
    assert "Come to the bridge." not in page
    assert "has ended" not in page
    assert "The protection desk first looks" in page


def test_no_check_in_is_asked_for_where_none_was_agreed(
    place: Instance, visitor: Visitor, case: TipId
) -> None:
    for state in ("asked", "ended"):
        stands(place, case, state=state, watch="2026-03-05")
        assert f"{ASK}/well" not in visitor.get(ASK).text
    stands(place, case)
    assert f"{ASK}/well" not in visitor.get(ASK).text


# ------------------------------------------------------------------ where it stands


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_each_state_is_said_in_words_of_its_own_and_in_one_language(
    place: Instance, code: TrackingCode, case: TipId, language: str
) -> None:
    visitor = Visitor(place.app, language=language)
    visitor.sign_in(code.reveal())
    said = set()
    for state in (*ProtectionState, TipState.ERASED):
        for changes in ({}, {"level": 1}, {"level": 2, "due": "2026-03-02"}, {"watch": "2026-03-05"}):
            stands(place, case, **{"state": state.value, "since": TODAY, "due": "2026-03-05", **changes})
            page = visitor.get(ASK).text
            shown = page.split('<section class="standing">')[1].split("</section>")[0]
            assert ("2026" in shown) or state in ("ended", "erased")
            if language == "zh-CN":
                body = re.sub(
                    r"<[^>]*>", "", page.split('<main id="main" class="wrap">')[1].split("</main>")[0]
                )
                assert re.findall(r"[A-Za-z]{2,}", body) in ([], ["UTC"])
            said.add(shown if not changes else "")
    assert len(said) == len(CASE_WORDS) + 1
    assert CASE_WORDS.keys() == {*ProtectionState, TipState.ERASED}


def test_the_desks_messages_stand_in_the_case_and_are_news_at_the_door(
    place: Instance, visitor: Visitor, code: TrackingCode, case: TipId
) -> None:
    assert "Nothing new." in visitor.get("/mailbox").text
    answer_with(place, code, case, "A patrol passes at nine.")
    assert "There is a new message." in visitor.get("/mailbox").text
    page = visitor.get("/mailbox/messages").text
    assert "There is a new message about your protection." in page
    assert "A patrol passes" not in page
    assert "A patrol passes at nine." in visitor.get(ASK).text
    assert "Nothing new." in visitor.get("/mailbox").text
    assert "about your protection." not in visitor.get("/mailbox/messages").text


def test_what_was_written_stands_there_only_when_it_is_asked_for(
    place: Instance, visitor: Visitor, case: TipId
) -> None:
    press(visitor, "messages", message="They follow me.")
    assert "They follow me." not in visitor.get(ASK).text
    assert "They follow me." in visitor.get(f"{ASK}?own=1").text


# ------------------------------------------------------------------ check-ins


def test_one_press_says_that_somebody_is_well_and_counts_once_a_day(
    place: Instance, visitor: Visitor, code: TrackingCode, case: TipId
) -> None:
    stands(place, case, watch="2026-03-05")
    later(place, visitor, code, 1)
    page = visitor.get(ASK).text
    assert "Please tell us by Thursday, March 5, 2026 that you are well." in page
    assert "Please tell us by Thursday" in visitor.get("/mailbox/messages").text
    for _ in range(2):
        assert press(visitor, "well") == 303
    assert [(one["topic"], one["text"], one["day"]) for one in messages(place)] == [
        ("well", "", "2026-03-04")
    ]
    page = visitor.get(f"{ASK}?sent=2").text
    assert "It is stored that you are well." in page
    assert "You have told us today." in page


def test_a_check_in_without_an_answer_in_between_counts_again_on_another_day(
    place: Instance, visitor: Visitor, code: TrackingCode, case: TipId
) -> None:
    stands(place, case, watch="2026-03-05")
    for days in (0, 2, 2):
        later(place, visitor, code, days)
        press(visitor, "well")
        press(visitor, "messages", message="All is quiet.")
    assert [(one.get("topic", ""), one["day"]) for one in messages(place)] == [
        (topic, day) for day in (TODAY, "2026-03-05", "2026-03-07") for topic in ("well", "")
    ]


def test_a_missed_check_in_is_said_plainly_and_none_that_was_made(
    place: Instance, visitor: Visitor, code: TrackingCode, case: TipId
) -> None:
    stands(place, case, watch="2026-03-04")
    for days, silent in ((1, False), (1, True), (1, True)):
        later(place, visitor, code, days)
        assert ("by Wednesday, March 4, 2026, and did not." in visitor.get(ASK).text) == silent
    assert press(visitor, "well") == 303
    assert "You have told us today." in visitor.get(ASK).text
    later(place, visitor, code, 1)
    # The keeper may not have counted it yet.
    assert "and did not." not in visitor.get(ASK).text


# ------------------------------------------------------------------ incidents


def test_an_incident_says_what_kind_and_danger_brings_the_case_up(
    place: Instance, visitor: Visitor, case: TipId
) -> None:
    due = "select due_at from tips where id = :case"
    send(visitor, f"{ASK}/incident", message="No pay this month.", harms=["transfer", "pay"])
    assert place.rows(due, case=case)[0][0] is None
    send(visitor, f"{ASK}/incident", message="He has a knife.", harms="threat", danger="yes", exclude="u2")
    assert place.rows(due, case=case)[0][0] is not None
    assert [(one["text"], one["answers"]) for one in messages(place)] == [
        ("No pay this month.", {"harms": "pay transfer"}),
        ("He has a knife.", {"harms": "threat", "danger": "yes"}),
    ]
    page = visitor.get(f"{ASK}?own=1").text
    assert "Pay or allowance cut · Moved to another post or place" in page


def test_the_same_incident_is_stored_once_a_day_and_again_when_it_happens_again(
    place: Instance, visitor: Visitor, code: TrackingCode, case: TipId
) -> None:
    for days in (0, 0, 1):
        later(place, visitor, code, days)
        send(visitor, f"{ASK}/incident", message="He stood at the door.")
    send(visitor, f"{ASK}/incident", message="He stood at the door.", harms="threat")
    assert [one["day"] for one in messages(place)] == [TODAY, "2026-03-04", "2026-03-04"]


def test_an_officer_alone_is_asked_what_is_done_to_officers(place: Instance, visitor: Visitor) -> None:
    visitor.sign_in(code_on(asked_without_report(visitor, group="officer", harms="framing")))
    assert 'value="complaints"' in visitor.get(f"{ASK}/incident").text
    assert send(visitor, f"{ASK}/incident", message=FEAR, harms="complaints").status_code == 303
    other = Visitor(place.app, "192.0.2.7")
    other.sign_in(code_on(asked_without_report(other)))
    assert 'value="complaints"' not in other.get(f"{ASK}/incident").text


# ------------------------------------------------------------------ consent, a name, files


def test_consent_can_be_given_taken_back_and_given_again(
    place: Instance, visitor: Visitor, case: TipId
) -> None:
    assert "Take back that I agree" in visitor.get(ASK).text
    for answer in ("no", "yes", "no", "no"):
        assert send(visitor, f"{ASK}/consent", agrees=answer).status_code == 303
    assert "So far you do not agree." in visitor.get(ASK).text
    found = [(one["topic"], one["answers"]) for one in messages(place)]
    assert found == [("consent", {"agrees": answer}) for answer in ("no", "yes", "no")]


def test_whoever_did_not_tick_is_asked_and_not_refused(place: Instance, visitor: Visitor) -> None:
    reported(visitor)
    send(visitor, ASK, message=FEAR)
    assert "agrees" not in read_by(place, "text")[0]["asking"]
    assert "You have not said yet whether you agree." in visitor.get(ASK).text
    send(visitor, f"{ASK}/consent", agrees="yes")
    assert "You have not said yet" not in visitor.get(ASK).text


def test_a_name_in_a_case_is_locked_for_the_protection_desk_and_three_times(
    place: Instance, visitor: Visitor, case: TipId
) -> None:
    path = f"{ASK}/reach"
    answer = send(visitor, path, name="Li Na")
    assert (answer.status_code, answer.location) == (303, f"{path}?sent=1")
    assert "It is kept." in visitor.get(f"{path}?sent=1").text
    assert send(visitor, path).status_code == 422
    rows = place.rows("select tip_id, desk from items join slips on item_id = id where kind = 'identity'")
    assert {(row[0], row[1]) for row in rows} == {(case, "protection"), (case, "integrity")}
    assert "Something is kept" not in visitor.get("/mailbox/reach").text
    old = visitor.post(path, {**visitor.hidden(path), **_form_of(visitor, "/mailbox/reach"), "name": "Li Na"})
    assert old.status_code == 400


def test_files_that_are_added_go_to_the_case(place: Instance, visitor: Visitor, case: TipId) -> None:
    path = f"{ASK}/files"
    body = parts({**visitor.hidden(path), "message": "The letter."}, [(b"plain", "letter.txt")])
    assert visitor.send(path, parts({**visitor.hidden(path)}, [(b"", "")])).status_code == 422
    page = visitor.send(path, body)
    if page.status_code == 200:  # it lists what could not be cleaned first
        hidden = dict(
            re.findall(r'name="(csrf_token|form|state)" value="([^"]*)"', page.text.split("<form")[-1])
        )
        page = visitor.send(path, parts({**hidden, "message": "The letter."}, [(b"", "")]))
    assert (page.status_code, page.location) == (303, f"{ASK}?sent=1")
    kinds = place.rows("select kind from items where tip_id = :case order by position", case=case)
    assert [row[0] for row in kinds] == ["text", "card", "message", "file"]


def test_days_and_words_of_a_message_are_the_persons_own(
    place: Instance, visitor: Visitor, case: TipId
) -> None:
    press(visitor, "messages", message="A\r\nB")
    assert [(one["text"], date.fromisoformat(one["day"])) for one in messages(place)] == [
        ("A\nB", place.clock.today())
    ]
    assert frozenset(ProtectionState) > WATCHED


def _form_of(visitor: Visitor, path: str) -> dict[str, str]:
    return {"form": visitor.hidden(path)["form"]}
