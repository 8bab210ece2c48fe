"""The mailbox's pages: the code in any shape, one answer for an unknown one, and a session in RAM only."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from crypto.tracking_codes import TrackingCode
from tests.public.instance import Instance
from tests.public.visitor import Visitor, code_on
from tipline.mailbox.errors import UnknownCode
from tipline.mailbox.sessions import IDLE_SECONDS


@pytest.fixture
def code(instance: Instance) -> str:
    return code_on(Visitor(instance.app, "192.0.2.77").report(description="Seen at the market."))


def test_an_unknown_code_gets_one_generic_answer(visitor: Visitor, code: str) -> None:
    answers = [visitor.sign_in(TrackingCode.generate().reveal()) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {422}
    assert {re.findall(r"We know no such code\.[^<]*", answer.text)[0] for answer in answers} == {
        UnknownCode.sentence
    }
    assert "It works only once your letter was typed in." in UnknownCode.sentence
    assert all("Set-Cookie" not in answer.headers for answer in answers)


def test_a_mistyped_group_is_named_and_no_right_one(visitor: Visitor, code: str) -> None:
    groups = code.split()
    wrong = groups[2][:5] + str((int(groups[2][5]) + 1) % 10)
    page = visitor.sign_in(" ".join([*groups[:2], wrong, *groups[3:]]))
    assert page.status_code == 422
    named = page.text.split('<ul class="groups">')[1].split("</ul>")[0]
    assert wrong in named
    claimed = [group for group in groups if group in named]
    assert len(claimed) <= 1


@pytest.mark.parametrize(
    ("language", "words"), [("en", "one of the two may be right"), ("zh-CN", "可能有一组是对的")]
)
def test_of_two_groups_that_claim_one_place_one_may_be_right(
    instance: Instance, code: str, language: str, words: str
) -> None:
    groups = code.split()
    visitor = Visitor(instance.app, language=language)
    second = f"{(int(groups[2]) // 11 + 1) % 65_536 * 11 + 2:06d}"
    assert words in visitor.sign_in(" ".join([*groups[:5], second, *groups[6:]])).text
    nowhere = f"{int(groups[2]) // 11 * 11 + 9:06d}"
    assert words not in visitor.sign_in(" ".join([*groups[:2], nowhere, *groups[3:]])).text


def test_missing_groups_are_counted(visitor: Visitor, code: str) -> None:
    page = visitor.sign_in(" ".join(code.split()[:6]))
    assert "2 groups are missing." in page.text
    assert "1 group is missing." in visitor.sign_in(" ".join(code.split()[:7])).text


def test_the_thirty_first_try_within_a_minute_waits(instance: Instance, visitor: Visitor, code: str) -> None:
    fields = visitor.hidden("/mailbox")
    for _ in range(30):
        assert visitor.post("/mailbox", {**fields, "code": "1"}).status_code == 422
    refused = visitor.post("/mailbox", {**fields, "code": code})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert Visitor(instance.app, "192.0.2.3").sign_in(code).status_code == 303
    instance.clock.advance(61)
    assert visitor.post("/mailbox", {**fields, "code": code}).status_code == 303


@pytest.mark.parametrize("path", ["/mailbox", "/mailbox/messages", "/mailbox/open", "/mailbox/sign-out"])
def test_no_form_is_taken_without_its_token(visitor: Visitor, code: str, path: str) -> None:
    visitor.sign_in(code)
    assert visitor.post(path, {"code": code, "message": "x"}).status_code == 400


def test_a_token_of_another_visitor_is_refused(instance: Instance, visitor: Visitor, code: str) -> None:
    foreign = Visitor(instance.app).hidden("/mailbox")
    visitor.sign_in(code)
    assert visitor.post("/mailbox/messages", {**foreign, "message": "x"}).status_code == 400


def test_without_a_session_no_message_is_shown_or_taken(visitor: Visitor) -> None:
    assert visitor.get("/mailbox/messages").status_code == 403
    fields = visitor.hidden("/mailbox")
    assert visitor.post("/mailbox/messages", {**fields, "message": "x"}).status_code == 403


def test_an_idle_session_ends(instance: Instance, visitor: Visitor, code: str) -> None:
    visitor.sign_in(code)
    instance.clock.advance(IDLE_SECONDS - 60)
    assert visitor.get("/mailbox/messages").status_code == 200
    instance.clock.advance(IDLE_SECONDS - 60)
    assert visitor.get("/mailbox/messages").status_code == 200
    instance.clock.advance(IDLE_SECONDS + 301)
    assert visitor.get("/mailbox/messages").status_code == 403


def test_after_leaving_the_old_cookie_is_dead(instance: Instance, visitor: Visitor, code: str) -> None:
    cookie = visitor.sign_in(code).headers["Set-Cookie"].split(";")[0]
    visitor.post("/mailbox/sign-out", visitor.hidden("/mailbox"))
    thief = Visitor(instance.app)
    thief.headers["Cookie"] = cookie
    assert thief.get("/mailbox/messages").status_code == 403
    assert list((instance.settings.ram / "public" / "mailbox").iterdir()) == []


def test_the_folder_in_ram_opens_nothing_without_the_cookie(
    instance: Instance, visitor: Visitor, code: str, tmp_path: Path
) -> None:
    cookie = visitor.sign_in(code).headers["Set-Cookie"].split(";")[0].partition("=")[2]
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert TrackingCode.parse(code).raw not in held
    assert cookie.encode() not in held


def test_a_damaged_first_item_is_said_and_takes_no_message(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    visitor.sign_in(code)
    instance.change("update items set claim_signature = zeroblob(64) where kind = 'text'")
    assert visitor.write("x").status_code == 503
    assert instance.rows("select count(*) from items where kind = 'message'")[0][0] == 0


def test_an_empty_or_long_message_comes_back(visitor: Visitor, code: str) -> None:
    visitor.sign_in(code)
    assert visitor.write("  ").status_code == 422
    page = visitor.write("长" * 22_000)
    assert page.status_code == 422
    assert "长" * 22_000 in page.text


# ------------------------------------------------------------------ what works


SHAPES: dict[str, Callable[[str], str]] = {
    "as shown": lambda code: code,
    "in another order": lambda code: " ".join(reversed(code.split())),
    "without spaces": lambda code: code.replace(" ", ""),
    "with dashes": lambda code: code.replace(" ", " - "),
    "in full-width digits": lambda code: code.translate({ord(str(n)): 0xFF10 + n for n in range(10)}),
    "one to a line": lambda code: code.replace(" ", "\r\n"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_code_opens_in_any_shape(visitor: Visitor, code: str, shape: str) -> None:
    assert visitor.sign_in(SHAPES[shape](code)).status_code == 303


def test_the_first_page_says_only_whether_there_is_news(visitor: Visitor, code: str) -> None:
    visitor.sign_in(code)
    page = visitor.get("/mailbox").text
    assert "Nothing new." in page
    assert "Seen at the market." not in page
    assert "Seen at the market." not in visitor.get("/mailbox/messages").text
    assert "Seen at the market." in visitor.get("/mailbox/messages?own=1").text


def test_what_is_written_back_is_sealed_for_the_desk_and_stored_once(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    visitor.sign_in(code)
    for _ in range(2):
        assert visitor.write("One more\r\nthing").headers["Location"].startswith("/mailbox/messages")
    rows = instance.rows(
        "select desk, sealed, slip from slips join items on items.id = item_id"
        " where kind = 'message' order by desk"
    )
    assert [row[0] for row in rows] == ["intake", "integrity"]
    assert b"One more\\nthing" in instance.open_slipped(rows[0][1], rows[0][2], "intake")


def test_the_last_form_of_each_page_moves_on(visitor: Visitor, code: str) -> None:
    visitor.sign_in(code)
    for path, action in (("/mailbox", "/mailbox/open"), ("/mailbox/messages", "/mailbox/messages")):
        assert visitor.get(path).text.split("<form")[-1].split('action="')[1].startswith(f'{action}"')
