"""Files that are added later: named before they go, stored once, listed for the desk."""

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.public.instance import Instance
from tests.public.test_files import FILM, NOTE, OTHER_NOTE, bomb, fields_of, kept, listed, staged
from tests.public.visitor import Visitor, code_on, parts

PATH = "/mailbox/files"


@pytest.fixture
def code(visitor: Visitor) -> str:
    shown = code_on(visitor.report(description="Seen at the market."))
    visitor.sign_in(shown)
    return shown


def send(
    visitor: Visitor, *files: tuple[bytes, str], fields: dict[str, str] | None = None, **typed: object
) -> TestResponse:
    return visitor.send(
        PATH, parts({**(fields or visitor.hidden(PATH)), "message": "", **typed}, files or [(b"", "")])
    )


def messages(instance: Instance) -> list[dict[str, Any]]:
    rows = instance.rows(
        "select sealed, slip from slips join items on items.id = item_id"
        " where kind = 'message' and desk = 'intake' order by position"
    )
    opened = [instance.open_slipped(row[0], row[1], "intake") for row in rows]
    return [json.loads(data.split(b"\n", 1)[1].split(b"\0", 1)[0]) for data in opened]


def names(instance: Instance) -> list[list[str]]:
    return [[file["name"] for file in each["files"]] for each in messages(instance)]


# ------------------------------------------------------------------ refusals


def test_no_file_is_no_message(instance: Instance, visitor: Visitor, code: str) -> None:
    page = send(visitor, message="Look at this.")
    assert page.status_code == 422
    assert "Look at this." in page.text
    assert messages(instance) == []


def test_files_of_another_tips_form_are_not_taken(instance: Instance, visitor: Visitor, code: str) -> None:
    other = Visitor(instance.app)
    other.sign_in(code_on(other.report()))
    mine = visitor.hidden(PATH)
    for foreign in (other.hidden(PATH), other.hidden("/report")):
        page = send(visitor, NOTE, fields={**mine, "form": foreign["form"]})
        assert page.status_code == 400
    assert (messages(instance), staged(instance), kept(instance)) == ([], [], [])


def test_without_a_session_no_file_stays(instance: Instance, visitor: Visitor, code: str) -> None:
    form = visitor.hidden(PATH)
    stranger = Visitor(instance.app)
    fields = {**form, "csrf_token": stranger.hidden("/mailbox")["csrf_token"]}
    assert send(stranger, NOTE, fields=fields).status_code == 403
    assert (messages(instance), staged(instance), kept(instance)) == ([], [], [])


def test_a_file_that_keeps_hidden_data_is_named_before_it_goes(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    page = send(visitor, FILM, NOTE, message="The lorry.")
    assert page.status_code == 200
    assert "film.mp4" in page.text
    assert "The lorry." in page.text
    assert (messages(instance), len(listed(page))) == ([], 2)
    assert send(visitor, fields=fields_of(page), message="The lorry.").status_code == 303
    assert names(instance) == [["film.mp4", "note.txt"]]


def test_a_file_that_was_left_out_does_not_go(instance: Instance, visitor: Visitor, code: str) -> None:
    page = send(visitor, FILM, NOTE)
    film = listed(page)[0]
    assert send(visitor, fields={**fields_of(page), "leave_out": film}).status_code == 303
    assert names(instance) == [["note.txt"]]
    assert (len(staged(instance)), len(kept(instance))) == (0, 1)


def test_a_bomb_is_refused_and_the_rest_waits(instance: Instance, visitor: Visitor, code: str) -> None:
    page = send(visitor, bomb(), NOTE, message="The lorry.")
    assert page.status_code == 422
    assert "whoever opens it is harmed" in page.text
    assert (messages(instance), len(listed(page)), len(staged(instance))) == ([], 1, 1)
    assert send(visitor, fields=fields_of(page)).status_code == 303
    assert names(instance) == [["note.txt"]]


def test_an_error_on_the_way_keeps_text_and_files(
    instance: Instance, visitor: Visitor, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr("tipline.mailbox.writing.store_items", full)
    page = send(visitor, NOTE, message="The lorry.")
    monkeypatch.undo()
    assert page.status_code == 503
    assert "The lorry." in page.text
    assert (messages(instance), len(listed(page))) == ([], 1)
    assert send(visitor, fields=fields_of(page), message="The lorry.").status_code == 303
    assert [(each["text"], len(each["files"])) for each in messages(instance)] == [("The lorry.", 1)]


# ------------------------------------------------------------------ what works


def test_the_same_form_sent_twice_stores_its_files_once(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    form = visitor.hidden(PATH)
    for _ in range(2):
        assert send(visitor, NOTE, OTHER_NOTE, fields=form, message="Two.").status_code == 303
    assert names(instance) == [["note.txt", "other.txt"]]
    assert (len(staged(instance)), len(kept(instance))) == (0, 2)


def test_a_later_form_may_bring_a_file_of_the_same_name_and_size(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    for _ in range(2):
        assert send(visitor, NOTE).status_code == 303
    assert names(instance) == [["note.txt"], ["note.txt"]]
    assert len(kept(instance)) == 2


def test_each_file_is_named_with_its_item_and_hash_and_both_desks_have_its_slip(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    send(visitor, NOTE)
    [message] = messages(instance)
    [file] = message["files"]
    [(item, digest, desks)] = instance.rows(
        "select lower(hex(id)), lower(hex(digest)), group_concat(desk) from items join slips on item_id = id"
        " where kind = 'file' group by id"
    )
    assert (file["item"], file["digest"], file["size"]) == (item, digest, len(NOTE[0]))
    assert set(desks.split(",")) == {"intake", "integrity"}
    assert message["topic"] == "files"
    assert file["hidden"] == "none"


def test_after_the_code_was_replaced_files_go_to_the_same_tip(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    form = visitor.hidden(PATH)
    visitor.post("/mailbox/code", visitor.hidden("/mailbox/code"))
    assert send(visitor, NOTE, fields=form).status_code == 303
    assert names(instance) == [["note.txt"]]


def test_files_whose_storing_was_cut_off_before_they_were_moved_are_not_thrown_away(
    instance: Instance, visitor: Visitor, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("tipline.mailbox.writing.settle_files", cut_off)
    page = send(visitor, NOTE)
    monkeypatch.undo()
    assert (page.status_code, len(staged(instance)), len(kept(instance))) == (503, 1, 0)
    assert send(visitor, fields=fields_of(page)).status_code == 303
    assert (len(staged(instance)), len(kept(instance))) == (0, 1)
    assert names(instance) == [["note.txt"]]
