"""/log/reports: who knew of a tip since when, a report to file, and months that an auditor signs."""

import re
from typing import Any

import pytest

from crypto.statements import Entry, Statement
from tests.admin.conftest import Office, Staff
from tests.admin.interfering import file
from tests.admin.test_transfers import pdf_text
from tests.world import member_id
from tipline.ids import TipId
from tipline.tips.categories import Official

DAY = 86_400
ENGLISH = {"Accept-Language": "en"}
DIGEST = re.compile(r'name="shown" value="([0-9a-f]{64})"')


def auditor(office: Office) -> Staff:
    return office.signed_in("auditor", confirmed=True)


def text(staff: Staff, path: str, status: int = 200) -> str:
    answer = staff.get(path, headers=ENGLISH)
    assert answer.status_code == status, answer.text
    return answer.text


def opened(office: Office, by: str = "reviewer-a", **changes: Any) -> TipId:
    """A tip that somebody has read."""
    tip = office.put_tip(**changes)
    staff = office.signed_in(by)
    staff.get("/tips")
    staff.read(tip)
    return tip


def umbrella(office: Office) -> TipId:
    """An umbrella tip of which one of three steps came in time and the others never."""
    tip = opened(office, "integrity", official=Official.YES)
    fields = {"tip": tip.hex(), "desk": "integrity"}
    first = {"item": "1" * 32, "hash": "cd" * 32}
    keeper, world = office.keeper(), office.world
    keeper.append(world.sign("umbrella", "integrity", **fields, reason={"item": "2" * 32, "hash": "cd" * 32}))
    keeper.append(world.sign("umbrella-step", "integrity", **fields, reason=first, step="pursued"))
    office.clock.advance(20 * DAY)
    return tip


@pytest.mark.parametrize("name", ["reviewer-a", "registrar", "integrity"])
def test_reports_are_for_auditors_alone(office: Office, name: str) -> None:
    tip = opened(office)
    staff = office.signed_in(name)
    for address in ("/log/reports", f"/log/reports/tips/{tip.hex()}", "/log/reports/months/2026-02"):
        assert staff.get(address).status_code == 403
    for address in (f"/log/reports/tips/{tip.hex()}", "/log/reports/months/2026-02/paper"):
        assert staff.post(address, {"form": "html", "letter_language": "en"}).status_code == 403


def test_of_what_the_log_does_not_know_there_is_no_report(office: Office) -> None:
    staff = auditor(office)
    text(staff, f"/log/reports/tips/{'0' * 32}", 404)
    text(staff, "/log/reports/tips/burnt", 404)
    text(staff, f"/log/reports/tips/{office.put_tip().hex()}", 404)  # nobody has seen it
    assert auditor(office).post(f"/interference/{file(office)}").status_code == 200
    text(staff, f"/log/reports/tips/{'0' * 32}", 404)  # an entry about an item of no tip
    text(staff, "/log/reports?tip=0000-0000", 404)
    for month in ("2026-03", "2026-04", "2026-13", "march"):
        text(staff, f"/log/reports/months/{month}", 404)


def test_a_tip_is_found_by_its_handle(office: Office) -> None:
    tip = opened(office)
    answer = auditor(office).get(f"/log/reports?tip={tip.hex()[:4]}-{tip.hex()[4:8]}")
    assert answer.headers["Location"] == f"/log/reports/tips/{tip.hex()}"


def test_a_report_names_who_read_it_and_says_it_in_one_sentence(office: Office) -> None:
    tip = opened(office)
    page = text(auditor(office), f"/log/reports/tips/{tip.hex()}")
    assert "Read on the day it came; no deadline was missed." in page
    assert "reviewer-a" in page
    assert "Unit u2" in page
    assert re.search(r'title="([0-9a-f]{12})[0-9a-f]{52}">\1…<', page)  # whole in the file


def test_what_was_left_undone_is_named(office: Office) -> None:
    tip = opened(office)
    office.clock.advance(20 * DAY)
    office.keeper().look_at_clocks([], [], [])
    page = text(auditor(office), f"/log/reports/tips/{tip.hex()}")
    assert "1 of 1 deadlines missed, the longest by 13 working days" in page
    assert "Days without any step" in page


@pytest.mark.parametrize(
    "fields",
    [{"form": "docx", "letter_language": "en"}, {"form": "pdf", "letter_language": "fr"}, {}],
    ids=str,
)
def test_a_file_of_another_kind_is_not_made(office: Office, fields: dict[str, str]) -> None:
    tip = opened(office)
    assert auditor(office).post(f"/log/reports/tips/{tip.hex()}", fields).status_code == 422


@pytest.mark.parametrize(
    ("language", "title", "steps"),
    [
        (
            "en",
            "Report on the handling of an umbrella tip",
            "Reported upward, Transferred to the competent body",
        ),
        ("zh_Hans", "保护伞举报办理情况报告", "上报、移送"),
    ],
    ids=str,
)
def test_an_umbrella_tips_report_can_be_filed_in_both_languages(
    office: Office, language: str, title: str, steps: str
) -> None:
    tip, staff = umbrella(office), auditor(office)
    fields = {"form": "html", "letter_language": language}
    answer = staff.post(f"/log/reports/tips/{tip.hex()}", fields)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert title in answer.text
    assert steps in answer.text
    assert office.settings.genesis in answer.text
    assert re.search(r'class="digest">[0-9a-f]{64}<', answer.text)


def test_a_report_is_a_pdf_too(office: Office) -> None:
    tip = umbrella(office)
    fields = {"form": "pdf", "letter_language": "en"}
    answer = auditor(office).post(f"/log/reports/tips/{tip.hex()}", fields)
    assert answer.mimetype == "application/pdf"
    printed = pdf_text(answer.data)
    assert "Report on the handling of an umbrella tip" in printed
    assert "too late or not yet" in printed


def test_what_auditors_found_of_a_tip_is_in_no_report_of_it(office: Office) -> None:
    tip = opened(office)
    office.keeper().append(
        office.world.sign("alert-rules", "auditor", "integrity", rules={"decoy": {"on": True}})
    )
    page = text(auditor(office), f"/log/reports/tips/{tip.hex()}")
    assert "alert" not in re.sub(r"<nav.*?</nav>", "", page, flags=re.DOTALL).lower()


def april(office: Office) -> Staff:
    """An auditor in April, who looks at March."""
    opened(office)
    office.clock.advance(31 * DAY)
    return auditor(office)


def test_a_month_is_counted_and_signed(office: Office) -> None:
    staff = april(office)
    assert "/log/reports/months/2026-03" in text(staff, "/log/reports")
    page = text(staff, "/log/reports/months/2026-03")
    shown = DIGEST.search(page)
    assert shown
    assert staff.post("/log/reports/months/2026-03", {"shown": shown[1]}).status_code == 303
    signed = text(staff, "/log/reports/months/2026-03")
    assert "The log still gives these figures." in signed
    assert not DIGEST.search(signed)
    assert "auditor" in text(staff, "/log/reports")
    again = staff.post("/log/reports/months/2026-03", {"shown": shown[1]}, headers=ENGLISH)
    assert (again.status_code, "signed already" in again.text) == (409, True)


def test_figures_that_were_not_shown_are_not_signed(office: Office) -> None:
    staff = april(office)
    size = office.log_size()
    answer = staff.post("/log/reports/months/2026-03", {"shown": "cd" * 32}, headers=ENGLISH)
    assert (answer.status_code, "not the figures that were shown" in answer.text) == (409, True)
    assert kinds(office, size) == {"audit"}


def kinds(office: Office, since: int) -> set[str]:
    """The types of all statements from an index on."""
    audit = office.world.sign("audit", "auditor", first=since, count=100)
    office.keeper().append(audit)
    rows = office.keeper().entries(audit, since, 100).rows
    return {str(Entry.decode(data).statement.body["type"]) for _, _, data in rows}


def test_a_signature_under_other_figures_is_told_apart(office: Office) -> None:
    staff = april(office)
    fields = {"kind": "monthly", "period": "2026-03", "hash": "cd" * 32}
    body = office.world.body("report", "auditor") | fields
    keys = {member_id("auditor"): office.member("auditor").seed.signing_key}
    office.keeper().append(Statement.signed(body, keys))
    assert "other figures than were signed" in text(staff, "/log/reports/months/2026-03")


def test_a_month_is_a_file_too(office: Office) -> None:
    staff = april(office)
    fields = {"form": "html", "letter_language": "en"}
    answer = staff.post("/log/reports/months/2026-03/paper", fields)
    assert "Report of the month 2026-03" in answer.text
    assert answer.headers["Content-Disposition"] == 'attachment; filename="month-2026-03.html"'
