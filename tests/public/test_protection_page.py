"""Asking for protection without a mailbox: as safe as a report, and as hard to lose."""

import re

import pytest

from crypto.tracking_codes import TrackingCode
from tests.public.instance import Instance
from tests.public.protecting import FEAR, PAGE, asked_without_report, ids, read_by, with_desk
from tests.public.visitor import HIDDEN, Visitor, code_on, parts
from tipline.protection.asking import OFFICERS, Group, Harm
from tipline.tips.answers import MAX_TEXT_BYTES

TYPED = FEAR.replace("\r\n", "\n").replace("<", "&lt;").replace(">", "&gt;")


@pytest.fixture
def place(instance: Instance) -> Instance:
    return with_desk(instance)


def test_where_nobody_protects_the_page_says_so_and_takes_nothing(
    instance: Instance, visitor: Visitor
) -> None:
    page = visitor.get(PAGE)
    assert page.status_code == 200
    assert "Nobody here protects people yet" in page.text
    assert "/report/guided" in page.text
    assert 'name="description"' not in page.text
    answer = visitor.send(
        PAGE, parts({**visitor.hidden("/report"), "description": FEAR, "group": "witness"}, [(b"", "")])
    )
    assert answer.status_code == 422
    assert TYPED in answer.text.replace("\r\n", "\n")
    assert ids(instance) == ([], [])


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"description": " "}, "description"),
        ({"description": "长" * (MAX_TEXT_BYTES // 3 + 1)}, "description"),
        ({"group": ""}, "group"),
        ({"group": "mayor"}, "group"),
        ({"harms": ["dreams"]}, "harms"),
        ({"harms": ["framing", "threat"]}, "officers"),
        ({"exclude": ["u77"]}, "exclude"),
    ],
)
def test_what_does_not_fit_comes_back_whole(
    place: Instance, visitor: Visitor, typed: dict[str, object], field: str
) -> None:
    answer = asked_without_report(visitor, **{"danger": "yes", "agrees": "yes", "harms": ["pay"], **typed})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    text = str(typed.get("description", FEAR)).replace("\r\n", "\n")
    assert text.replace("<", "&lt;").replace(">", "&gt;") in answer.text.replace("\r\n", "\n")
    ticked = set(re.findall(r'id="([a-z0-9-]+)" name="[a-z]+" value="[^"]*"[^>]*checked', answer.text))
    assert {"danger", "agrees"} <= ticked
    assert field == "group" or "group-witness" in ticked
    assert "harms" in typed or "harms-pay" in ticked
    assert ids(place)[1] == []


def test_where_everybody_belongs_to_an_office_that_must_not_see_it_nothing_is_sent(
    place: Instance, visitor: Visitor
) -> None:
    answer = asked_without_report(visitor, exclude=["u9"])
    assert answer.status_code == 422
    assert "everybody here who could read this belongs to an office that you named" in answer.text
    assert ids(place)[1] == []


def test_nothing_typed_is_lost_on_an_old_page_a_foreign_one_or_a_full_disk(
    place: Instance, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = {"description": FEAR, "group": "witness", "harms": "pay"}

    def comes_back(changes: dict[str, str], status: int) -> None:
        body = parts({**visitor.hidden(PAGE), **changes, **typed}, [(b"", "")])
        answer = visitor.send(PAGE, body)
        assert answer.status_code == status
        assert TYPED in answer.text.replace("\r\n", "\n")
        assert 'id="harms-pay" name="harms" value="pay" checked' in answer.text

    comes_back({"form": "old"}, 400)
    comes_back({"csrf_token": "old"}, 400)

    def full(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr("tipline.tips.submission.store_items", full)
    comes_back({}, 503)
    assert ids(place)[1] == []


def test_the_seventh_request_in_a_minute_comes_back_with_its_text(place: Instance, visitor: Visitor) -> None:
    found = [asked_without_report(visitor) for _ in range(7)]
    assert [answer.status_code for answer in found] == [201] * 6 + [429]
    assert TYPED in found[-1].text.replace("\r\n", "\n")
    assert len(ids(place)[1]) == 6
    assert asked_without_report(Visitor(place.app, "192.0.2.77")).status_code == 201


def test_sent_twice_it_is_stored_once_under_one_code(place: Instance, visitor: Visitor) -> None:
    form = {**visitor.hidden(PAGE), "description": FEAR, "group": "officer", "harms": "framing"}
    codes = [code_on(visitor.send(PAGE, parts(form, [(b"", "")]))) for _ in range(3)]
    assert len(set(codes)) == 1
    assert len(ids(place)[1]) == 1
    assert read_by(place, "message") == []


@pytest.mark.parametrize("group", Group)
def test_everybody_can_ask_and_the_desk_reads_who_and_what(
    place: Instance, visitor: Visitor, group: Group
) -> None:
    page = asked_without_report(
        visitor, group=group.value, harms=["pay", "threat"], agrees="yes", exclude="u3"
    )
    assert page.status_code == 201
    assert "The protection desk reads it" in page.text
    assert "Police station" in page.text
    [text], [card] = read_by(place, "text"), read_by(place, "card")
    asking = {"group": group.value, "harms": ["threat", "pay"], "agrees": True}
    assert text["asking"] == card["asking"] == asking
    assert text["description"] == FEAR.replace("\r\n", "\n")
    assert text["route"] == {"desks": ["protection"], "excluded": ["u1", "u3"]}
    assert read_by(place, "text", "integrity") == [text]


def test_its_code_is_confirmed_and_opens_the_case(place: Instance, visitor: Visitor) -> None:
    page = asked_without_report(visitor, danger="yes")
    code = code_on(page)
    assert "call 110" in page.text
    token = dict(HIDDEN.findall(page.text))
    wrong = visitor.post("/report/confirm", {**token, "group": "000000"})
    assert wrong.status_code == 422
    right = visitor.post("/report/confirm", {**token, "group": code.split()[-1]})
    assert right.status_code == 200
    visitor.sign_in(code)
    assert visitor.post("/mailbox/open", visitor.hidden("/mailbox")).location == "/mailbox/protection"
    assert "within about three hours" in visitor.get("/mailbox/protection").text
    assert place.rows("select due_at from tips")[0][0] is not None


def test_files_come_with_it_and_belong_to_the_case(place: Instance, visitor: Visitor) -> None:
    fields = {**visitor.hidden(PAGE), "description": FEAR, "group": "witness"}
    page = visitor.send(PAGE, parts(fields, [(b"plain", "letter.txt")]))
    assert page.status_code == 201
    kinds = place.rows("select kind from items order by position")
    assert [row[0] for row in kinds] == ["text", "card", "file"]


@pytest.mark.parametrize("path", ["/", "/safety"])
def test_the_page_is_found_from_home_and_from_the_advice(
    place: Instance, visitor: Visitor, path: str
) -> None:
    assert f'href="{PAGE}"' in visitor.get(path).text


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_page_sends_to_110_first_and_is_whole_in_its_language(place: Instance, language: str) -> None:
    page = Visitor(place.app, language=language).get(PAGE).text
    main = page.split('<main id="main" class="wrap">')[1].split("</main>")[0]
    assert main.index("110") < main.index("<form")
    words = re.sub(r"<[^>]*>", " ", main)
    if language == "en":
        assert not re.findall(r"[\u4e00-\u9fff]", words)
    else:
        assert set(re.findall(r"[A-Za-z]{2,}", words)) <= {"PDF", "Office", "MB"}
    assert set(re.findall(r'name="harms" value="([a-z]+)"', main)) == {harm.value for harm in Harm}
    assert {harm.value for harm in OFFICERS} <= set(re.findall(r'id="harms-([a-z]+)"', main))


def test_a_code_from_here_derives_no_case_of_its_own(place: Instance, visitor: Visitor) -> None:
    code = TrackingCode.parse(code_on(asked_without_report(visitor)))
    visitor.sign_in(code.reveal())
    visitor.get("/mailbox/protection")
    locators = {row[0] for row in place.rows("select locator from tips")}
    assert locators == {code.locator_hash}
