"""Code sheets: printed unseen, logged, and stored without their codes."""

import re

import pytest
from sqlalchemy import text

from admin.sheets.errors import SentBefore
from admin.sheets.once import fresh_field, spend
from admin.visit import Visit
from crypto.tracking_codes import TrackingCode
from tests.admin.conftest import Office
from tests.admin.printing import (
    english,
    enter,
    form_field,
    keeper_away,
    papers,
    print_page,
    print_papers,
)
from tests.keeper.observed import Observed
from tests.world import member_id
from tipline.sheets.numbers import parse_number


def stored_bytes(office: Office) -> bytes:
    """Everything in both databases' files, and the log."""
    folder = office.settings.data
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def visit_of(office: Office, cookie: str) -> Visit:
    """A request that has read its session."""
    services, roster = office.services, office.keeper().roster()
    session = services.sessions.resume(cookie)
    return Visit(services, session, roster, office.directory(), roster.members[session.member.id])


def sheets_stored(office: Office) -> int:
    with office.database.reading() as session:
        return int(session.execute(text("SELECT count(*) FROM sheets")).scalar_one())


@pytest.mark.parametrize("count", ["", "0", "21", "-1", "five", "٣", "1e1", "99999999999"])
def test_a_wrong_number_of_sheets_prints_none_and_logs_nothing(office: Office, count: str) -> None:
    staff = english(office.signed_in("reviewer-a"))
    before = office.log_size()
    page = print_page(staff, count)
    assert page.status_code == 422
    assert "between 1 and 20" in page.text
    assert office.log_size() == before


def test_a_reload_of_the_page_to_print_makes_no_other_sheets(office: Office) -> None:
    staff = english(office.signed_in("reviewer-a"))
    field = form_field(staff, "/sheets")
    assert staff.post("/sheets", {"form": field, "count": "2"}).status_code == 201
    office.put_tip()
    staff.get("/tips")  # the session keeps the key of a new card, and must not lose the count
    before, held = office.log_size(), sheets_stored(office)
    again = staff.post("/sheets", {"form": field, "count": "2"})
    assert again.status_code == 409
    assert "This form was sent before" in again.text
    assert "code-row" not in again.text
    assert (office.log_size(), sheets_stored(office)) == (before, held)
    assert len(print_papers(staff)) == 1


def test_two_requests_with_one_form_print_once_whichever_worker_takes_them(office: Office) -> None:
    cookie = office.services.sessions.start(office.member("reviewer-a")).reveal()
    visits = [visit_of(office, cookie), visit_of(office, cookie)]
    field = fresh_field(visits[0])
    spend(visits[0], field)
    with pytest.raises(SentBefore):
        spend(visits[1], field)  # this one read the session before the first request was done


@pytest.mark.parametrize("field", ["", "AAAA", "字", "another session's"])
def test_a_form_of_another_session_prints_nothing(office: Office, field: str) -> None:
    staff = office.signed_in("reviewer-a")
    if field == "another session's":
        field = form_field(office.signed_in("reviewer-a"), "/sheets")
    before = office.log_size()
    page = staff.post("/sheets", {"form": field, "count": "1"})
    assert page.status_code == 400
    assert "code-row" not in page.text
    assert (office.log_size(), sheets_stored(office)) == (before, 0)


def test_no_code_is_stored_anywhere(office: Office) -> None:
    printed = print_papers(english(office.signed_in("reviewer-a")), 3)
    held = stored_bytes(office)
    for paper in printed:
        code = paper.code
        assert code.raw not in held
        assert code.raw.hex().encode() not in held
        assert code.reveal().encode() not in held
        assert code.reveal().replace(" ", "").encode() not in held
        assert code.locator_hash in held  # what is looked for would be found


def test_staff_see_no_code_in_any_other_answer(office: Office) -> None:
    staff = english(office.signed_in("reviewer-a"))
    (paper,) = print_papers(staff)
    done = enter(staff, sheet=paper.number)
    assert done.status_code == 201
    group = paper.code.reveal().split()[0]
    for page in (done, staff.get("/sheets"), staff.get("/tips/new"), staff.get("/tips"), enter(staff)):
        assert group not in page.text


def test_the_page_to_print_cannot_be_kept_or_fetched_again(office: Office) -> None:
    staff = english(office.signed_in("reviewer-a"))
    page = print_page(staff, "1")
    assert page.headers["Cache-Control"] == "no-store"
    assert "Location" not in page.headers
    (first,) = papers(page)
    (second,) = papers(print_page(staff, "1"))
    assert (first.number, first.code.raw) != (second.number, second.code.raw)
    assert first.code.reveal().split()[0] not in staff.get("/sheets").text


def test_the_codes_are_hidden_on_the_screen_even_without_a_stylesheet(office: Office) -> None:
    page = print_page(english(office.signed_in("reviewer-a")), "2").text
    assert page.count('class="code-row"') == 4
    assert 'class="code-row"' not in re.sub(
        '<article class="sheet" hidden>.*?</article>', "", page, flags=re.DOTALL
    )


def test_printing_is_a_statement_of_whoever_prints(office: Office) -> None:
    print_papers(english(office.signed_in("reviewer-a")), 4)
    entry = Observed(office.world).entry(office.log_size() - 1)
    body = entry.statement.body
    assert (body["type"], body["by"], len(body["sheets"])) == ("sheets", [member_id("reviewer-a")], 4)


def test_without_the_keeper_nothing_is_printed(office: Office) -> None:
    staff = english(office.signed_in("reviewer-a"))
    field = form_field(staff, "/sheets")
    with keeper_away(office):
        page = staff.post("/sheets", {"form": field, "count": "1"})
    assert page.status_code == 503
    assert "code-row" not in page.text
    assert sheets_stored(office) == 0
    assert staff.post("/sheets", {"form": form_field(staff, "/sheets"), "count": "1"}).status_code == 201


def test_every_sheet_has_a_number_that_checks_itself_and_a_code_of_its_own(office: Office) -> None:
    printed = print_papers(english(office.signed_in("reviewer-a")), 20)
    assert len({parse_number(paper.number) for paper in printed}) == 20
    assert len({paper.code.raw for paper in printed}) == 20
    assert all(isinstance(paper.code, TrackingCode) for paper in printed)


def test_an_altered_or_planted_row_is_shown_to_the_auditor(office: Office) -> None:
    staff, auditor = (
        english(office.signed_in("reviewer-a")),
        english(office.signed_in("auditor", confirmed=True)),
    )
    (paper,) = print_papers(staff)
    words = "A stored code sheet is not what was printed under this number."
    assert words not in auditor.post("/log/verify").text
    office.change("UPDATE sheets SET claim = :key", key=bytes(32))
    found = auditor.post("/log/verify").text
    assert words in found
    assert parse_number(paper.number) in found
