"""Sessions end, and their rows open nothing without the cookie."""

import pytest

from admin.sessions.errors import NoSession
from admin.sessions.service import ABSOLUTE, IDLE
from tests.admin.conftest import Office
from tests.world import member_id, member_seed


def test_a_signed_out_cookie_is_dead(office: Office) -> None:
    staff = office.signed_in("reviewer-a")
    cookie = staff.client.get_cookie("tipline_staff")
    assert cookie
    assert staff.post("/sign-out").headers["Location"] == "/sign-in"
    staff.client.set_cookie("tipline_staff", cookie.value)
    assert staff.get("/tips").status_code == 303


def test_signing_out_needs_its_token(office: Office) -> None:
    staff = office.signed_in("reviewer-a")
    assert staff.client.post("/sign-out").status_code == 400
    assert staff.get("/tips").status_code == 200


def test_a_session_ends_when_nobody_uses_it(office: Office) -> None:
    staff = office.signed_in("reviewer-a")
    office.clock.advance(IDLE.total_seconds() - 1)
    assert staff.get("/tips").status_code == 200
    office.clock.advance(IDLE.total_seconds())
    assert staff.get("/tips").status_code == 303


def test_a_session_ends_however_it_is_used(office: Office) -> None:
    staff = office.signed_in("registrar")
    for _ in range(int(ABSOLUTE / (IDLE / 3)) - 1):
        office.clock.advance(IDLE.total_seconds() / 3)
        assert staff.get("/").status_code == 200
    office.clock.advance(IDLE.total_seconds() / 3)
    assert staff.get("/").status_code == 303


@pytest.mark.parametrize(
    "change",
    [
        "update staff_sessions set member_id = :other",
        "update staff_sessions set started_at = '2026-03-03 11:59:00.000000'",
        "update staff_sessions set wrapped = keys",
        "delete from staff_sessions",
    ],
)
def test_a_row_changed_by_hand_opens_nothing(office: Office, change: str) -> None:
    staff = office.signed_in("reviewer-a")
    office.change(change, **({"other": member_id("integrity")} if ":other" in change else {}))
    assert staff.get("/tips").status_code == 303


def test_a_longer_end_written_by_hand_lengthens_nothing(office: Office) -> None:
    staff = office.signed_in("reviewer-a")
    office.change(
        "update staff_sessions set ends_at = '2027-01-01 00:00:00.000000',"
        " seen_at = '2026-03-03 20:00:00.000000'"
    )
    office.clock.advance(ABSOLUTE.total_seconds())
    assert staff.get("/tips").status_code == 303


def test_the_database_holds_neither_seed_nor_card_key(office: Office) -> None:
    staff = office.signed_in("reviewer-a")
    office.put_tip()
    staff.get("/tips")
    raw = (office.settings.data / "main.db").read_bytes()
    assert member_seed("reviewer-a").seed not in raw
    token = staff.client.get_cookie("tipline_staff")
    assert token
    assert token.value.encode() not in raw


@pytest.mark.parametrize("cookie", ["", "x", "é", "A" * 43, "A" * 44])
def test_no_other_cookie_is_a_session(office: Office, cookie: str) -> None:
    with pytest.raises(NoSession):
        office.services.sessions.resume(cookie)
