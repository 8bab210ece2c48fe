"""What a reporter adds later: each answer on its own, sealed, stored once, and shown only when asked for."""

import json
from collections.abc import Mapping

import pytest

from crypto.notes import sign_json
from crypto.tracking_codes import TrackingCode
from tests.mailbox.test_standing import put, record_of
from tests.public.instance import Instance
from tests.public.visitor import Visitor, code_on
from tipline.mailbox.thread import find_mailbox
from tipline.tips.answers import MAX_TEXT_BYTES
from tipline.tips.moves import TipState
from tipline.tips.topics import GROUPS, MAX_ANSWER_BYTES, Shape

ANSWERS: dict[str, dict[str, object]] = {
    "event": {"what": "They burnt\r\nthe stall.", "when": "May", "where": "Quay"},
    "ongoing": {"ongoing": "yes"},
    "source": {"source": ["saw", "told"]},
}


@pytest.fixture
def code(visitor: Visitor) -> str:
    shown = code_on(visitor.report(description="Seen at the market."))
    visitor.sign_in(shown)
    return shown


def send(visitor: Visitor, path: str, **typed: object) -> int:
    """Fill the last form of a page and send it; the status of the answer."""
    return visitor.post(path, {**visitor.hidden(path), **typed}).status_code


def messages(instance: Instance, desk: str = "intake") -> list[dict[str, object]]:
    """What a desk reads of the reporter's messages."""
    rows = instance.rows(
        "select sealed, slip from slips join items on items.id = item_id"
        " where kind = 'message' and desk = :desk order by position",
        desk=desk,
    )
    opened = [instance.open_slipped(row[0], row[1], desk) for row in rows]
    return [json.loads(data.split(b"\n", 1)[1].split(b"\0", 1)[0]) for data in opened]


def move(instance: Instance, code: str, state: str, day: str = "2026-03-02") -> None:
    """Let the keeper's record say where the tip stands."""
    with instance.database.reading() as session:
        tip = find_mailbox(session, TrackingCode.parse(code)).tip
    put(instance, sign_json(record_of(tip, state=state, since=day), instance.signer), state)


PAGES = (
    *(f"/mailbox/add/{group.id}" for group in GROUPS),
    "/mailbox/threat",
    "/mailbox/withdraw",
    "/mailbox/code",
    "/mailbox/close",
)


@pytest.mark.parametrize("path", [*PAGES, "/mailbox/objection", "/mailbox/files"])
def test_no_form_is_taken_without_its_token(
    instance: Instance, visitor: Visitor, code: str, path: str
) -> None:
    move(instance, code, "closed")
    fields = {name: value for name, value in visitor.hidden(path).items() if name != "csrf_token"}
    assert visitor.post(path, {**fields, "message": "x", "what": "x", "sure": "yes"}).status_code == 400
    foreign = Visitor(instance.app).hidden("/mailbox")["csrf_token"]
    typed = {**fields, "csrf_token": foreign, "message": "x", "what": "x", "sure": "yes"}
    assert visitor.post(path, typed).status_code == 400
    assert messages(instance) == []
    assert visitor.get("/mailbox/messages").status_code == 200


@pytest.mark.parametrize("path", [*PAGES, "/mailbox/add", "/mailbox/objection", "/mailbox/files"])
def test_without_a_session_no_page_opens_and_nothing_is_taken(
    instance: Instance, code: str, path: str
) -> None:
    stranger = Visitor(instance.app)
    assert stranger.get(path).status_code == 403
    fields = stranger.hidden("/mailbox")
    answer = stranger.post(path, {**fields, "message": "x", "sure": "yes"})
    assert answer.status_code == (405 if path == "/mailbox/add" else 403)
    assert messages(instance) == []


def test_there_is_no_other_group_of_questions(visitor: Visitor, code: str) -> None:
    assert visitor.get("/mailbox/add/name").status_code == 404
    assert visitor.post("/mailbox/add/name", visitor.hidden("/mailbox/messages")).status_code == 404


def test_a_name_or_a_contact_is_refused_plainly_and_has_no_field(visitor: Visitor, code: str) -> None:
    page = visitor.get("/mailbox/add").text
    assert "Please do not write your name or phone number." in page
    names = {question.name for group in GROUPS for question in group.questions}
    assert not names & {"name", "contact", "phone", "email", "id_number"}


@pytest.mark.parametrize("group", [group.id for group in GROUPS])
def test_an_empty_group_comes_back(instance: Instance, visitor: Visitor, code: str, group: str) -> None:
    assert send(visitor, f"/mailbox/add/{group}") == 422
    assert messages(instance) == []


def test_a_choice_that_is_not_in_the_list_and_an_endless_answer_come_back(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    assert send(visitor, "/mailbox/add/ongoing", ongoing="perhaps") == 422
    assert send(visitor, "/mailbox/add/source", source=["saw", "dreamt"]) == 422
    long = "长" * (MAX_ANSWER_BYTES // 3 + 1)
    path = "/mailbox/add/victims"
    page = visitor.post(path, {**visitor.hidden(path), "victims": long})
    assert page.status_code == 422
    assert long in page.text
    assert 'href="#victims"' in page.text
    assert messages(instance) == []


def test_all_answers_of_a_group_have_room_in_one_item() -> None:
    most = max(sum(question.choices is None for question in group.questions) for group in GROUPS)
    assert most * MAX_ANSWER_BYTES < MAX_TEXT_BYTES


@pytest.mark.parametrize("group", ANSWERS)
def test_answers_are_one_message_for_the_desk_and_stored_once(
    instance: Instance, visitor: Visitor, code: str, group: str
) -> None:
    for _ in range(2):
        assert send(visitor, f"/mailbox/add/{group}", **ANSWERS[group]) == 303
    expected = {
        name: " ".join(value) if isinstance(value, list) else str(value).replace("\r\n", "\n")
        for name, value in ANSWERS[group].items()
    }
    for desk in ("intake", "integrity"):
        found = messages(instance, desk)
        assert [(each["topic"], each["answers"]) for each in found] == [("answers", expected)]


def test_every_question_is_asked_and_stored_under_its_name(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    for group in GROUPS:
        typed: Mapping[str, object] = {
            question.name: next(iter(question.choices)) if question.choices else f"About {question.name}"
            for question in group.questions
        }
        assert send(visitor, f"/mailbox/add/{group.id}", **typed) == 303
    stored = [answers for each in messages(instance) if isinstance(answers := each["answers"], dict)]
    names = [name for answers in stored for name in answers]
    assert names == sorted(set(names), key=names.index)
    assert set(names) == {question.name for group in GROUPS for question in group.questions}


def test_the_list_marks_what_was_answered_and_shows_no_answer(visitor: Visitor, code: str) -> None:
    send(visitor, "/mailbox/add/event", what="They burnt the stall.")
    page = visitor.get("/mailbox/add").text
    marked = [line for line in page.splitlines() if "answered" in line and "<li>" in line]
    assert len(marked) == 1
    assert "/mailbox/add/event" in marked[0]
    assert "burnt" not in page
    assert "burnt" not in visitor.get("/mailbox/add/event").text


def test_own_words_of_every_kind_are_shown_only_when_asked_for(visitor: Visitor, code: str) -> None:
    send(visitor, "/mailbox/add/event", what="They burnt the stall.")
    send(visitor, "/mailbox/add/source", source=["saw", "told"])
    send(visitor, "/mailbox/threat", message="He showed a knife.")
    send(visitor, "/mailbox/withdraw", message="My mother begs me.")
    own = (
        "Seen at the market.",
        "burnt the stall",
        "showed a knife",
        "My mother begs me.",
        "I saw or heard it",
    )
    said = ("My objection", "I withdraw the report", "What else happened?")
    quiet = visitor.get("/mailbox").text + visitor.get("/mailbox/messages").text
    assert [words for words in (*own, *said) if words in quiet] == []
    asked = visitor.get("/mailbox/messages?own=1").text
    assert [words for words in own if words not in asked] == []


def test_a_threat_says_110_first_and_reaches_the_desk_as_one(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    page = visitor.get("/mailbox/threat").text
    assert page.index("Call 110 first") < page.index('name="message"')
    assert send(visitor, "/mailbox/threat", message=" ") == 422
    for _ in range(2):
        assert send(visitor, "/mailbox/threat", message="He showed a knife.") == 303
    assert [(each["topic"], each["text"]) for each in messages(instance)] == [
        ("threat", "He showed a knife.")
    ]


@pytest.mark.parametrize("state", sorted(set(TipState) - {"outside-remit", "closed"}))
def test_no_objection_is_taken_while_nothing_is_decided(
    instance: Instance, visitor: Visitor, code: str, state: str
) -> None:
    move(instance, code, state)
    fields = visitor.hidden("/mailbox/messages")
    page = visitor.post("/mailbox/objection", {**fields, "message": "Not true."})
    assert page.status_code == 422
    assert "Not true." in page.text
    assert messages(instance) == []
    assert "/mailbox/objection" not in visitor.get("/mailbox/messages").text


@pytest.mark.parametrize("state", ["outside-remit", "closed"])
def test_an_objection_is_taken_for_thirty_days_and_not_one_more(
    instance: Instance, visitor: Visitor, code: str, state: str
) -> None:
    move(instance, code, state)
    assert 'href="/mailbox/objection"' in visitor.get("/mailbox/messages").text
    for _ in range(2):
        assert send(visitor, "/mailbox/objection", message="Not true.") == 303
    assert [(each["topic"], each["text"]) for each in messages(instance)] == [("objection", "Not true.")]
    move(instance, code, state, "2026-02-01")  # thirty days before the clock's day
    assert "Why do you not agree?" in visitor.get("/mailbox/objection").text
    move(instance, code, state, "2026-01-31")
    assert "Why do you not agree?" not in visitor.get("/mailbox/objection").text
    assert send(visitor, "/mailbox/objection", message="Still not.") == 422
    assert len(messages(instance)) == 1


def test_a_state_row_by_hand_opens_no_objection(instance: Instance, visitor: Visitor, code: str) -> None:
    instance.change("update tips set state = 'closed'")
    assert "Why do you not agree?" not in visitor.get("/mailbox/objection").text


def test_a_withdrawal_needs_no_reason_and_says_what_it_cannot_do(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    assert "cannot be fetched back" in visitor.get("/mailbox/withdraw").text
    for _ in range(2):
        assert send(visitor, "/mailbox/withdraw") == 303
    assert [(each["topic"], each["text"]) for each in messages(instance)] == [("withdrawal", "")]
    assert visitor.get("/mailbox/messages").status_code == 200


def test_the_last_form_of_each_page_is_its_own(instance: Instance, visitor: Visitor, code: str) -> None:
    move(instance, code, "closed")
    for path in (*PAGES, "/mailbox/objection", "/mailbox/files"):
        page = visitor.get(path).text
        assert page.split("<form")[-1].split('action="')[1].startswith(f'{path}"')
        assert "<button" in page.split("<form")[-1].split("</form>")[0]


def test_each_field_has_a_label_and_each_shape_is_used(visitor: Visitor, code: str) -> None:
    shapes = {question.shape for group in GROUPS for question in group.questions}
    assert shapes == set(Shape)
    for group in GROUPS:
        page = visitor.get(f"/mailbox/add/{group.id}").text
        for question in group.questions:
            fields = [f"{question.name}-{value}" for value in question.choices or ()] or [question.name]
            for field in fields:
                assert f'<label for="{field}">' in page
                assert f'id="{field}"' in page


@pytest.mark.parametrize(
    ("path", "field"),
    [("/mailbox/messages", "message"), ("/mailbox/threat", "message"), ("/mailbox/add/victims", "victims")],
)
def test_a_long_text_is_not_lost_when_the_mailbox_was_shut_meanwhile(
    instance: Instance, visitor: Visitor, code: str, path: str, field: str
) -> None:
    form = visitor.hidden(path)
    instance.clock.advance(3_600)
    answer = visitor.post(path, {**form, field: "<b>Typed for an hour"})
    assert answer.status_code == 403
    assert "&lt;b&gt;Typed for an hour" in answer.text
    assert messages(instance) == []


def test_a_text_is_not_lost_when_it_cannot_be_stored(
    instance: Instance, visitor: Visitor, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError

    form = visitor.hidden("/mailbox/threat")
    monkeypatch.setattr("tipline.mailbox.writing.store_items", full)
    answer = visitor.post("/mailbox/threat", {**form, "message": "He showed a knife."})
    assert answer.status_code == 503
    assert "He showed a knife." in answer.text


def test_what_another_site_sends_is_not_shown_as_typed_here(visitor: Visitor, code: str) -> None:
    form = visitor.hidden("/mailbox/threat")
    answer = visitor.post(
        "/mailbox/threat", {**form, "message": "Call this number."}, **{"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert "Call this number." not in answer.text


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/mailbox/threat", "Look again tomorrow. If somebody is in danger, do not wait for us: call 110."),
        ("/mailbox/withdraw", "The desk will see that you want to withdraw."),
        ("/mailbox/messages", "An answer will stand here."),
    ],
)
def test_after_sending_nobody_is_promised_more_than_happens(
    visitor: Visitor, code: str, path: str, sentence: str
) -> None:
    answer = visitor.post(path, {**visitor.hidden(path), "message": "They came again."})
    assert answer.status_code == 303
    page = visitor.get(answer.location).text
    assert sentence in page
    assert "urgent" not in page
    assert "urgent" not in visitor.get("/mailbox/threat").text
