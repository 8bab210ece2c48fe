"""Letters of a case: made from a logged reading, in both languages, with a name on one page alone."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any, Final

import pytest
from werkzeug.test import TestResponse

from tests.admin.conftest import TOKEN, Office
from tests.admin.lettering import (
    ANSWERED,
    APPLICATION,
    ASKED,
    BACKING,
    CLEARING,
    FALSE,
    NAME,
    POST,
    REFERRAL,
    TYPED,
    add_court,
)
from tests.admin.protecting import ENGLISH, FIRST, SECOND, Desk, alias
from tests.admin.test_disclosed_names import sessions
from tests.keeper.observed import Observed
from tipline.ids import TipId, UnitId
from tipline.protection.asking import Group

NOWHERE: Final = "f" * 32
CARD_NUMBER: Final = "11010519491231002X"


@pytest.fixture
def desk(office: Office) -> Desk:
    add_court(office)
    return Desk.of(office, second=False)


def letter(
    desk: Desk, case: TipId, kind: str, fields: dict[str, str] | None = None, by: str = FIRST
) -> TestResponse:
    return desk.browser(by).post(f"/protection/{case.hex()}/letter/{kind}", fields or {}, headers=ENGLISH)


def articles(answer: TestResponse) -> dict[str, str]:
    """A printed page's letters by their language."""
    found = re.findall(r'<article class="letter" lang="([^"]+)">(.*?)</article>', answer.text, re.S)
    return {tag: unescape(text) for tag, text in found}


def kept_files(office: Office) -> Iterator[Path]:
    settings = office.settings
    for folder in (settings.data, settings.admin_folder, settings.keeper_folder):
        yield from (path for path in folder.rglob("*") if path.is_file())


# ------------------------------------------------------------------ what is not made


@pytest.mark.parametrize("kind", ["clearing", "referral"])
def test_an_officers_letter_is_not_made_in_another_groups_case(desk: Desk, kind: str) -> None:
    case = desk.case(Group.WITNESS)
    size = desk.office.log_size()
    path = f"/protection/{case.hex()}/letter/{kind}"
    for answer in (desk.browser().get(path, headers=ENGLISH), letter(desk, case, kind, TYPED)):
        assert answer.status_code == 409
        assert "Only a case of an officer has this letter." in answer.text
    assert desk.office.log_size() == size


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"cleared_name": "  "}, "Type the name as it shall stand in the letter."),
        ({"cleared_post": "字" * 201}, "This is too long: at most 200 characters."),
        ({"cleared_name": f"Li {CARD_NUMBER}"}, "the number of an identity card"),
    ],
    ids=["nobody", "overlong", "card number"],
)
def test_what_cannot_be_printed_is_named_and_nothing_typed_is_lost(
    desk: Desk, changes: dict[str, str], sentence: str
) -> None:
    case = desk.case(Group.OFFICER)
    desk.done(case, "clearing", **CLEARING)
    size, typed = desk.office.log_size(), TYPED | changes
    answer = letter(desk, case, "clearing", typed)
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert all(f'value="{text.strip()}"' in unescape(answer.text) for text in typed.values() if text.strip())
    assert desk.office.log_size() == size


def test_without_its_form_there_is_no_letter_and_nothing_typed_is_lost(desk: Desk) -> None:
    case = desk.case(Group.OFFICER)
    desk.read(case)
    answer = letter(desk, case, "clearing", TYPED)
    assert answer.status_code == 409
    assert "Fill it in first." in answer.text
    assert f'value="{NAME}"' in answer.text


@pytest.mark.parametrize("kind", ["plan", "backing", "nothing", "APPLICATION"])
def test_other_forms_make_no_letter(desk: Desk, kind: str) -> None:
    case = desk.case(Group.OFFICER)
    assert letter(desk, case, kind).status_code == 404


def test_who_must_not_know_the_case_gets_the_page_of_an_unknown_one(desk: Desk) -> None:
    """An excluded member of the desk, and the desks that read tips."""
    desk.join(SECOND, "u9")
    case = desk.case(Group.OFFICER, exclude=(UnitId("u9"),))
    desk.done(case, "application", **APPLICATION)
    for name in (SECOND, "integrity"):
        desk.browser(name).get("/protection")
        answers = [letter(desk, one, "application", by=name) for one in (case, TipId(bytes.fromhex(NOWHERE)))]
        assert {answer.status_code for answer in answers} == {404}
        assert TOKEN.sub("", answers[0].text) == TOKEN.sub("", answers[1].text)
    for name in ("reviewer-a", "custodian-1", "auditor", "registrar"):
        assert letter(desk, case, "application", by=name).status_code == 403


# ------------------------------------------------------------------ what is made


def test_a_letter_is_made_from_a_logged_reading_of_the_case(desk: Desk) -> None:
    case = desk.case(Group.WITNESS)
    desk.done(case, "application", **APPLICATION)
    page = desk.browser().get(f"/protection/{case.hex()}/letter/application", headers=ENGLISH)
    assert ASKED not in page.text
    size = desk.office.log_size()
    answer = letter(desk, case, "application")
    assert answer.status_code == 200
    body = Observed(desk.office.world).entry(size).statement.body
    assert (body["type"], body["tip"], body["purpose"]) == ("read", case.hex(), "protection")
    assert all(f"{size}" in text.partition('class="made"')[2] for text in articles(answer).values())


def test_an_application_says_the_same_in_both_languages_and_names_the_alias_alone(desk: Desk) -> None:
    case = desk.case(Group.WITNESS)
    staff = desk.browser()
    staff.post(f"/protection/{case.hex()}/identity/write", {"identity_name": NAME})
    desk.done(case, "application", **APPLICATION)
    found = articles(letter(desk, case, "application"))
    assert list(found) == ["zh-Hans", "en"]
    assert all(text in found["en"] for text in ("Court", "Guarding", "2026-31", alias(case), ASKED))
    code = alias(case).split()[-1]
    assert all(text in found["zh-Hans"] for text in ("法院", "2026-31", f"证人-{code}", ASKED, "人身保护"))
    assert not any(NAME in text for text in found.values())


def test_a_clearing_letter_clears_by_name_in_both_languages(desk: Desk) -> None:
    case = desk.case(Group.OFFICER)
    desk.done(case, "clearing", **CLEARING)
    found = articles(letter(desk, case, "clearing", TYPED))
    for text in found.values():
        assert all(part in text for part in (NAME, POST, FALSE, "JC-7", "Police station"))
    assert "Court" in found["en"]
    assert "法院" in found["zh-Hans"]
    assert "澄清正名" in found["zh-Hans"]


def test_the_english_letter_says_the_passage_in_english_where_somebody_typed_it(desk: Desk) -> None:
    case = desk.case(Group.OFFICER)
    desk.done(case, "clearing", **CLEARING | {"clearing_what": "收受烟酒。"})
    found = articles(letter(desk, case, "clearing", TYPED | {"letter_english": "That wine was taken."}))
    assert "收受烟酒。" in found["zh-Hans"]
    assert "That wine was taken." in found["en"]
    assert "收受烟酒。" not in found["en"]
    overlong = letter(desk, case, "clearing", TYPED | {"letter_english": "x" * 2_001})
    assert overlong.status_code == 422
    assert "at most 2,000 characters" in overlong.text
    assert NAME in overlong.text


def test_the_cleared_name_is_on_that_page_alone(
    desk: Desk, office: Office, capfd: pytest.CaptureFixture[str]
) -> None:
    """No disk, log, address, title or later page has it, and no browser keeps the page."""
    case = desk.case(Group.OFFICER)
    desk.done(case, "clearing", **CLEARING)
    answer = letter(desk, case, "clearing", TYPED)
    assert answer.headers["Cache-Control"] == "no-store"
    assert NAME in answer.text
    assert NAME not in answer.text.partition("</head>")[0]
    assert NAME not in str(answer.headers)
    assert NAME not in str(answer.request.path)
    staff = desk.browser()
    later = [
        desk.read(case).text,
        staff.get("/protection").text,
        *capfd.readouterr(),
        str(sessions(office, FIRST)),
    ]
    later.append(staff.get(f"/protection/{case.hex()}/letter/clearing").text)
    assert not any(NAME in unescape(text) for text in later)
    for path in kept_files(office):
        data = path.read_bytes()
        for part in (NAME, POST):
            assert part.encode() not in data, path
            assert part.encode("utf-16-le") not in data, path


def test_a_form_of_another_case_makes_no_letter_here(desk: Desk) -> None:
    case, other = desk.case(Group.OFFICER), desk.case(Group.OFFICER)
    desk.done(other, "application", **APPLICATION)
    desk.done(case, "application", **APPLICATION | {"application_what": "Elsewhere."})
    link = re.search(r"letter/application\?filled=([0-9a-f]{32})", desk.read(other).text)
    assert link
    assert letter(desk, case, "application", {"filled": link[1]}).status_code == 409


def test_the_chosen_application_is_printed_and_not_the_newest(desk: Desk) -> None:
    case = desk.case(Group.WITNESS)
    desk.done(case, "application", **APPLICATION)
    link = re.search(r"letter/application\?filled=([0-9a-f]{32})", desk.read(case).text)
    assert link
    desk.done(case, "application", **APPLICATION | {"application_number": "2026-40"})
    assert "2026-31" in articles(letter(desk, case, "application", {"filled": link[1]}))["en"]
    assert "2026-40" in articles(letter(desk, case, "application"))["en"]


# ------------------------------------------------------------------ the officer's part of the page


def test_the_page_of_an_officers_case_shows_what_went_out_and_what_came_back(desk: Desk) -> None:
    case = desk.case(Group.OFFICER)
    for form, fields in (("backing", BACKING), ("referral", REFERRAL), ("application", APPLICATION)):
        desk.done(case, form, **fields)
    waiting = (
        unescape(desk.read(case).text)
        .partition("What went out, and what came back")[2]
        .partition("</table>")[0]
    )
    assert waiting.count("no answer yet") == 3
    answered = BACKING | {
        "backing_by": "Director Sun",
        "backing_on": "2026-03-03",
        "backing_answer": "He spoke.",
    }
    receipt = REFERRAL | {"referral_receipt": "R-9", "referral_receipt_on": "2026-03-03"}
    for form, fields in (("backing", answered), ("referral", receipt), ("application", ANSWERED)):
        desk.done(case, form, **fields)
    page = (
        unescape(desk.read(case).text)
        .partition("What went out, and what came back")[2]
        .partition("</table>")[0]
    )
    assert "no answer yet" not in page
    assert page.count('scope="row"') == 3
    assert all(text in page for text in ("Director Sun", "He spoke.", "R-9", "Granted", "2026-32"))


def test_what_was_done_to_an_officer_stands_in_the_head(desk: Desk) -> None:
    case = desk.case(Group.OFFICER)
    head = desk.page(case).text.partition('class="head"')[2].partition("</div>")[0]
    assert "Threats" in head
    incident: dict[str, Any] = {
        "incident_on": "2026-03-02",
        "incident_kinds": ["complaints", "interference", "threat"],
        "incident_what": "Nine letters in a week.",
    }
    desk.done(case, "incident", **incident)
    head = desk.read(case).text.partition('class="head"')[2].partition("</div>")[0]
    said = ("Many complaints at once, to stop a case", "Somebody inside interferes with a case")
    assert all(words in head for words in said)
    assert head.count("Threats") == 1
    witness = desk.case(Group.WITNESS)
    assert "Threats" not in desk.page(witness).text
