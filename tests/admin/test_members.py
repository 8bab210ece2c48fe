"""Members: who sees whom, what one registrar may do, and what takes a second person."""

import re

import pytest

from tests.admin.conftest import Office
from tests.admin.people import confirmed, registrar
from tests.admin.printing import english, keeper_away
from tests.world import member_id

PROPOSAL = re.compile(r"/proposals/([0-9a-f]{32})/sign")
A, B = member_id("reviewer-a"), member_id("reviewer-b")


def change(office: Office, member: str, **fields: object) -> tuple[int, str]:
    """Ask for a change as a registrar and sign it; the status, and where it leads or what it says."""
    answer = registrar(office).post(f"/members/{member}/change", fields)
    return answer.status_code, answer.headers.get("Location", answer.text)


def check(office: Office, member: str, **fields: object) -> str:
    """The page that says what a change would do."""
    return registrar(office).get(f"/members/{member}/change", query_string=fields).text


def second(office: Office, name: str) -> int:
    """Sign what waits for a member."""
    staff = confirmed(office, name)
    found = PROPOSAL.search(staff.get("/proposals").text)
    assert found
    return staff.post(f"/proposals/{found[1]}/sign").status_code


def desks(office: Office, member: str) -> frozenset[str]:
    return frozenset(office.keeper().roster().members[member].desks)


# ------------------------------------------------------------------ who sees whom


def test_members_see_those_of_their_own_desks_alone(office: Office) -> None:
    page = english(office.signed_in("reviewer-a")).get("/members").text
    assert "reviewer-b" in page
    for other in ("registrar", "integrity", "auditor", "custodian-1"):
        assert f">{other}<" not in page
    assert "/members/new" not in page


@pytest.mark.parametrize("name", ["reviewer-a", "integrity", "custodian-1"])
def test_a_member_of_another_desk_is_the_page_of_an_unknown_one(office: Office, name: str) -> None:
    staff = english(office.signed_in(name))
    other, unknown = staff.get(f"/members/{member_id('auditor')}"), staff.get("/members/m00000000")
    assert (other.status_code, other.data) == (unknown.status_code, unknown.data)
    assert other.status_code == 404


def test_a_colleague_sees_neither_units_nor_conflicts_nor_keys(office: Office) -> None:
    page = english(office.signed_in("reviewer-a")).get(f"/members/{B}").text
    for word in ("Unit", "Must not see", "Passkey", "Last here", "Fingerprint", '<form method="get"'):
        assert word not in page


@pytest.mark.parametrize("name", ["registrar", "auditor"])
def test_registrars_and_auditors_see_everybody(office: Office, name: str) -> None:
    page = english(office.signed_in(name)).get("/members").text
    for other in ("registrar", "reviewer-a", "integrity", "auditor", "custodian-1"):
        assert f">{other}<" in page


def test_an_auditor_sees_everything_and_is_offered_nothing(office: Office) -> None:
    page = english(office.signed_in("auditor")).get(f"/members/{A}").text
    assert "Fingerprint of the keys" in page
    assert f'action="/members/{A}' not in page


def test_desks_show_their_holders_to_those_alone_who_may_know(office: Office) -> None:
    assert "Desk custodians" not in english(office.signed_in("reviewer-a")).get("/members/desks").text
    page = english(office.signed_in("registrar")).get("/members/desks").text
    for word in ("Desk custodians", "custodian-1", "One holder alone", "Key number"):
        assert word in page


# ------------------------------------------------------------------ one registrar


def test_a_change_is_shown_in_words_before_it_is_signed(office: Office) -> None:
    size = office.log_size()
    page = check(office, A, do="revoke", desk="intake")
    assert "reviewer-a leaves the desk “Desk intake”." in page
    assert "You sign alone" in page
    assert office.log_size() == size


def test_taking_a_desk_binds_at_the_next_request(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    assert reviewer.get("/sheets").status_code == 200
    assert change(office, A, do="revoke", desk="intake") == (303, f"/members/{A}?done=changed")
    assert reviewer.get("/sheets").status_code == 403


def test_a_suspended_member_leaves_all_desks_and_stays_a_member(office: Office) -> None:
    assert change(office, A, do="suspend")[0] == 303
    assert desks(office, A) == frozenset()
    assert office.keeper().roster().members[A].active


def test_a_removed_member_is_out_at_the_next_request(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    assert change(office, A, do="remove")[0] == 303
    assert reviewer.get("/members").headers.get("Location") == "/sign-in"
    page = registrar(office).get(f"/members/{A}").text
    assert "Removed" in page
    assert "/change" not in page
    assert change(office, A, do="grant", desk="intake")[0] == 422


def test_nobody_removes_themselves(office: Office) -> None:
    size = office.log_size()
    status, page = change(office, member_id("registrar"), do="remove")
    assert status == 409
    assert "nobody takes from themselves" in page
    assert office.log_size() == size


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 422),
        ({"do": "promote"}, 422),
        ({"do": "revoke"}, 422),
        ({"do": "revoke", "desk": "nowhere"}, 422),
        ({"do": "revoke", "desk": "integrity"}, 409),
        ({"do": "grant", "desk": "protection", "until": "soon"}, 422),
        ({"do": "grant", "desk": "protection", "until": "20260401"}, 422),
        ({"do": "role", "role": "emperor"}, 422),
        ({"do": "move", "unit": "u77"}, 422),
        ({"do": "move", "unit": "u3", "conflicts": "u77"}, 422),
        ({"do": "lead", "desk": "nowhere"}, 422),
    ],
)
def test_what_the_page_does_not_offer_is_not_signed(
    office: Office, fields: dict[str, str], status: int
) -> None:
    size = office.log_size()
    assert change(office, A, **fields)[0] == status
    assert office.log_size() == size


@pytest.mark.parametrize("name", ["reviewer-a", "auditor", "custodian-1"])
def test_none_but_a_registrar_changes_members(office: Office, name: str) -> None:
    staff, size = confirmed(office, name), office.log_size()
    assert staff.post(f"/members/{A}/change", {"do": "remove"}).status_code == 403
    assert staff.post(f"/members/{A}/keys").status_code == 403
    assert staff.get("/members/calendar").status_code == 403
    assert office.log_size() == size


def test_a_stolen_session_is_asked_for_password_and_code_first(office: Office) -> None:
    staff, size = english(office.signed_in("registrar")), office.log_size()
    answer = staff.post(f"/members/{A}/change", {"do": "remove"})
    assert answer.status_code == 428
    assert office.log_size() == size
    assert office.keeper().roster().members[A].active


# ------------------------------------------------------------------ two people


def test_a_desk_is_given_by_two_and_by_neither_alone(office: Office) -> None:
    outsider = member_id("protection")
    office.keeper().append(office.world.sign("revoke", "registrar", member=A, desk="intake"))
    page = check(office, A, do="grant", desk="intake")
    assert "Who signs with you?" in page
    assert f'value="{B}"' in page
    assert f'value="{outsider}"' not in page
    for other in ("", outsider, member_id("registrar"), A, "m00000000"):
        status, _ = change(office, A, do="grant", desk="intake", other=other)
        assert status == 422
    assert change(office, A, do="grant", desk="intake", other=B) == (303, f"/members/{A}?done=proposed")
    assert desks(office, A) == frozenset()
    assert second(office, "reviewer-b") == 303
    assert desks(office, A) == {"intake"}


def test_duties_that_may_not_meet_are_not_even_proposed(office: Office) -> None:
    for member, desk in (("registrar", "intake"), ("auditor", "intake"), ("integrity", "auditors")):
        status, _ = change(office, member_id(member), do="grant", desk=desk, other=B)
        assert status in (409, 422)
    assert PROPOSAL.search(office.signed_in("reviewer-b").get("/proposals").text) is None


def test_a_deputys_access_ends_with_the_day(office: Office) -> None:
    office.keeper().append(office.world.sign("revoke", "registrar", member=B, desk="intake"))
    day = office.clock.today().isoformat()
    assert f"until the end of {day}" in check(office, B, do="grant", desk="intake", until=day)
    assert change(office, B, do="grant", desk="intake", until=day, other=A)[0] == 303
    assert second(office, "reviewer-a") == 303
    assert f"until {day}" in registrar(office).get("/members").text
    assert office.signed_in("reviewer-b").get("/sheets").status_code == 200
    office.clock.advance(24 * 3600)
    assert office.signed_in("reviewer-b").get("/sheets").status_code == 403


def test_a_role_a_lead_and_a_unit_take_two(office: Office) -> None:
    for fields in (
        {"do": "role", "role": "liaison"},
        {"do": "lead", "desk": "intake"},
        {"do": "move", "unit": "u4", "conflicts": ["u3"]},
    ):
        assert change(office, A, **fields)[0] == 422, fields
        assert change(office, A, **fields, other=B)[0] == 303, fields
        assert second(office, "reviewer-b") == 303
    member = office.keeper().roster().members[A]
    assert member.roles == {"liaison"}
    assert (member.unit, member.conflicts) == ("u4", ("u3",))
    assert office.keeper().roster().desks["intake"].lead == A
    assert "u2" in dict(member.past_units)


def test_taking_a_role_away_takes_one(office: Office) -> None:
    change(office, A, do="role", role="liaison", other=B)
    second(office, "reviewer-b")
    assert change(office, A, do="role", role="liaison")[0] == 303
    assert office.keeper().roster().members[A].roles == frozenset()


# ------------------------------------------------------------------ working days


def test_a_calendar_is_pasted_signed_by_two_and_counts(office: Office) -> None:
    staff = registrar(office)
    days = "2027-02-08 off # 春节\n2027-02-14 work\n"
    assert staff.post("/members/calendar", {"do": "calendar", "days": days, "other": A}).status_code == 303
    assert "The calendar of 2027: 1 weekdays off" in confirmed(office, "reviewer-a").get("/proposals").text
    assert second(office, "reviewer-a") == 303
    calendar = office.keeper().roster().clocks.calendar
    assert {day.isoformat() for day in calendar.off} == {"2027-02-08"}
    assert "2027-02-14 work" in registrar(office).get("/members/calendar").text


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ("", "Paste the days"),
        ("2027-02-08 off\n2027-13-01 off", "Line 2"),
        ("2027-02-08 perhaps", "Line 1"),
        ("2027-02-08 off\n2027-02-08 work", "Line 2"),
        ("2027-02-08 off\n2028-01-03 off", "one year at a time"),
    ],
)
def test_a_calendar_that_cannot_be_read_comes_back_as_typed(office: Office, days: str, sentence: str) -> None:
    size = office.log_size()
    page = registrar(office).post("/members/calendar", {"do": "calendar", "days": days, "other": A})
    assert page.status_code == 422
    assert sentence in page.text
    assert days in page.text
    assert office.log_size() == size


def test_deadlines_name_what_differs_from_the_default_alone(office: Office) -> None:
    fields = {"do": "deadlines", "triage": "5", "other": A}
    assert registrar(office).post("/members/calendar", fields).status_code == 303
    assert second(office, "reviewer-a") == 303
    assert office.keeper().roster().clocks.set_days == {"triage": 5}


@pytest.mark.parametrize("number", ["0", "-1", "3661", "1e1", "٣", "", "five"])
def test_a_deadline_that_is_no_number_of_days_changes_nothing(office: Office, number: str) -> None:
    fields = {"do": "deadlines", "triage": number, "other": A}
    assert registrar(office).post("/members/calendar", fields).status_code == 422
    assert office.keeper().roster().clocks.set_days == {}


def test_what_was_typed_comes_back_when_the_keeper_is_away(office: Office) -> None:
    staff = registrar(office)
    days = "2027-02-08 off\n2027-02-14 work"
    with keeper_away(office):
        one = staff.post("/members/new", {"person": "li-na", "unit": "u2", "conflicts": ["u3", "u4"]})
        other = staff.post("/members/calendar", {"do": "calendar", "days": days, "other": A})
    assert one.status_code == other.status_code == 503
    for field in ("li-na", 'name="unit" value="u2"', 'name="conflicts" value="u4"'):
        assert field in one.text
    for field in (days, 'name="do" value="calendar"', f'name="other" value="{A}"'):
        assert field in other.text
