"""Replacing the code and closing for good, as a person does it."""

import threading
from pathlib import Path

import pytest
from flask import Flask

from crypto.tracking_codes import TrackingCode
from tests.public.instance import Instance
from tests.public.visitor import Visitor, code_on
from tipline.mailbox import codes
from tipline.mailbox.sessions import IDLE_SECONDS
from tipline.public.app import create_app
from tipline.public.services import EXTENSION

REPLACE = "/mailbox/code"
CLOSE = "/mailbox/close"


@pytest.fixture
def code(visitor: Visitor) -> str:
    shown = code_on(visitor.report(description="Seen at the market."))
    visitor.sign_in(shown)
    return shown


def replaced(visitor: Visitor) -> str:
    return code_on(visitor.post(REPLACE, visitor.hidden(REPLACE)))


def unknown(instance: Instance, code: str) -> bool:
    answer = Visitor(instance.app).sign_in(code)
    return answer.status_code == 422 and "We know no such code." in answer.text


def held(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


# --------------------------------------------------------------- what must not be


def test_the_old_code_opens_nothing_after_it_was_replaced(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    replaced(visitor)
    assert unknown(instance, code)


@pytest.mark.parametrize("path", ["/mailbox/messages", "/mailbox/add", "/mailbox/files", REPLACE, CLOSE])
def test_a_session_that_ran_under_the_old_code_opens_nothing(
    instance: Instance, visitor: Visitor, code: str, path: str
) -> None:
    reader, writer = Visitor(instance.app), Visitor(instance.app)
    for one in (reader, writer):
        one.sign_in(code)
    form = writer.hidden(CLOSE if path == "/mailbox/add" else path)
    replaced(visitor)
    assert reader.get(path).status_code == 403
    to = path if path != "/mailbox/add" else "/mailbox/add/event"
    answer = writer.post(to, {**form, "message": "x", "what": "x", "sure": "yes"})
    assert answer.status_code == 403
    assert "We know no such code." not in answer.text
    assert "The mailbox is shut" in answer.text
    assert instance.rows("select count(*) from items where kind = 'message'")[0][0] == 0


def test_an_old_session_does_not_replace_the_new_code(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    other = Visitor(instance.app)
    other.sign_in(code)
    form = other.hidden(REPLACE)
    new = replaced(visitor)
    assert other.post(REPLACE, form).status_code == 403
    assert not unknown(instance, new)


def test_an_old_page_sent_again_puts_no_old_code_back(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    first = visitor.hidden(REPLACE)
    second_code = code_on(visitor.post(REPLACE, first))
    third_code = replaced(visitor)
    answer = visitor.post(REPLACE, first)
    assert answer.status_code == 400
    assert second_code not in answer.text
    assert [unknown(instance, each) for each in (code, second_code, third_code)] == [True, True, False]


def test_a_form_of_another_kind_or_tip_replaces_nothing(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    stranger = Visitor(instance.app)
    other_code = code_on(stranger.report())
    stranger.sign_in(other_code)
    csrf = visitor.hidden("/mailbox/messages")["csrf_token"]
    for fields in ({}, visitor.hidden("/report"), visitor.hidden("/mailbox/files"), stranger.hidden(REPLACE)):
        answer = visitor.post(REPLACE, {**fields, "csrf_token": csrf})
        assert answer.status_code == 400
        assert "tracking-code" not in answer.text
    assert not unknown(instance, code)
    assert not unknown(instance, other_code)


def test_the_first_form_makes_no_second_tip_after_its_code_was_replaced(
    instance: Instance, visitor: Visitor
) -> None:
    reporter = Visitor(instance.app)
    form = reporter.hidden("/report")
    visitor.sign_in(code_on(reporter.report(form)))
    replaced(visitor)
    for description in ("They take money.", "Something else."):
        answer = reporter.report(form, description=description)
        assert answer.status_code == 422
        assert "its code has been replaced since" in answer.text
        assert "tracking-code" not in answer.text
    assert instance.rows("select count(*) from tips")[0][0] == 1
    assert instance.rows("select count(*) from items")[0][0] == 2


def test_the_new_code_is_in_no_address_cookie_log_or_file(
    instance: Instance, visitor: Visitor, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = visitor.post(REPLACE, visitor.hidden(REPLACE))
    new = code_on(answer)
    raw = TrackingCode.parse(new).raw
    assert "Set-Cookie" not in answer.headers
    assert "Location" not in answer.headers
    logged = "".join(capsys.readouterr())
    for group in new.split():
        assert group not in logged
    assert raw not in held(tmp_path)
    assert TrackingCode.parse(code).raw not in held(tmp_path)


def test_nothing_is_closed_without_the_tick(instance: Instance, visitor: Visitor, code: str) -> None:
    answer = visitor.post(CLOSE, visitor.hidden(CLOSE))
    assert answer.status_code == 422
    assert 'href="#sure"' in answer.text
    assert not unknown(instance, code)
    assert instance.rows("select count(*) from items where kind = 'message'")[0][0] == 0


def test_a_mailbox_closed_for_good_opens_for_nobody_ever(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    other = Visitor(instance.app)
    other.sign_in(code)
    answer = visitor.post(CLOSE, {**visitor.hidden(CLOSE), "sure": "yes"})
    assert answer.status_code == 200
    assert "This mailbox is given up for ever." in answer.text
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert unknown(instance, code)
    for one in (visitor, other):
        assert one.get("/mailbox/messages").status_code == 403
    assert list((instance.settings.ram / "public" / "mailbox").iterdir()) == []


def test_a_closing_that_cannot_be_stored_closes_nothing(
    instance: Instance, visitor: Visitor, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = visitor.hidden(CLOSE)

    def full(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(codes, "_rewrite", full)
    assert visitor.post(CLOSE, {**form, "sure": "yes"}).status_code == 503
    monkeypatch.undo()
    assert instance.rows("select count(*) from items where kind = 'message'")[0][0] == 0
    assert not unknown(instance, code)
    assert visitor.get("/mailbox/messages").status_code == 200


# ------------------------------------------------------------------ what works


def test_the_new_code_opens_and_the_session_goes_on_under_it(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    new = replaced(visitor)
    assert new != code
    assert "Seen at the market." in visitor.get("/mailbox/messages?own=1").text
    assert visitor.write("More.").status_code == 303
    instance.clock.advance(IDLE_SECONDS - 60)
    assert visitor.get("/mailbox/messages").status_code == 200
    again = Visitor(instance.app)
    again.sign_in(new)
    assert "More." in again.get("/mailbox/messages?own=1").text


def test_sending_again_shows_the_same_new_code(instance: Instance, visitor: Visitor, code: str) -> None:
    form = visitor.hidden(REPLACE)
    shown = {code_on(visitor.post(REPLACE, form)) for _ in range(3)}
    assert len(shown) == 1
    assert not unknown(instance, shown.pop())


def test_a_button_pressed_twice_at_the_same_time_shows_one_code_twice(
    instance: Instance, visitor: Visitor, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = visitor.hidden(REPLACE)
    both = threading.Barrier(2, timeout=10)
    real = instance.app.extensions[EXTENSION].form_keys.open_state

    def open_together(*args: object) -> object:
        both.wait()  # both have found the mailbox under the old code
        return real(*args)

    monkeypatch.setattr(
        type(instance.app.extensions[EXTENSION].form_keys), "open_state", lambda _, *a: open_together(*a)
    )
    answers = []
    presses = [
        threading.Thread(target=lambda: answers.append(code_on(visitor.post(REPLACE, form))))
        for _ in range(2)
    ]
    for press in presses:
        press.start()
    for press in presses:
        press.join()
    assert len(answers) == 2
    assert len(set(answers)) == 1
    assert not unknown(instance, answers[0])


def test_the_code_is_replaced_for_every_worker(instance: Instance, visitor: Visitor, code: str) -> None:
    second: Flask = create_app(instance.settings, instance.clock)
    try:
        form = visitor.hidden(REPLACE)
        cookie = visitor.client.get_cookie("tipline_mailbox")
        assert cookie
        elsewhere = Visitor(second)
        elsewhere.client.set_cookie("tipline_mailbox", cookie.value)
        new = code_on(elsewhere.post(REPLACE, form))
        assert code_on(visitor.post(REPLACE, form)) == new
        assert visitor.write("More.").status_code == 303
        assert elsewhere.get("/mailbox/messages").status_code == 200
    finally:
        second.extensions[EXTENSION].database.dispose()


def test_a_session_that_was_ended_is_not_brought_back_by_a_new_code(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    form = visitor.hidden(REPLACE)
    sessions = instance.app.extensions[EXTENSION].sessions
    cookie = visitor.client.get_cookie("tipline_mailbox")
    assert cookie
    real = sessions.change_code

    def end_first(text: str, new: TrackingCode) -> None:
        sessions.end(text)
        real(text, new)

    sessions.change_code = end_first
    assert visitor.post(REPLACE, form).status_code == 403
    assert list((instance.settings.ram / "public" / "mailbox").iterdir()) == []
    assert not unknown(instance, code)


@pytest.mark.parametrize("path", [REPLACE, "/mailbox/messages"])
def test_a_second_press_that_comes_between_goes_on_under_the_new_code(
    instance: Instance, visitor: Visitor, code: str, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    form = visitor.hidden(REPLACE)
    sessions = instance.app.extensions[EXTENSION].sessions
    real, shown = sessions.resume, []

    def interrupted(text: str) -> TrackingCode:
        monkeypatch.undo()
        found: TrackingCode = real(text)
        shown.append(
            code_on(visitor.post(REPLACE, form))
        )  # the first press, after the second read the session
        return found

    monkeypatch.setattr(sessions, "resume", interrupted)
    if path == REPLACE:
        assert code_on(visitor.post(path, form)) == shown[0]
    else:
        assert visitor.get(path).status_code == 200
    assert visitor.get("/mailbox/messages").status_code == 200
