"""/members/witnesses: two people name the witnesses, and nothing that was typed is lost."""

from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.admin.conftest import Office
from tests.admin.people import confirmed, registrar
from tests.admin.test_members import second
from tests.roster.test_witnesses import FIRST, NAME, SECOND
from tests.world import member_id
from tipline.roster.witnesses import WitnessPolicy

PATH = "/members/witnesses"
A = member_id("reviewer-a")
KEYS = f"{FIRST.vkey}\r\n{SECOND.vkey}\r\n"
ADD = {"do": "add", "place": NAME, "url": "https://witness.example/", "keys": KEYS}
AGREED = {"do": "policy", "quorum": "1", "alarm_hours": "6", "stop": "yes"}


def propose(office: Office, **fields: Any) -> TestResponse:
    return registrar(office).post(PATH, {"other": A, **fields})


def policy(office: Office) -> WitnessPolicy:
    return office.keeper().roster().witnesses


def named(office: Office) -> None:
    assert propose(office, **ADD).status_code == 303
    assert second(office, "reviewer-a") == 303


def test_nobody_but_a_registrar_names_witnesses(office: Office) -> None:
    for name in ("reviewer-a", "auditor", "integrity"):
        assert confirmed(office, name).get(PATH).status_code == 403
        assert confirmed(office, name).post(PATH, ADD).status_code == 403


def test_one_alone_names_no_witness(office: Office) -> None:
    assert propose(office, **ADD | {"other": ""}).status_code == 422
    assert propose(office, **ADD).status_code == 303
    assert policy(office).witnesses == ()


WRONG: list[tuple[dict[str, str], str]] = [
    ({"place": ""}, "place"),
    ({"place": "two words"}, "place"),
    ({"place": "another"}, "keys"),
    ({"url": ""}, "url"),
    ({"url": "ftp://witness.example"}, "url"),
    ({"url": "https://me@witness.example"}, "url"),
    ({"keys": ""}, "keys"),
    ({"keys": FIRST.vkey[:-2]}, "keys"),
    ({"keys": f"{FIRST.vkey} {FIRST.vkey}"}, "keys"),
]


@pytest.mark.parametrize(("changes", "field"), WRONG)
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(
    office: Office, changes: dict[str, str], field: str
) -> None:
    answer = propose(office, **ADD | changes)
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert f'href="#{field}"' in page
    typed = ADD | changes
    assert all(typed[name] in page.replace("\n", "\r\n") for name in ("place", "url") if typed[name])
    assert all(line in page for line in typed["keys"].split())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quorum": "2"}, "quorum"),
        ({"quorum": "0"}, "quorum"),
        ({"quorum": "-1"}, "quorum"),
        ({"quorum": "一"}, "quorum"),
        ({"alarm_hours": "0"}, "alarm_hours"),
        ({"alarm_hours": "721"}, "alarm_hours"),
        ({"stop": "perhaps"}, "stop"),
    ],
)
def test_what_cannot_be_agreed_is_refused(office: Office, changes: dict[str, str], field: str) -> None:
    named(office)
    answer = propose(office, **AGREED | changes)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text


def test_what_is_not_there_is_neither_changed_nor_removed(office: Office) -> None:
    for do in ("change", "remove", "nonsense"):
        assert propose(office, **ADD | {"do": do}).status_code == 422
    for query in ("do=nonsense", "witness=nobody"):
        assert registrar(office).get(f"{PATH}?{query}").status_code == 404


def test_the_second_person_reads_what_they_sign(office: Office) -> None:
    propose(office, **ADD)
    page = unescape(confirmed(office, "reviewer-a").get("/proposals").text)
    assert all(
        part in page for part in (NAME, "https://witness.example", FIRST.key_id.hex(), SECOND.key_id.hex())
    )


def test_a_witness_is_named_changed_agreed_about_and_removed(office: Office) -> None:
    named(office)
    assert [(one.url, one.keys) for one in policy(office).witnesses] == [
        ("https://witness.example", (FIRST, SECOND))
    ]
    assert propose(office, **ADD).status_code == 409
    assert propose(office, **ADD | {"do": "change"}).status_code == 409  # nothing new
    assert propose(office, **AGREED).status_code == 303
    assert second(office, "reviewer-a") == 303
    assert (policy(office).quorum, policy(office).alarm_hours, policy(office).stop) == (1, 6, True)
    for query in ("do=policy", f"witness={NAME}", f"do=remove&witness={NAME}"):
        assert registrar(office).get(f"{PATH}?{query}").status_code == 200
    propose(office, **ADD | {"do": "change", "keys": FIRST.vkey})
    assert second(office, "reviewer-a") == 303
    assert policy(office).witnesses[0].keys == (FIRST,)
    propose(office, do="remove", place=NAME)
    assert second(office, "reviewer-a") == 303
    assert (policy(office).witnesses, policy(office).quorum, policy(office).stop) == ((), 0, False)
