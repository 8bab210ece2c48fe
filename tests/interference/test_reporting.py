"""The register is reported upward on a schedule, and each report is signed as it is printed."""

import hashlib
import re
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from crypto.statements import Statement
from tests.admin.conftest import Office
from tests.admin.disclosing import ENGLISH
from tests.interference.site import (
    DONE,
    NAME,
    SECOND,
    TEXT,
    entry_of,
    filed,
    respond,
)
from tipline.deadlines import TERMS
from tipline.interference.ways import TERM
from tipline.keeper_client import Appended, KeeperUnavailable


def pass_days(office: Office, days: int) -> None:
    office.clock.advance(int(timedelta(days=days).total_seconds()))


def report(office: Office, by: str = "integrity", *chosen: str) -> TestResponse:
    made = office.signed_in(by).post("/interference/report", {"chosen": list(chosen)}, headers=ENGLISH)
    assert made.status_code == 200, made.text
    return made


def test_a_report_that_is_due_and_not_made_is_shown_to_auditors(staff: Office) -> None:
    def duties() -> str:
        return staff.signed_in("auditor").get("/log/duties", headers=ENGLISH).text

    assert "no report upward is due" in duties()
    filed(staff)
    pass_days(staff, TERMS[TERM].days)
    assert "days late" not in duties()
    pass_days(staff, 1)
    assert "1 day late" in duties()
    assert "1 day late" in staff.signed_in("integrity").get("/interference", headers=ENGLISH).text
    report(staff)
    assert "day late" not in duties()
    pass_days(staff, TERMS[TERM].days + 2)
    assert "2 days late" in duties()


def test_a_report_by_somebody_who_may_not_read_an_entry_does_not_settle_it(staff: Office) -> None:
    filed(staff, unseen=["u3"])
    pass_days(staff, TERMS[TERM].days + 1)
    report(staff, SECOND)
    page = staff.signed_in("auditor").get("/log/duties", headers=ENGLISH).text
    assert "1 day late" in page
    report(staff, "integrity")
    assert "day late" not in staff.signed_in("auditor").get("/log/duties", headers=ENGLISH).text


def test_two_people_set_another_number_of_days(staff: Office) -> None:
    filed(staff)
    world = staff.world
    staff.keeper().append(world.sign("deadlines", "registrar", "integrity", days={TERM: 10}))
    pass_days(staff, 11)
    assert "1 day late" in staff.signed_in("integrity").get("/interference", headers=ENGLISH).text


def test_a_report_is_signed_as_it_is_printed_and_holds_what_was_chosen(staff: Office) -> None:
    first, second = filed(staff), filed(staff, "reviewer-b", who="Somebody Else", how="threat")
    pass_days(staff, 3)
    respond(staff, first)
    made = report(staff, "integrity", first.split("/")[-1])
    body = entry_of(staff, staff.log_size() - 1).statement.body
    assert (body["type"], body["kind"], body["period"]) == ("report", "interference", "2026-03")
    assert body["hash"] == hashlib.sha256(made.data).hexdigest()
    assert made.headers["Content-Disposition"].startswith("attachment")
    assert NAME in made.text
    assert DONE in made.text
    assert "Somebody Else" not in made.text
    assert "Threatened somebody" in made.text
    figures = re.findall(
        r'<th scope="row">(?:Entries|Answered|Not answered yet)</th><td>(\d+)</td>', made.text
    )
    assert figures == ["2", "1", "1"]
    assert re.search(r"<td>integrity</td>\s*<td>3</td>", made.text)
    # What was answered and reported is over; what was not answered is reported again.
    page = staff.signed_in("integrity").get("/interference/report", headers=ENGLISH).text
    assert [name for name in (first, second) if f'value="{name.split("/")[-1]}"' in page] == [second]


def test_a_report_on_nothing_says_so(staff: Office) -> None:
    made = report(staff)
    assert re.search(r"Entries</th><td>0</td>", made.text)


def test_no_report_leaves_that_is_not_in_the_log(staff: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = filed(staff).split("/")[-1]
    member = staff.signed_in("integrity")
    append = staff.keeper().append

    def away(statement: Statement, slip: bytes = b"") -> Appended:
        if statement.body["type"] == "report":
            raise KeeperUnavailable
        return append(statement, slip)

    monkeypatch.setattr(staff.keeper(), "append", away)
    refused = member.post("/interference/report", {"chosen": entry}, headers=ENGLISH)
    assert (refused.status_code, "Content-Disposition" in refused.headers) == (503, False)
    assert TEXT not in refused.text


def test_the_report_s_page_opens_nothing_before_it_is_made(staff: Office) -> None:
    filed(staff)
    member, before = staff.signed_in("integrity"), staff.log_size()
    page = member.get("/interference/report", headers=ENGLISH).text
    assert (TEXT in page, staff.log_size()) == (False, before)
