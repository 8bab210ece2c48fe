"""Units, competent bodies and new desks on the pages: two people sign each, and nothing holds before."""

import re
from html import unescape
from itertools import product
from typing import Any

import pytest
from werkzeug.test import TestResponse

from crypto.keys import Identity, Recipient
from tests.admin.conftest import Office
from tests.admin.people import confirmed, registrar
from tests.admin.printing import english
from tests.admin.test_members import PROPOSAL, second
from tests.world import member_id
from tipline.ids import DeskId, UnitId, new_unit_id

A = member_id("reviewer-a")
KEY = Identity.from_seed(bytes(32)).recipient.text
FRESH = re.compile(r'name="place" value="(u\d{8})"')
MADE = re.compile(r'name="recipient" value="([^"]+)"')
PATHS = ("/members/units", "/members/bodies", "/members/desks/new")

UNIT = {"place": "u12345678", "name_zh": "新村", "name_en": "New village", "superior": "u1", "inside": "yes"}
BODY = {"place": "county-police", "name_zh": "某县警", "name_en": "The police", "accepts": "yes"}
DESK = {"place": "case-7", "name_zh": "会商", "name_en": "Case 7", "reads": "yes", "recipient": KEY}
FORMS = dict(zip(PATHS, (UNIT, BODY, DESK), strict=True))


def propose(office: Office, path: str, **changes: Any) -> TestResponse:
    """A registrar signs a form first; fields that are None are left out."""
    fields = {**FORMS[path], "other": A, **changes}
    return registrar(office).post(path, {name: value for name, value in fields.items() if value is not None})


def waiting(office: Office, name: str = "reviewer-a") -> str:
    """What the second person is asked to sign."""
    page = unescape(confirmed(office, name).get("/proposals").text)
    assert PROPOSAL.search(page)
    return page.split("Waits for you")[1].split("</section>")[0]


def roster(office: Office) -> object:
    found = office.keeper().roster()
    return found.units, found.bodies, found.desks


# ------------------------------------------------------------------ who


def test_nobody_but_a_registrar_reaches_them(office: Office) -> None:
    people = ("reviewer-a", "integrity", "auditor", "protection")
    for name, path in product(people, PATHS):
        staff = confirmed(office, name)
        assert staff.get(path).status_code == 403
        assert staff.post(path, FORMS[path]).status_code == 403
        assert f'href="{path}"' not in staff.get("/members").text + staff.get("/members/desks").text
    page = registrar(office).get("/members").text + registrar(office).get("/members/desks").text
    assert [path for path in PATHS if f'href="{path}"' not in page] == []


@pytest.mark.parametrize("path", PATHS)
def test_nothing_holds_before_the_second_person_has_signed(office: Office, path: str) -> None:
    before = roster(office)
    assert propose(office, path).status_code == 303
    assert roster(office) == before
    assert second(office, "reviewer-a") == 303
    assert roster(office) != before


def test_one_alone_signs_nothing(office: Office) -> None:
    before = office.log_size()
    for path, other in product(PATHS, (None, "", "m00000000", member_id("registrar"))):
        answer = propose(office, path, other=other)
        assert answer.status_code == 422
        assert "Choose who signs with you." in answer.text
    assert office.log_size() == before


def test_a_registrar_who_has_not_confirmed_is_asked_first(office: Office) -> None:
    for path in PATHS:
        answer = english(office.signed_in("registrar")).post(path, {**FORMS[path], "other": A})
        assert answer.status_code == 428
    assert not PROPOSAL.search(confirmed(office, "reviewer-a").get("/proposals").text)


# ------------------------------------------------------------------ forms


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("/members/units", {"name_zh": " "}, "name_zh"),
    ("/members/units", {"name_en": "x" * 101}, "name_en"),
    ("/members/units", {"name_en": "two\nlines"}, "name_en"),
    ("/members/units", {"inside": None}, "inside"),
    ("/members/units", {"place": "u1", "superior": "u1"}, "superior"),
    ("/members/units", {"place": "u1", "superior": "u2"}, "superior"),  # u2 stands below u1
    ("/members/bodies", {"place": "Police"}, "place"),
    ("/members/bodies", {"place": ""}, "place"),
    ("/members/bodies", {"key": "age1nothing"}, "key"),
    ("/members/bodies", {"accepts": "perhaps"}, "accepts"),
    ("/members/desks/new", {"place": "-"}, "place"),
    ("/members/desks/new", {"reads": None}, "reads"),
]


def test_a_field_that_cannot_be_taken_is_named_and_nothing_typed_is_lost(office: Office) -> None:
    for path, changes, field in WRONG:
        answer = propose(office, path, **changes)
        assert answer.status_code == 422, changes
        assert f'<a href="#{field}">' in answer.text
        typed = {**FORMS[path], **changes}
        for name in ("name_zh", "name_en"):
            assert f'name="{name}"' in answer.text
            assert f'value="{str(typed[name]).strip()}"' in unescape(answer.text) or name == field
    assert not PROPOSAL.search(confirmed(office, "reviewer-a").get("/proposals").text)


NOWHERE_OFFERED: list[tuple[str, dict[str, Any]]] = [
    ("/members/units", {"place": "x"}),
    ("/members/units", {"place": "u1234567890"}),
    ("/members/units", {"superior": "u77"}),
    ("/members/bodies", {"place": "nobody", "changes": "yes"}),
    ("/members/desks/new", {"recipient": "age1nothing"}),
]


def test_what_no_page_offers_is_refused(office: Office) -> None:
    for path, changes in NOWHERE_OFFERED:
        assert propose(office, path, **changes).status_code == 422, changes


def test_what_there_is_already_is_neither_added_nor_signed_again(office: Office) -> None:
    assert propose(office, "/members/desks/new", place="intake").status_code == 409
    assert propose(office, "/members/bodies").status_code == 303
    assert second(office, "reviewer-a") == 303
    other = propose(office, "/members/bodies", name_en="Other police")
    assert other.status_code == 409
    assert "This short name is taken" in other.text
    same = propose(office, "/members/bodies", changes="yes")
    assert same.status_code == 409
    assert "This is so already" in same.text


def test_a_unit_or_body_that_nobody_knows_has_no_page(office: Office) -> None:
    staff = registrar(office)
    assert staff.get("/members/units?unit=u77").status_code == 404
    assert staff.get("/members/bodies?body=nobody").status_code == 404


# ------------------------------------------------------------------ what comes of it


def test_two_registrars_who_add_a_unit_at_once_add_two(office: Office) -> None:
    pages = [confirmed(office, name).get("/members/units").text for name in ("registrar", "registrar-2")]
    made = [found[1] for found in map(FRESH.search, pages) if found]
    assert len(set(made)) == 2
    assert not {*made} & office.keeper().roster().units.keys()
    assert len({new_unit_id() for _ in range(50)}) == 50


def test_a_unit_is_added_and_renamed(office: Office) -> None:
    propose(office, "/members/units")
    assert "A unit of the township: 新村 / New village. The unit above it:" in " ".join(
        re.sub(r"<[^>]+>", " ", waiting(office)).split()
    )
    assert second(office, "reviewer-a") == 303
    added = office.keeper().roster().units[UnitId("u12345678")]
    assert (added.names["zh"], added.superior, added.inside) == ("新村", "u1", True)
    page = registrar(office).get("/members/units?unit=u12345678").text
    assert 'value="New village"' in page
    propose(office, "/members/units", name_en="Old village", superior="", inside="no")
    asked = waiting(office)
    assert "A unit outside the township: 新村 / Old village." in asked
    assert "Until now: A unit of the township: 新村 / New village." in asked
    assert second(office, "reviewer-a") == 303
    assert office.keeper().roster().units[UnitId("u12345678")].names["en"] == "Old village"


def test_the_second_person_reads_a_bodys_whole_key_and_that_it_is_another(office: Office) -> None:
    propose(office, "/members/bodies", key=f"  {KEY}\n")
    assert KEY in waiting(office)
    assert second(office, "reviewer-a") == 303
    assert KEY in registrar(office).get("/members/bodies").text
    other = Identity.from_seed(bytes([1] * 32)).recipient.text
    propose(office, "/members/bodies", key=other, changes="yes")
    asked = waiting(office)
    assert other in asked
    assert "Its key is another one from then on." in asked
    assert second(office, "reviewer-a") == 303
    body = office.keeper().roster().bodies["county-police"]
    assert body.recipient
    assert body.recipient.text == other


def test_nobody_has_the_first_key_of_a_new_desk(office: Office) -> None:
    """Each page makes one, and drops its private half; the first holder makes the desk's own."""
    keys = [MADE.findall(registrar(office).get("/members/desks/new").text) for _ in range(2)]
    assert keys[0] != keys[1]
    assert all(Recipient.parse(unescape(key)) for [key] in keys)
    propose(office, "/members/desks/new", recipient=unescape(keys[0][0]))
    assert "There is a new desk: 会商 / Case 7." in waiting(office)
    assert second(office, "reviewer-a") == 303
    desk = office.keeper().roster().desks[DeskId("case-7")]
    assert (desk.stale, desk.epoch, desk.reads) == (True, 1, True)
    assert "Case 7" in registrar(office).get("/members/desks").text


def test_the_first_holder_of_a_new_desk_makes_its_key(office: Office) -> None:
    propose(office, "/members/desks/new")
    assert second(office, "reviewer-a") == 303
    give = {"do": "grant", "desk": "case-7", "other": A}
    path = f"/members/{member_id('protection')}/change"
    assert registrar(office).post(path, give).status_code == 303
    assert second(office, "reviewer-a") == 303
    office.signed_in("protection").get("/")
    desk = office.keeper().roster().desks[DeskId("case-7")]
    assert (desk.stale, desk.epoch) == (False, 2)
    assert desk.recipient.text != KEY
