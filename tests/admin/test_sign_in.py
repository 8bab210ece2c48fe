"""Signing in: one sentence for everything that is wrong, each code once, the roster's keys."""

import pytest
from werkzeug.test import TestResponse

from admin.sign_in.throttle import Throttle
from tests.admin.conftest import PASSWORD, Office, Staff, wrapped
from tests.world import member_id
from tipline.accounts.service import OTP_SECONDS

WRONG = "一次性验证码有误"


def sign_in(office: Office, staff: Staff, **changes: str) -> TestResponse:
    fields = {"name": "reviewer-a", "password": PASSWORD, "otp": office.otp()}
    return staff.post("/sign-in", fields | changes)


@pytest.mark.parametrize(
    "changes",
    [{"name": "nobody"}, {"password": "wrong"}, {"otp": "000000"}, {"otp": ""}, {"password": "x" * 2000}],
)
def test_whatever_is_wrong_the_sentence_is_the_same(office: Office, changes: dict[str, str]) -> None:
    answer = sign_in(office, office.browser(), **changes)
    assert answer.status_code == 401
    assert WRONG in answer.text
    assert PASSWORD not in answer.text
    assert "tipline_staff=" not in str(answer.headers)


def test_an_account_with_other_keys_than_the_roster_s_fails_like_a_wrong_password(office: Office) -> None:
    office.change(
        "update accounts set wrapped = :wrapped where member_id = :id",
        wrapped=wrapped("reviewer-b"),
        id=member_id("reviewer-a"),
    )
    answer = sign_in(office, office.browser())
    assert (answer.status_code, WRONG in answer.text) == (401, True)


def test_a_one_time_code_works_once(office: Office) -> None:
    assert sign_in(office, office.browser()).status_code == 303
    assert sign_in(office, office.browser()).status_code == 401
    office.clock.advance(OTP_SECONDS)
    assert sign_in(office, office.browser()).status_code == 303


def test_a_removed_member_does_not_sign_in(office: Office) -> None:
    office.keeper().append(office.world.sign("remove", "registrar", member=member_id("reviewer-a")))
    assert sign_in(office, office.browser()).status_code == 401


def test_signing_in_gives_a_new_token_and_ends_the_old_session(office: Office) -> None:
    staff = office.signed_in("reviewer-a")
    old = staff.client.get_cookie("tipline_staff")
    answer = sign_in(office, staff)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert old
    assert old.value not in cookie
    assert staff.get("/tips").status_code == 200
    staff.client.set_cookie("tipline_staff", old.value)
    assert staff.get("/tips").status_code == 303


def test_names_are_throttled_and_others_are_not_delayed(office: Office) -> None:
    staff = office.browser()
    for _ in range(8):
        office.services.throttle.allows("reviewer-a", "127.0.0.1")
    assert sign_in(office, staff).status_code == 429
    assert sign_in(office, staff, name="reviewer-b").status_code == 303


def test_the_throttle_keeps_no_name_and_no_address() -> None:
    throttle = Throttle()
    throttle.allows("reviewer-a", "192.0.2.7")
    kept = repr(vars(throttle._limiter.storage))
    assert "reviewer-a" not in kept
    assert "192.0.2.7" not in kept


def test_no_address_of_another_site_follows_a_language_link(office: Office) -> None:
    for path in ("//evil.example", "https://evil.example", "/\\evil.example"):
        answer = office.browser().get("/language/en", query_string={"to": path})
        assert answer.headers["Location"] == "/"
