"""What auditors see of names: emergencies that wait for a review, and what each statement says."""

import re
from html import unescape

import pytest

from admin.log.details import details
from tests.admin.conftest import Office, Staff
from tests.admin.disclosing import ASKS, ENGLISH, HOUR, LIFE, Asking

CHINESE = {"Accept-Language": "zh"}
WAITS = "Waits for a review"
NONE = "None waits: each was reviewed, or there was none."


@pytest.fixture
def asking(office: Office) -> Asking:
    return Asking.of(office)


def duties(auditor: Staff) -> str:
    return unescape(auditor.get("/log/duties", headers=ENGLISH).text)


def alert_of(page: str) -> int:
    found = re.search(r'href="/log/alerts/(\d+)"', page)
    assert found
    return int(found[1])


def test_an_emergency_without_a_review_stands_in_the_list_of_duties_with_its_age(asking: Asking) -> None:
    office = asking.office
    assert NONE in duties(office.signed_in("auditor"))
    asking.decide(asking.asked(LIFE))
    office.clock.advance(26 * HOUR)
    auditor = office.signed_in("auditor", confirmed=True)
    page = duties(auditor)
    assert NONE not in page
    (row,) = re.findall(
        r'<tr class="refused">.*?</tr>', page.partition(WAITS)[2].partition("</table>")[0], re.S
    )
    assert ASKS in row
    assert "26 hours" in row
    reviewed = {"finding": "explained", "reason": "Both were called; the house was watched."}
    assert auditor.post(f"/log/alerts/{alert_of(row)}", reviewed).status_code == 303
    assert NONE in duties(auditor)


def test_an_ordinary_disclosure_waits_for_no_review(asking: Asking) -> None:
    asking.running()
    assert NONE in duties(asking.office.signed_in("auditor"))


def test_each_statement_about_a_name_says_what_it_names_in_both_languages(asking: Asking) -> None:
    office = asking.office
    number = asking.running()
    asking.look(number)
    auditor = office.signed_in("auditor", confirmed=True)
    for headers, ground, hours, told, request, done in (
        (
            ENGLISH,
            "To protect this person",
            "2 hours",
            "when the time is over",
            f"request {number}",
            "allowed",
        ),
        (CHINESE, "保护本人", "2 小时", "时限结束时", f"申请 {number}", "同意"),
    ):
        said = {}
        for kind in ("disclosure", "disclosure-decision", "disclosure-unlock", "disclosure-view"):
            page = auditor.get(f"/log?type={kind}", headers=headers).text
            row = page.partition("<tbody>")[2].partition("</tbody>")[0]
            said[kind] = unescape(re.findall(r"<td>(.*?)</td>", row, re.S)[-1])
        assert all(text in said["disclosure"] for text in (ground, hours, told)), said
        assert request in said["disclosure-decision"]
        assert done in said["disclosure-decision"]
        assert request in said["disclosure-unlock"]
        assert request in said["disclosure-view"]


def test_whose_unit_is_accused_stands_in_the_auditors_line() -> None:
    body = {"type": "disclosure", "ground": "decision", "letter": "2026-17", "accused_unit": "u4", "hours": 3}
    assert ("unit", "u4") in details(body, 9, {})
    assert ("unit", "") not in details({**body, "accused_unit": ""}, 9, {})
    assert ("request", "7") in details({"type": "disclosure-lapse", "request": 7}, 9, {})
