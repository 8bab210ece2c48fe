"""A second look before what a stolen session must not do: password and code, or the passkey itself."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from admin.confirming.look import ANSWER_SECONDS, FIELD, FRESH_SECONDS
from admin.confirming.mark import Asks, asks, sensitive, sensitive_endpoints, sensitive_unsigned
from crypto.assertions import PARTS, Passkey
from crypto.statements import Statement
from tests.admin.asking import HOST, challenge, hidden, with_passkey
from tests.admin.conftest import PASSWORD, Office, Staff
from tests.admin.printing import english
from tests.keeper.observed import Observed
from tests.passkeys import SoftPasskey
from tests.world import member_id
from tipline.accounts.service import OTP_SECONDS

GRANT = {"member": "", "desk": "protection", "until": "", "reason": "She takes over <next> week & stays."}
NEW = "/account/passkey/new"


def code(office: Office) -> dict[str, str]:
    office.clock.advance(OTP_SECONDS)  # a code works once
    return {f"{FIELD}password": PASSWORD, f"{FIELD}otp": office.otp()}


def said(soft: SoftPasskey, page: TestResponse) -> dict[str, str]:
    """What the page's script puts into the form."""
    answer = soft.answer(challenge(page), origin=f"http://{HOST}:8001")
    return {FIELD + part: answer[part] for part in PARTS}


def make(soft: SoftPasskey) -> dict[str, str]:
    """What the page's script says of a new passkey."""
    fields = soft.passkey.fields()
    return {name: str(fields[name]) for name in ("id", "key", "algorithm")}


def change_of(name: str) -> str:
    """Where a registrar changes what somebody may do."""
    return f"/members/{member_id(name)}/change"


@pytest.fixture
def registrar(office: Office) -> Staff:
    return office.signed_in("registrar")


# ------------------------------------------------------------------ without a passkey


def test_a_sensitive_step_without_a_second_look_does_nothing_and_keeps_what_was_typed(
    office: Office, registrar: Staff
) -> None:
    before = office.log_size()
    page = registrar.post(NEW, GRANT)
    assert page.status_code == 428
    assert hidden(page) == GRANT
    assert "<next>" not in page.text
    assert office.log_size() == before


@pytest.mark.parametrize(
    "changes",
    [
        {f"{FIELD}password": "wrong"},
        {f"{FIELD}otp": "000000"},
        {f"{FIELD}otp": ""},
        {f"{FIELD}password": "x" * 2000},
    ],
    ids=str,
)
def test_a_wrong_second_look_opens_nothing(office: Office, registrar: Staff, changes: dict[str, str]) -> None:
    page = registrar.post(NEW, {**GRANT, **code(office), **changes})
    assert page.status_code == 428
    assert hidden(page) == GRANT
    assert PASSWORD not in page.text
    assert registrar.post(NEW, GRANT).status_code == 428


def test_password_and_code_let_steps_through_for_five_minutes(office: Office, registrar: Staff) -> None:
    assert registrar.post(NEW, code(office)).status_code == 200
    office.clock.advance(FRESH_SECONDS - 1)
    assert registrar.post(NEW).status_code == 200
    office.clock.advance(1)
    assert registrar.post(NEW).status_code == 428


def test_a_code_that_confirmed_signs_nobody_in(office: Office, registrar: Staff) -> None:
    fields = code(office)
    assert registrar.post(NEW, fields).status_code == 200
    form = {"name": "registrar", "password": PASSWORD, "otp": fields[f"{FIELD}otp"]}
    assert office.browser().post("/sign-in", form).status_code == 401


def test_a_second_look_is_good_in_its_own_session_alone(office: Office, registrar: Staff) -> None:
    assert registrar.post(NEW, code(office)).status_code == 200
    assert office.signed_in("registrar").post(NEW).status_code == 428


def test_a_row_written_by_hand_grants_no_second_look(office: Office, registrar: Staff) -> None:
    confirmed = office.signed_in("registrar", confirmed=True)
    assert confirmed.post(NEW).status_code == 200
    office.change(
        "update staff_sessions set keys ="
        " (select keys from staff_sessions order by length(keys) desc limit 1)"
    )
    assert registrar.post(NEW).status_code != 200


def test_wrong_second_looks_are_throttled(office: Office, registrar: Staff) -> None:
    for _ in range(8):
        office.services.throttle.allows("registrar", "127.0.0.1")
    page = registrar.post(NEW, {**GRANT, **code(office)})
    assert page.status_code == 428
    assert hidden(page) == GRANT


def test_the_form_says_before_what_will_be_asked(office: Office, registrar: Staff) -> None:
    english = {"Accept-Language": "en"}
    assert "asks for your password" in registrar.get("/account", headers=english).text
    registrar.post(NEW, code(office))
    assert "asks for nothing more" in registrar.get("/account", headers=english).text
    with_passkey(office, "auditor")
    assert "asks for your password" in office.signed_in("auditor").get("/account", headers=english).text


# ------------------------------------------------------------------ the mark


def test_the_marked_views_can_be_listed() -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/plain", "plain", lambda: "")
    app.add_url_rule("/signed", "signed", sensitive(lambda: ""))
    app.add_url_rule("/unsigned", "unsigned", sensitive_unsigned(lambda: ""))
    assert sensitive_endpoints(app) == {"signed", "unsigned"}
    assert asks(app, "unsigned") is Asks.EVERYBODY
    assert asks(app, "nowhere") is None


def test_every_marked_view_asks_before_it_runs(office: Office) -> None:
    """What has no passkey is asked for password and code, whatever the form holds."""
    asked = 0
    for rule in office.app.url_map.iter_rules():
        if asks(office.app, rule.endpoint) is None or rule.arguments:
            continue
        for name in ("registrar", "reviewer-a", "auditor"):
            answer = office.signed_in(name).post(rule.rule)
            assert answer.status_code in (428, 403), rule.rule
            asked += answer.status_code == 428
    assert asked


# ------------------------------------------------------------------ with a passkey


def test_a_first_passkey_needs_password_and_code_and_its_own_answer(office: Office) -> None:
    staff, soft = office.signed_in("auditor"), SoftPasskey.make(host=HOST)
    page = staff.post(NEW, code(office))
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    asked = staff.post("/account/passkey", make(soft))
    assert asked.status_code == 428
    assert passkey_of(office, "auditor") is None
    wrong = staff.post("/account/passkey", {**hidden(asked), **said(SoftPasskey.make(host=HOST), asked)})
    assert wrong.status_code == 428
    assert passkey_of(office, "auditor") is None
    done = staff.post("/account/passkey", {**hidden(wrong), **said(soft, wrong)})
    assert done.headers["Location"] == "/account?done=passkey"
    assert passkey_of(office, "auditor") == soft.passkey


def passkey_of(office: Office, name: str) -> Passkey | None:
    return office.keeper().roster().member(member_id(name)).passkey


def test_a_passkey_answers_in_place_of_password_and_code(office: Office) -> None:
    soft = with_passkey(office, "registrar")
    staff = office.signed_in("registrar")
    form, path = {"do": "revoke", "desk": "intake"}, change_of("reviewer-b")
    asked = staff.post(path, form)
    assert asked.status_code == 428, asked.text
    assert soft.passkey.id in asked.text
    done = staff.post(path, {**hidden(asked), **said(soft, asked)})
    assert done.status_code == 303, done.text
    assert "intake" not in office.keeper().roster().member(member_id("reviewer-b")).desks


def test_an_answer_that_came_too_late_is_asked_for_again(office: Office) -> None:
    soft = with_passkey(office, "registrar")
    staff = office.signed_in("registrar")
    form, path = {"do": "revoke", "desk": "intake"}, change_of("reviewer-b")
    asked = staff.post(path, form)
    answer = {**hidden(asked), **said(soft, asked)}
    office.clock.advance(ANSWER_SECONDS)
    again = staff.post(path, answer)
    assert again.status_code == 428
    assert challenge(again) != challenge(asked)
    assert "intake" in office.keeper().roster().member(member_id("reviewer-b")).desks


def test_an_answer_over_one_step_is_none_for_another(office: Office) -> None:
    soft = with_passkey(office, "registrar")
    staff = office.signed_in("registrar")
    first, other = change_of("reviewer-b"), change_of("reviewer-a")
    asked = staff.post(first, {"do": "revoke", "desk": "intake"})
    moved = staff.post(other, {**hidden(asked), **said(soft, asked)})
    assert moved.status_code == 428
    changed = staff.post(first, {**hidden(asked), **said(soft, asked), "do": "remove"})
    assert changed.status_code == 428
    members = office.keeper().roster().members
    assert all("intake" in members[member_id(name)].desks for name in ("reviewer-a", "reviewer-b"))


def test_a_prepared_statement_of_another_session_is_not_taken(office: Office) -> None:
    soft = with_passkey(office, "registrar")
    path = change_of("reviewer-b")
    asked = office.signed_in("registrar").post(path, {"do": "revoke", "desk": "intake"})
    other = office.signed_in("registrar").post(path, {**hidden(asked), **said(soft, asked)})
    assert other.status_code == 428


def test_a_password_and_a_code_do_not_stand_in_for_a_passkey(office: Office) -> None:
    with_passkey(office, "registrar")
    path = change_of("reviewer-b")
    form = {"do": "revoke", "desk": "intake", **code(office)}
    assert office.signed_in("registrar", confirmed=True).post(path, form).status_code == 428
    assert "intake" in office.keeper().roster().member(member_id("reviewer-b")).desks


def test_what_is_several_statements_asks_the_passkey_for_each_and_says_so(office: Office) -> None:
    """Leaving all desks is one step on the page and a statement for each desk in the log."""
    soft = with_passkey(office, "registrar")
    member = member_id("reviewer-b")
    also = {"member": member, "desk": "rewards", "until": ""}
    office.services.members.carry_out(office.world.sign("grant", "registrar-2", "protection", **also))
    staff = english(office.signed_in("registrar"))
    path, form = change_of("reviewer-b"), {"do": "suspend"}
    assert "It is asked 2 times" in staff.get(path, query_string=form).text
    asked = staff.post(path, form)
    assert "Nothing has been done yet." in asked.text
    again = staff.post(path, {**hidden(asked), **said(soft, asked)})
    assert again.status_code == 428
    assert "has answered for the step before" in again.text
    assert "That was not your passkey" not in again.text
    assert len(office.keeper().roster().members[member].desks) == 1
    stale = staff.post(path, {**hidden(again), **said(soft, asked)})
    assert stale.status_code == 428
    assert "That was not your passkey" in stale.text
    assert len(office.keeper().roster().members[member].desks) == 1
    done = staff.post(path, {**hidden(stale), **said(soft, stale)})
    assert done.status_code == 303, done.text
    assert office.keeper().roster().members[member].desks == frozenset()


def test_a_second_signer_s_passkey_answers_too(office: Office) -> None:
    """Both halves of a joint statement carry their signers' answers: the keeper would refuse it otherwise."""
    first, second = with_passkey(office, "registrar"), with_passkey(office, "integrity")
    services = office.services
    unit = {"id": "u7", "names": {"zh": "新", "en": "New"}, "superior": "u1", "inside": True}
    statement = office.world.sign("unit", "registrar", "integrity", unit=unit)
    half = Statement(statement.body, {member_id("registrar"): statement.signatures[member_id("registrar")]})
    said_first = first.answer(half.challenge, origin=f"http://{HOST}")
    half = half.add_assertion(member_id("registrar"), said_first)
    other = services.keeper.roster().member(member_id("integrity")).id
    proposal = services.proposals.keep(half, office.member("registrar"), other)
    staff = office.signed_in("integrity")
    asked = staff.post(f"/proposals/{proposal.id}/sign")
    assert asked.status_code == 428, asked.text
    done = staff.post(f"/proposals/{proposal.id}/sign", {**hidden(asked), **said(second, asked)})
    assert done.status_code == 303, done.text
    assert "u7" in office.keeper().roster().units


def test_a_script_is_let_in_on_the_pages_that_ask_a_passkey_and_on_no_other(office: Office) -> None:
    with_passkey(office, "registrar")
    staff = office.signed_in("registrar")
    asked = staff.post(change_of("reviewer-b"), {"do": "revoke", "desk": "intake"})
    assert "script-src 'self'" in asked.headers["Content-Security-Policy"]
    assert "script-src" not in staff.get("/account").headers["Content-Security-Policy"]
    assert "<script" not in staff.get("/account").text


@pytest.mark.parametrize("act", ["verify", "export"])
def test_the_whole_log_is_taken_with_the_auditor_s_passkey_and_not_without(office: Office, act: str) -> None:
    soft = with_passkey(office, "auditor")
    auditor = office.signed_in("auditor", confirmed=True)  # a password and a code are no passkey
    assert "passkey" in english(auditor).get("/log").text.split("</table>")[0]
    size = office.log_size()
    asked = auditor.post(f"/log/{act}")
    assert asked.status_code == 428
    assert "whole log" in asked.text
    strange = SoftPasskey.make(host=HOST)
    assert auditor.post(f"/log/{act}", {**hidden(asked), **said(strange, asked)}).status_code == 428
    assert office.log_size() == size
    done = auditor.post(f"/log/{act}", {**hidden(asked), **said(soft, asked)})
    assert done.status_code == 200
    stated = Observed(office.world).entry(size).statement
    assert (stated.body["type"], stated.body["act"]) == ("audit-all", act)
    assert set(stated.assertions) == {member_id("auditor")}
