"""Keys are made by the person alone, and count once a registrar has compared them and signed."""

import pytest
from pyotp import TOTP
from sqlalchemy import select, update

from admin.enrolment.models import Enrolment
from admin.sessions.cookie import NAME
from tests.admin.conftest import Office
from tests.admin.people import (
    MADE,
    OTPAUTH,
    PASSWORD,
    compare,
    confirmed,
    enrol,
    invite,
    joining_page,
    registrar,
    token_on,
)
from tests.admin.printing import english
from tests.world import member_id
from tipline.accounts.errors import SignInFailed
from tipline.accounts.models import Account

THREE_DAYS = 3 * 24 * 3600


def sign_in(office: Office, name: str, password: str, secret: str) -> int:
    """The status of an attempt to sign in with a fresh code: 303 when it succeeds."""
    office.clock.advance(60)
    fields = {"name": name, "password": password, "otp": TOTP(secret).at(office.clock.unix())}
    return office.browser().post("/sign-in", fields).status_code


def member_named(office: Office, name: str) -> str | None:
    """The id of the account of this name."""
    with office.database.reading() as session:
        return session.scalar(select(Account.member_id).where(Account.name == name))


# ------------------------------------------------------------------ refused


def test_unknown_used_and_expired_links_are_the_same_bytes(office: Office) -> None:
    used, expired = invite(office, "zhang"), invite(office, "wang")
    enrol(office, used)
    office.change("update enrolments set ends_at = '2026-03-01 00:00:00' where name = 'wang'")
    unknown = "A" * 43
    for method in ("GET", "POST"):
        seen = set()
        for token in (unknown, used, expired, "short", "%00"):
            browser = office.browser()
            fields = None if method == "GET" else {"csrf_token": browser.token(), "password": PASSWORD}
            answer = browser.client.open(f"/enrol/{token}", method=method, data=fields)
            headers = [pair for pair in answer.headers if pair[0] not in ("Date", "Set-Cookie")]
            seen.add((answer.status_code, answer.data, str(headers)))
        assert len(seen) == 1
        assert seen.pop()[0] == 404


def test_a_link_ends_after_three_days(office: Office) -> None:
    token = invite(office)
    office.clock.advance(THREE_DAYS - 1)
    assert office.browser().get(f"/enrol/{token}").status_code == 200
    office.clock.advance(1)
    assert office.browser().get(f"/enrol/{token}").status_code == 404


def test_a_link_is_stored_as_its_hash_alone(office: Office) -> None:
    token = invite(office)
    stored = b"".join(path.read_bytes() for path in office.settings.data.rglob("*") if path.is_file())
    assert token.encode() not in stored


@pytest.mark.parametrize(
    ("password", "again"),
    [
        ("short lamp", "short lamp"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa"),
        ("zhangzhangzhang", "zhangzhangzhang"),
        ("password123456", "password123456"),
        (PASSWORD, PASSWORD + "x"),
        ("x" * 2000, "x" * 2000),
        ("", ""),
    ],
)
def test_a_weak_or_mistyped_password_makes_no_keys(office: Office, password: str, again: str) -> None:
    token = invite(office)
    page = english(office.browser()).post(f"/enrol/{token}", {"password": password, "again": again})
    assert page.status_code == 422
    assert MADE.search(page.text) is None
    assert password not in page.text or not password


def test_a_wrong_code_makes_no_keys_and_the_square_stays_the_same(office: Office) -> None:
    token = invite(office)
    device = english(office.browser())
    first = device.post(f"/enrol/{token}", {"password": PASSWORD, "again": PASSWORD})
    made, uri = MADE.search(first.text), OTPAUTH.search(first.text)
    assert made
    assert uri
    page = device.post(f"/enrol/{token}", {"made": made[1], "otp": "000000"})
    assert page.status_code == 422
    assert uri[1] in page.text
    assert "fingerprint" not in page.text
    with office.database.reading() as session:
        assert session.scalars(select(Enrolment.wrapped)).one() == b""


def test_a_second_page_of_another_link_is_taken_by_none(office: Office) -> None:
    one, other = invite(office, "zhang"), invite(office, "wang")
    device = english(office.browser())
    page = device.post(f"/enrol/{one}", {"password": PASSWORD, "again": PASSWORD})
    made = MADE.search(page.text)
    assert made
    for field in (made[1], "AAAA", "ä"):
        assert device.post(f"/enrol/{other}", {"made": field, "otp": "000000"}).status_code == 422


def test_nothing_is_usable_before_the_statement(office: Office) -> None:
    enrolling = enrol(office, invite(office))
    assert sign_in(office, "zhang", PASSWORD, enrolling.secret) == 401
    with pytest.raises(SignInFailed):
        office.services.accounts.unlock("zhang", PASSWORD, TOTP(enrolling.secret).at(office.clock.unix()))
    size = office.log_size()
    assert "zhang" not in {row.name for row in office.services.members.rows()}
    assert office.log_size() == size


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"compared": ""}, 422), ({"group": "00000"}, 422), ({"group": ""}, 422), ({"seen": "0" * 64}, 422)],
)
def test_a_registrar_signs_for_no_fingerprint_that_was_not_compared(
    office: Office, changes: dict[str, str], status: int
) -> None:
    enrolling = enrol(office, invite(office))
    size = office.log_size()
    if changes.get("group") == enrolling.groups[-1]:
        changes = {"group": "00001"}
    answer = compare(office, enrolling, **changes)
    assert answer.status_code in (status, 409)
    assert office.log_size() == size


def test_the_registrars_page_does_not_show_the_last_group(office: Office) -> None:
    enrolling = enrol(office, invite(office))
    _, page = joining_page(office)
    for group in enrolling.groups[:3]:
        assert group in page.text
    assert enrolling.groups[3] not in page.text


@pytest.mark.parametrize("column", ["name", "unit", "conflicts"])
def test_a_row_that_was_changed_after_the_page_was_shown_is_not_signed(office: Office, column: str) -> None:
    enrolling = enrol(office, invite(office))
    path, page = joining_page(office)
    with office.database.writing() as session:
        session.execute(update(Enrolment).values({column: "u9"}))
    size = office.log_size()
    seen = page.text.split('name="seen" value="')[1][:64]
    fields = {"seen": seen, "compared": "yes", "group": enrolling.groups[-1]}
    assert registrar(office).post(path, fields).status_code == 409
    assert office.log_size() == size


def test_keys_put_into_the_row_by_hand_have_another_fingerprint(office: Office) -> None:
    enrolling = enrol(office, invite(office))
    with office.database.writing() as session:
        key = office.member("auditor").seed.signing_key.public.raw
        session.execute(update(Enrolment).values(signing_key=key))
    size = office.log_size()
    assert compare(office, enrolling).status_code == 422
    assert office.log_size() == size


@pytest.mark.parametrize("name", ["reviewer-a", "auditor"])
def test_none_but_a_registrar_invites_or_signs(office: Office, name: str) -> None:
    enrolling = enrol(office, invite(office))
    path, _ = joining_page(office)
    staff = confirmed(office, name)
    assert staff.post("/members/new", {"person": "li", "unit": "u2"}).status_code == 403
    assert staff.get(path).status_code == 403
    fields = {"compared": "yes", "group": enrolling.groups[-1]}
    assert staff.post(path, fields).status_code == 403


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"person": "", "unit": "u2"}, "Type the name"),
        ({"person": "x" * 65, "unit": "u2"}, "at most 64 characters"),
        ({"person": "li", "unit": ""}, "Choose the unit"),
        ({"person": "li", "unit": "u77"}, "Choose the unit"),
        ({"person": "li", "unit": "u2", "conflicts": "u77"}, "no longer in the list"),
        ({"person": "reviewer-a", "unit": "u2"}, "has this name already"),
    ],
)
def test_a_person_who_cannot_be_invited_comes_back_as_typed(
    office: Office, fields: dict[str, str], sentence: str
) -> None:
    page = registrar(office).post("/members/new", fields)
    assert page.status_code in (409, 422)
    assert sentence in page.text
    assert f'value="{fields["person"]}"' in page.text


def test_a_name_is_not_invited_twice(office: Office) -> None:
    invite(office, "zhang")
    assert registrar(office).post("/members/new", {"person": "zhang", "unit": "u3"}).status_code == 409


def test_a_new_link_makes_the_old_one_and_its_keys_worthless(office: Office) -> None:
    old = invite(office)
    enrolling = enrol(office, old)
    path, _ = joining_page(office)
    fresh = token_on(registrar(office).post(f"{path}/link"))
    assert office.browser().get(f"/enrol/{old}").status_code == 404
    with pytest.raises(AssertionError):
        compare(office, enrolling)  # the page offers nothing to sign any more
    assert office.browser().get(f"/enrol/{fresh}").status_code == 200


def test_an_enrolment_that_was_ended_leads_nowhere(office: Office) -> None:
    token = invite(office)
    path, _ = joining_page(office)
    assert registrar(office).post(f"{path}/end").status_code == 303
    assert office.browser().get(f"/enrol/{token}").status_code == 404
    assert registrar(office).get(path).status_code == 404


# ------------------------------------------------------------------ done


def test_a_person_enrols_and_signs_in_after_the_comparison(office: Office) -> None:
    token = invite(office, "zhang", "u2", conflicts=["u3"])
    enrolling = enrol(office, token)
    assert office.browser().get(f"/enrol/{token}").status_code == 404
    answer = compare(office, enrolling)
    assert answer.status_code == 303, answer.text
    member = member_named(office, "zhang")
    assert member
    known = office.keeper().roster().members[member]
    assert (known.unit, known.conflicts, known.desks) == ("u2", ("u3",), frozenset())
    assert sign_in(office, "zhang", PASSWORD, enrolling.secret) == 303
    with office.database.reading() as session:
        assert session.scalars(select(Enrolment)).all() == []


def test_new_keys_take_two_and_the_old_ones_never_open_again(office: Office) -> None:
    before = office.signed_in("reviewer-a")
    old_cookie = before.client.get_cookie(NAME)
    assert before.get("/members").status_code == 200
    lost = member_id("reviewer-a")
    enrolling = enrol(office, token_on(registrar(office).post(f"/members/{lost}/keys")))
    assert before.get("/members").status_code == 200  # the old ones stay good until two have signed
    answer = compare(office, enrolling, other=member_id("reviewer-b"))
    assert answer.status_code == 303, answer.text
    assert before.get("/members").status_code == 200
    colleague = confirmed(office, "reviewer-b")
    page = colleague.get("/proposals")
    assert " ".join(enrolling.groups) in " ".join(
        page.text.replace("<span>", "").replace("</span>", "").split()
    )
    proposal = page.text.split("/proposals/")[1][:32]
    assert colleague.post(f"/proposals/{proposal}/sign").status_code == 303
    assert before.get("/members").status_code in (303, 401)
    assert old_cookie is not None
    office.clock.advance(60)
    fields = {"name": "reviewer-a", "password": "correct horse battery staple", "otp": office.otp()}
    assert office.browser().post("/sign-in", fields).status_code == 401
    assert sign_in(office, "reviewer-a", PASSWORD, enrolling.secret) == 303
    assert office.keeper().roster().members[lost].desks == frozenset()
    passing = confirmed(office, "reviewer-b")
    assert "waits for the key" in passing.get("/proposals").text
    assert passing.post("/proposals/keys", {"member": lost, "desk": "intake"}).status_code == 303
    assert office.keeper().roster().members[lost].desks == {"intake"}
