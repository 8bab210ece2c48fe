"""A member's own account: what they change there binds at once, for every session and every process."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from admin.app import create_app
from admin.sessions.service import ABSOLUTE, IDLE
from crypto.keys import MemberSeed
from tests.admin.conftest import OTP_SECRET, PASSWORD, Office, Staff
from tests.world import member_body, member_id, member_seed
from tipline.accounts.service import OTP_SECONDS, SEED_BYTES
from tipline.ids import MemberId

NEW = "seven lanterns under the old bridge"
NAME = "reviewer-a"


def password(office: Office, staff: Staff, **changes: str) -> TestResponse:
    office.clock.advance(OTP_SECONDS)  # a code works once
    fields = {"old": PASSWORD, "otp": office.otp(), "new": NEW, "again": NEW}
    return staff.post("/account/password", fields | changes)


def sign_in(office: Office, password: str, name: str = NAME) -> int:
    office.clock.advance(OTP_SECONDS)
    fields = {"name": name, "password": password, "otp": office.otp()}
    return office.browser().post("/sign-in", fields).status_code


def cookie(staff: Staff) -> str:
    found = staff.client.get_cookie("tipline_staff")
    assert found
    return found.value


def with_cookie(office: Office, value: str) -> Staff:
    staff = office.browser()
    staff.client.set_cookie("tipline_staff", value)
    return staff


def is_in(staff: Staff) -> bool:
    return staff.get("/account").status_code == 200


@pytest.fixture
def other_process(office: Office) -> Iterator[Office]:
    """The same site once more, as another process runs it over the same database and keeper."""
    twin = object.__new__(Office)
    twin.__dict__.update(office.__dict__)
    with ExitStack() as stack:
        twin.app = create_app(office.settings, office.clock)
        twin.app.testing = True
        twin.services = twin.app.extensions["tipline"]
        stack.callback(twin.services.database.dispose)
        stack.callback(twin.services.keeper.close)
        yield twin


# ------------------------------------------------------------------ the password


@pytest.mark.parametrize(
    "changes",
    [
        {"old": "wrong"},
        {"otp": "000000"},
        {"otp": ""},
        {"old": "x" * 2000},
        {"again": NEW + "."},
        {"new": "short one", "again": "short one"},
        {"new": "a" * 40, "again": "a" * 40},
        {"new": "reviewer-a2024", "again": "reviewer-a2024"},
        {"new": "", "again": ""},
    ],
    ids=lambda changes: next(iter(changes.items()))[0] + "=" + next(iter(changes.values()))[:10],
)
def test_a_password_that_may_not_be_changed_so_stays_as_it_is(
    office: Office, changes: dict[str, str]
) -> None:
    staff = office.signed_in(NAME)
    answer = password(office, staff, **changes)
    assert answer.status_code in (400, 401)
    assert PASSWORD not in answer.text
    assert NEW not in answer.text
    assert is_in(staff)
    assert sign_in(office, PASSWORD) == 303


def test_a_new_password_needs_a_code_that_was_not_used(office: Office) -> None:
    office.clock.advance(OTP_SECONDS)
    form = {"name": NAME, "password": PASSWORD, "otp": office.otp()}
    staff = office.browser()
    assert staff.post("/sign-in", form).status_code == 303
    fields = {"old": PASSWORD, "otp": form["otp"], "new": NEW, "again": NEW}
    assert staff.post("/account/password", fields).status_code == 401


def test_a_new_password_ends_every_session_and_the_old_password(office: Office) -> None:
    here, elsewhere = office.signed_in(NAME), office.signed_in(NAME)
    old = cookie(here)
    assert password(office, here).headers["Location"] == "/account?done=password"
    assert is_in(here)
    assert cookie(here) != old
    assert not is_in(elsewhere)
    assert not is_in(with_cookie(office, old))
    assert sign_in(office, PASSWORD) == 401
    assert sign_in(office, NEW) == 303


def test_a_new_password_wraps_the_same_keys(office: Office) -> None:
    password(office, office.signed_in(NAME))
    office.clock.advance(OTP_SECONDS)
    member = office.services.accounts.unlock(NAME, NEW, office.otp())
    assert member.seed.seed == member_seed(NAME).seed


def test_a_session_row_that_is_put_back_opens_nothing_after_a_new_password(office: Office) -> None:
    """Whoever writes rows and has an old cookie: the box is bound to the account as it was."""
    staff = office.signed_in(NAME)
    office.change("create table kept as select * from staff_sessions")
    assert is_in(staff)
    password(office, office.signed_in(NAME))
    office.change("insert into staff_sessions select * from kept")
    assert not is_in(staff)


# ------------------------------------------------------------------ sessions


def test_sessions_are_listed_without_telling_from_where(office: Office) -> None:
    first = office.signed_in(NAME)
    office.clock.advance(600)
    second = office.signed_in(NAME)
    page = second.get(
        "/account", headers={"Accept-Language": "en"}, environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert page.text.count('name="session"') == 2
    assert page.text.count(">this one<") == 1
    assert "2026-03-03 12:10" in page.text
    assert "2026-03-03 12:00" in page.text
    assert "192.0.2.7" not in page.text
    assert cookie(first) not in page.text
    columns = office.services.sessions.of(MemberId(member_id(NAME)))[0].__dataclass_fields__
    assert set(columns) == {"public_id", "started_at", "seen_at"}


def test_a_session_that_was_ended_elsewhere_is_dead_at_its_next_request(
    office: Office, other_process: Office
) -> None:
    here, elsewhere = office.signed_in(NAME), other_process.signed_in(NAME)
    assert is_in(elsewhere)
    rows = {row.public_id for row in office.services.sessions.of(MemberId(member_id(NAME)))}
    mine = office.services.sessions.resume(cookie(here)).public_id
    (other,) = rows - {mine}
    assert here.post("/account/sessions", {"session": other}).status_code == 303
    assert is_in(here)
    assert not is_in(elsewhere)


def test_all_other_sessions_end_and_this_one_stays(office: Office, other_process: Office) -> None:
    here, others = office.signed_in(NAME), [office.signed_in(NAME), other_process.signed_in(NAME)]
    stranger = office.signed_in("reviewer-b")
    assert here.post("/account/sessions").status_code == 303
    assert is_in(here)
    assert is_in(stranger)
    assert not any(is_in(other) for other in others)


def test_nobody_ends_another_members_session(office: Office) -> None:
    stranger = office.signed_in("reviewer-b")
    (row,) = office.services.sessions.of(MemberId(member_id("reviewer-b")))
    office.signed_in(NAME).post("/account/sessions", {"session": row.public_id})
    assert is_in(stranger)


def test_a_session_that_has_ended_is_not_listed(office: Office) -> None:
    office.signed_in(NAME)
    office.clock.advance(IDLE.total_seconds())
    assert office.services.sessions.of(MemberId(member_id(NAME))) == []
    assert timedelta(hours=8) == ABSOLUTE


# ------------------------------------------------------------------ what ends access, in every process


def remove(office: Office) -> None:
    office.keeper().append(office.world.sign("remove", "registrar", member=member_id(NAME)))


def revoke(office: Office) -> None:
    statement = office.world.sign("revoke", "registrar", member=member_id(NAME), desk="intake")
    office.keeper().append(statement)


def change_password(office: Office) -> None:
    password(office, office.signed_in(NAME))


def new_keys(office: Office) -> None:
    fresh = MemberSeed(bytes(range(SEED_BYTES)))
    fields = {
        "member": member_id(NAME),
        "signing_key": fresh.signing_key.public.raw.hex(),
        "recipient": fresh.identity.recipient.text,
    }
    office.keeper().append(office.world.sign("new-keys", "registrar", "integrity", **fields))


@pytest.mark.parametrize(
    ("end", "status"), [(remove, 303), (change_password, 303), (new_keys, 303), (revoke, 403)]
)
def test_what_ends_access_ends_it_at_the_next_request_of_every_process(
    office: Office, other_process: Office, end: object, status: int
) -> None:
    sessions = [office.signed_in(NAME), other_process.signed_in(NAME)]
    for staff in sessions:
        assert staff.get("/sheets").status_code == 200
    assert callable(end)
    end(office)
    for staff in sessions:
        answer = staff.get("/sheets")
        assert answer.status_code in (status, 401), answer.status_code
        if status == 303:
            assert staff.get("/account").headers["Location"] == "/sign-in"


def test_a_removed_member_who_is_taken_in_again_has_no_old_session(office: Office) -> None:
    staff = office.signed_in(NAME)
    remove(office)
    again = member_body("reviewer-a-again", "u2")
    office.keeper().append(office.world.sign("member", "registrar", member=again))
    assert not is_in(staff)
    assert sign_in(office, PASSWORD) == 401


# ------------------------------------------------------------------ conflicts of interest


def test_a_declared_conflict_binds_at_once(office: Office) -> None:
    staff = office.signed_in(NAME)
    assert (
        staff.post("/account/conflicts", {"units": ["u4"]}).headers["Location"] == "/account?done=conflicts"
    )
    assert "u4" in office.keeper().roster().member(member_id(NAME)).conflicts
    assert "u4" in office.directory().units
    assert office.signed_in(NAME).get("/account").status_code == 200


@pytest.mark.parametrize("units", [[], ["u77"], ["u2"]], ids=["none", "unknown", "one's own"])
def test_a_conflict_with_no_unit_to_add_changes_nothing(office: Office, units: list[str]) -> None:
    staff, before = office.signed_in(NAME), office.log_size()
    assert staff.post("/account/conflicts", {"units": units}).status_code == 400
    assert office.log_size() == before


def test_conflicts_are_declared_for_oneself_alone(office: Office) -> None:
    staff = office.signed_in(NAME)
    staff.post("/account/conflicts", {"units": ["u4"], "member": member_id("reviewer-b")})
    roster = office.keeper().roster()
    assert roster.member(member_id("reviewer-b")).conflicts == ()
    assert roster.member(member_id(NAME)).conflicts == ("u4",)


# ------------------------------------------------------------------ the page


def test_the_page_shows_the_fingerprint_that_the_registrar_compares(office: Office) -> None:
    rows = office.services.members.rows()
    expected = next(row.fingerprint for row in rows if row.id == member_id(NAME))
    assert expected in office.signed_in(NAME).get("/account").text


@pytest.mark.parametrize(
    ("host", "said"),
    [("127.0.0.1:8001", "an address in numbers"), ("localhost:8001", "Add a passkey")],
)
def test_the_page_says_where_passkeys_are_made(office: Office, host: str, said: str) -> None:
    staff = office.signed_in(NAME)
    value = cookie(staff)
    staff.client.set_cookie("tipline_staff", value, domain=host.partition(":")[0])
    answer = staff.get("/account", base_url=f"http://{host}", headers={"Accept-Language": "en"})
    assert said in answer.text
    assert OTP_SECRET.hex() not in answer.text
