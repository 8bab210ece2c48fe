"""The list of members as a spreadsheet: for registrars, after a second look, and no cell is a formula."""

import csv
from io import BytesIO
from urllib.parse import quote

import openpyxl
from sqlalchemy import insert

from tests.admin.conftest import PASSWORD, Office, wrapped
from tests.admin.people import confirmed, registrar
from tests.admin.printing import english
from tests.world import member_body, member_id
from tipline.accounts.models import Account
from tipline.accounts.service import OTP_SECONDS

PATH = "/members/spreadsheet"
EVIL = "=cmd|'/c calc'!A0"


def test_nobody_but_a_registrar_gets_the_list(office: Office) -> None:
    for name in ("reviewer-a", "auditor", "integrity"):
        assert confirmed(office, name).post(PATH, {"form": "csv"}).status_code == 403
        assert PATH not in confirmed(office, name).get("/members").text
    assert f'action="{PATH}"' in registrar(office).get("/members").text


def test_a_stolen_session_does_not_take_the_list_away(office: Office) -> None:
    staff = english(office.signed_in("registrar"))
    asked = staff.post(PATH, {"form": "csv"})
    assert asked.status_code == 428
    assert 'name="form" value="csv"' in asked.text
    assert "reviewer-a" not in asked.text
    office.clock.advance(OTP_SECONDS)
    again = {"form": "csv", "confirm_password": PASSWORD, "confirm_otp": office.otp()}
    assert "reviewer-a" in staff.post(PATH, again).text


def test_a_form_that_there_is_not_gives_no_file(office: Office) -> None:
    for form in ("", "xlsm", "html"):
        answer = registrar(office).post(PATH, {"form": form})
        assert (answer.status_code, "Content-Disposition" in answer.headers) == (422, False)


def test_a_members_name_starts_no_formula(office: Office) -> None:
    """Whoever is enrolled has a say in the name, and somebody else opens the file."""
    office.services.members.carry_out(
        office.world.sign("member", "registrar", member=member_body(EVIL, "u2"))
    )
    with office.database.writing() as session:
        row = {"member_id": member_id(EVIL), "name": EVIL, "name_salt": b"", "last_step": 0}
        session.execute(insert(Account), [{**row, "wrapped": wrapped("auditor")}])
    book = openpyxl.load_workbook(BytesIO(registrar(office).post(PATH, {"form": "xlsx"}).data))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert f"'{EVIL}" in [cell.value for cell in cells]
    text = registrar(office).post(PATH, {"form": "csv"}).data.decode("utf-8-sig")
    assert f"'{EVIL}" in [row[0] for row in csv.reader(text.splitlines())]


def test_the_file_says_what_the_page_says(office: Office) -> None:
    gone = office.world.sign("remove", "registrar", member=member_id("custodian-2"))
    office.services.members.carry_out(gone)
    office.services.accounts.seen(office.member("reviewer-a").id)
    answer = registrar(office).post(PATH, {"form": "csv"})
    rows = list(csv.DictReader(answer.data.decode("utf-8-sig").splitlines()))
    people = {row["Name"]: row for row in rows}
    assert len(rows) == len(office.keeper().roster().members)
    assert people["reviewer-a"]["Last here"] == office.clock.today().isoformat()
    assert people["reviewer-b"]["Last here"] == "never"
    assert people["registrar"]["Roles"] == "Registrar"
    assert people["reviewer-a"]["Desks"]
    assert [row["Name"] for row in rows if row["Removed"] == "Yes"] == ["custodian-2"]


def test_the_files_name_is_encoded(office: Office) -> None:
    staff = office.signed_in("registrar", confirmed=True)  # in Chinese
    answer = staff.post(PATH, {"form": "xlsx"})
    encoded = quote("成员名单 2026-03-03.xlsx")
    said = f"attachment; filename=\"members-2026-03-03.xlsx\"; filename*=UTF-8''{encoded}"
    assert answer.headers["Content-Disposition"] == said
    assert answer.headers["Cache-Control"] == "no-store"
