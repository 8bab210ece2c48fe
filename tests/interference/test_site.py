"""The register on the site: filing, reading, answering. First everything that is refused."""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import insert

from tests.admin.conftest import Office, Staff
from tests.admin.disclosing import ENGLISH
from tests.interference.site import (
    ANSWER,
    CASE,
    DONE,
    FORM,
    NAME,
    SECOND,
    TEXT,
    account,
    count,
    entry_of,
    file,
    filed,
    listed,
    respond,
    seen,
)
from tests.world import member_body, member_id
from tipline.accounts.models import Account
from tipline.interference.models import InterferenceItem, InterferenceSlip

# ------------------------------------------------------------------ filing

MISSING = {
    "nobody named": ({"who": " "}, "who"),
    "no case": ({"case": ""}, "case"),
    "no time": ({"when": ""}, "when"),
    "nothing happened": ({"happened": ""}, "happened"),
    "no way": ({"how": "whisper"}, "how"),
    "too much": ({"happened": "镇" * 22_000}, "happened"),
    "a unit that there is not": ({"unseen": ["u7"]}, "unseen"),
    "nobody left who reads": ({"unseen": ["u3", "u9"]}, "unseen"),
}


@pytest.mark.parametrize(("changes", "field"), MISSING.values(), ids=MISSING)
def test_nothing_that_was_typed_is_lost_when_an_entry_is_refused(
    changes: dict[str, Any], field: str, staff: Office
) -> None:
    page = unescape(file(staff, status=422, **changes).text)
    assert f'<a href="#{field}">' in page
    typed = {**FORM, **changes}
    for name in ("who", "whose_unit", "position", "case", "when"):
        assert f'name="{name}" ' in page
        assert typed[name].strip() in page
    assert typed["happened"] in page
    for unit in [one for one in changes.get("unseen", []) if one != "u7"]:
        assert re.search(f'value="{unit}" checked', page)
    assert count(staff, InterferenceItem) == count(staff, InterferenceSlip) == 0


def test_somebody_without_desk_and_role_files_nothing(staff: Office) -> None:
    world = staff.world
    staff.keeper().append(world.sign("member", "registrar", member=member_body("newcomer", "u2")))
    with staff.database.writing() as session:
        session.execute(insert(Account), [account("newcomer")])
    newcomer = staff.signed_in("newcomer")
    for path in ("/interference", "/interference/new"):
        assert newcomer.get(path).status_code == 403
    assert newcomer.post("/interference/new", FORM).status_code == 403
    assert 'href="/interference"' not in newcomer.get("/").text


def test_the_log_holds_neither_names_nor_text_and_the_database_nothing_readable(staff: Office) -> None:
    entry = filed(staff, unseen=["u3"])
    assert respond(staff, entry).status_code == 303
    staff.signed_in("integrity").post(entry)
    report = staff.signed_in("integrity").post("/interference/report", {"chosen": entry.split("/")[-1]})
    assert TEXT in report.text
    database = staff.world.open_database(staff.settings.keeper_database_url)
    stored = [
        (staff.settings.data / "keeper").glob("*"),
        staff.settings.data.glob("*.db*"),
        staff.settings.admin_folder.glob("*"),
    ]
    files = [path for group in stored for path in group if path.is_file()]
    assert {"keeper.db", staff.settings.database_url.rsplit("/", 1)[-1]} <= {path.name for path in files}
    database.dispose()
    for path in files:
        data = path.read_bytes()
        for word in ("canary", "Canary"):
            assert word.encode() not in data, path.name
            assert word.encode("utf-16-le") not in data, path.name


# ------------------------------------------------------------------ who reads


def test_the_pages_of_the_log_do_not_say_which_units_an_entry_is_kept_from(staff: Office) -> None:
    """An auditor of such a unit would read there who denounced them."""
    filed(staff, unseen=["u3"])
    auditor = staff.signed_in("auditor", confirmed=True)
    for address in ("/log?type=interference", f"/log/members/{member_id('reviewer-a')}?day=2026-03-03"):
        page = auditor.get(address, headers=ENGLISH).text
        assert "Filed an entry in the interference register" in page
        assert "excluded Unit u3" not in page
    form = unescape(staff.signed_in("reviewer-a").get("/interference/new", headers=ENGLISH).text)
    assert "a file of the log's entries names the units" in form


def test_an_excluded_unit_neither_lists_nor_reads(staff: Office) -> None:
    hidden, unknown = filed(staff, unseen=["u3"]), "/interference/99999"
    shown = filed(staff)
    assert respond(staff, hidden).status_code == 303
    assert listed(staff, SECOND) == [shown]
    assert listed(staff, "integrity") == listed(staff, "auditor") == [shown, hidden]
    kept_out = staff.signed_in(SECOND)
    for ask in (kept_out.get, kept_out.post):
        assert seen(ask(hidden, headers=ENGLISH)) == seen(ask(unknown, headers=ENGLISH))
    assert seen(respond(staff, hidden, SECOND)) == seen(respond(staff, unknown, SECOND))
    page = kept_out.get("/interference/report", headers=ENGLISH).text
    assert shown.split("/")[-1] in page
    assert f'value="{hidden.split("/")[-1]}"' not in page
    asked = kept_out.post("/interference/report", {"chosen": hidden.split("/")[-1]}, headers=ENGLISH)
    assert asked.status_code == 409
    assert TEXT not in asked.text
    made = kept_out.post("/interference/report", {"chosen": shown.split("/")[-1]}, headers=ENGLISH)
    assert (made.status_code, f">{hidden.split('/')[-1]}<" in made.text) == (200, False)


def test_nobody_else_reads(staff: Office) -> None:
    entry = filed(staff)
    respond(staff, entry)
    unknown = "/interference/99999"
    for name in ("reviewer-b", "protection", "custodian-1", "registrar"):
        other = staff.signed_in(name)
        assert listed(staff, name) == []
        assert seen(other.get(entry)) == seen(other.get(unknown))
        assert other.post(entry).status_code == other.post(unknown).status_code == 403
        assert other.get("/interference/report").status_code == 403
    filer = staff.signed_in("reviewer-a")
    page = filer.get(entry, headers=ENGLISH)
    assert (page.status_code, "Log and read" in page.text) == (200, False)
    assert filer.post(entry).status_code == 403
    assert respond(staff, entry, "auditor").status_code == 403


def test_each_opening_is_a_reading_in_the_log(staff: Office) -> None:
    entry = filed(staff)
    assert respond(staff, entry).status_code == 303
    for name, desk in (("integrity", "integrity"), ("auditor", "auditors")):
        before = staff.log_size()
        page = staff.signed_in(name).post(entry, headers=ENGLISH)
        assert all(word in page.text for word in (NAME, TEXT, CASE, DONE, "The person was interviewed"))
        assert staff.log_size() == before + 1
        body = entry_of(staff, before).statement.body
        assert (body["type"], body["desk"], body["by"]) == ("read", desk, [member_id(name)])


# ------------------------------------------------------------------ answering


def test_a_filer_cannot_answer_themselves(staff: Office) -> None:
    entry = filed(staff, "integrity")
    refused = respond(staff, entry)
    assert refused.status_code == 409
    assert "Somebody else at the integrity desk answers it" in refused.text
    assert count(staff, InterferenceItem) == 1
    assert respond(staff, entry, SECOND).status_code == 303


@pytest.mark.parametrize(
    "changes", [{"done_about": "  "}, {"measures": ["prison"]}, {"done_about": "办" * 22_000}]
)
def test_nothing_that_was_typed_is_lost_when_an_answer_is_refused(
    changes: dict[str, Any], staff: Office
) -> None:
    page = respond(staff, filed(staff), **changes)
    assert page.status_code == 422
    assert str({**ANSWER, **changes}["done_about"]).strip() in page.text
    if "measures" not in changes:
        assert page.text.count(" checked") == 2
    assert count(staff, InterferenceItem) == 1


def test_who_filed_it_sees_that_it_stands_and_on_which_day_it_was_answered(staff: Office) -> None:
    entry = filed(staff)
    filer = staff.signed_in("reviewer-a")
    assert "Not answered yet" in filer.get("/interference", headers=ENGLISH).text
    staff.clock.advance(86_400)
    assert respond(staff, entry).status_code == 303
    for path in ("/interference", entry):
        page = staff.signed_in("reviewer-a").get(path, headers=ENGLISH).text
        assert "2026-03-04" in page
        assert DONE not in page


def test_settled_members_find_the_register_from_every_page(staff: Office) -> None:
    for name in ("reviewer-a", "registrar", "auditor", "integrity"):
        page: Staff = staff.signed_in(name)
        assert 'href="/interference"' in page.get("/members").text
