"""Signing in: one sentence for everything that is wrong, each code once, the roster's keys."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from markupsafe import escape
from werkzeug.test import TestResponse

from admin.sessions.token import SessionToken
from admin.sign_in.errors import TooManyTries
from admin.sign_in.throttle import AT_ONCE_OF_NAME, AT_ONCE_OF_SOURCE, Throttle
from admin.sign_in.under_way import WAITS
from crypto import passwords
from crypto.errors import CannotOpen
from tests.admin.asking import challenge, hidden, with_passkey
from tests.admin.conftest import PASSWORD, TOKEN, Office, Staff, wrapped
from tests.passkeys import SoftPasskey
from tests.world import member_id, member_seed
from tipline.accounts.errors import SignInFailed, TooBusy
from tipline.accounts.models import Account
from tipline.accounts.places import AT_ONCE, WAITING, WAITING_OF_NAME, Places
from tipline.accounts.service import OTP_SECONDS
from tipline.database import Database

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


# ------------------------------------------------------------------ nobody learns which names there are


REMOVED = "custodian-2"
UNKNOWN = ("nobody", "reviewer-a ' or 1=1", "\u0000", "é" * 300)


@dataclass
class Work:
    """What a sign-in costs: password checks and transactions that write."""

    argon2: int = 0
    writes: int = 0


@pytest.fixture
def work(office: Office, monkeypatch: pytest.MonkeyPatch) -> Work:
    counted, unwrap, writing = Work(), passwords.unwrap, Database.writing

    def count_unwrap(wrapped: bytes, password: str, key_file: bytes) -> bytes:
        counted.argon2 += 1
        assert len(wrapped) > 0
        return unwrap(wrapped, password, key_file)

    def count_writing(database: Database) -> Any:
        counted.writes += 1
        return writing(database)

    monkeypatch.setattr(passwords, "unwrap", count_unwrap)
    monkeypatch.setattr(Database, "writing", count_writing)
    return counted


def bare(answer: TestResponse, name: str) -> tuple[object, ...]:
    """An answer without what differs for every form: its token and the name that was typed."""
    text = TOKEN.sub("", answer.text).replace(str(escape(name)), "")
    headers = [(key, value) for key, value in answer.headers if key not in ("Set-Cookie", "Content-Length")]
    return answer.status_code, headers, text


@pytest.mark.parametrize("otp", ["000000", ""], ids=["code", "passkey"])
def test_an_unknown_name_answers_in_the_same_bytes_with_the_same_work_as_a_wrong_password(
    office: Office, work: Work, otp: str
) -> None:
    office.keeper().append(office.world.sign("remove", "registrar", member=member_id(REMOVED)))
    office.change("update accounts set wrapped = x'' where name = :name", name=REMOVED)
    work.argon2 = work.writes = 0
    seen = []
    for name in ("reviewer-a", REMOVED, *UNKNOWN):
        staff = office.browser()
        answer = sign_in(office, staff, name=name, password="wrong", otp=otp)
        seen.append((bare(answer, name), work.argon2, work.writes))
        work.argon2 = work.writes = 0
    assert seen[0][1:] == (1, 0)
    assert all(each == seen[0] for each in seen[1:])


def test_a_right_password_with_a_wrong_code_looks_like_an_unknown_name(office: Office, work: Work) -> None:
    right = sign_in(office, office.browser(), otp="000000")
    did = (work.argon2, work.writes)
    work.argon2 = work.writes = 0
    wrong = sign_in(office, office.browser(), name="nobody", otp="000000")
    assert bare(right, "reviewer-a") == bare(wrong, "nobody")
    assert (work.argon2, work.writes) == did == (1, 0)


# ------------------------------------------------------------------ many at once


def test_at_most_two_passwords_are_checked_at_once_and_a_flood_is_told_to_wait(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, most, lock, go = 0, 0, threading.Lock(), threading.Event()

    def slow(wrapped: bytes, password: str, key_file: bytes) -> bytes:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        assert go.wait(30)
        with lock:
            inside -= 1
        raise CannotOpen("wrong")

    monkeypatch.setattr(passwords, "unwrap", slow)
    places = AT_ONCE + WAITING
    full = threading.Semaphore(0)
    answers: list[int] = []

    def try_once(number: int) -> None:
        staff = office.browser()
        source = {"REMOTE_ADDR": f"192.0.2.{number}"}
        fields = {"name": f"name-{number}", "password": "x", "otp": "123456", "csrf_token": staff.token()}
        status = staff.client.post("/sign-in", data=fields, environ_base=source).status_code
        answers.append(status)
        if status == 503:
            full.release()

    threads = [threading.Thread(target=try_once, args=(number,)) for number in range(places + 10)]
    for thread in threads:
        thread.start()
    for _ in range(10):  # those for whom there is no room are told so while the others still wait
        assert full.acquire(timeout=30)
    go.set()
    for thread in threads:
        thread.join(30)
    assert most == AT_ONCE
    assert sorted(answers) == [401] * places + [503] * 10


def test_one_source_cannot_fill_the_places(office: Office) -> None:
    throttle = office.services.throttle
    with ExitStack() as stack:
        for number in range(AT_ONCE_OF_SOURCE):
            stack.enter_context(throttle.trying(f"name-{number}", "192.0.2.7"))
        with pytest.raises(TooManyTries), throttle.trying("reviewer-a", "192.0.2.7"):
            pass
        with throttle.trying("reviewer-a", "192.0.2.8"):
            pass
    with throttle.trying("reviewer-b", "192.0.2.7"):
        pass


def test_places_are_given_back_whatever_happens_in_them() -> None:
    places = Places(at_once=1, waiting=0)
    for _ in range(3):
        with pytest.raises(ValueError, match="x"), places.taken("a"):
            raise ValueError("x")
    with places.taken("a"), pytest.raises(TooBusy), places.taken("b"):
        pass
    with places.taken("b"):
        pass


def until(true: Callable[[], bool]) -> None:
    """Let other threads go on until something is so."""
    for _ in range(3_000):
        if true():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it never was")


@pytest.mark.parametrize(
    "names", [["reviewer-b"], ["nobody"], [f"name-{n}" for n in range(8)]], ids=["member", "unknown", "eight"]
)
def test_eight_wrong_passwords_at_once_never_delay_another_member_behind_the_same_address(
    office: Office, monkeypatch: pytest.MonkeyPatch, names: list[str]
) -> None:
    go, begun, refused = threading.Event(), threading.Semaphore(0), threading.Semaphore(0)
    unwrap, answers = passwords.unwrap, []

    def slow(wrapped: bytes, password: str, key_file: bytes) -> bytes:
        if password == "wrong":
            begun.release()
            assert go.wait(30)
        return unwrap(wrapped, password, key_file)

    def try_once(name: str) -> None:
        answers.append(sign_in(office, office.browser(), name=name, password="wrong").status_code)
        refused.release()

    def enter() -> None:
        entered.append(sign_in(office, office.browser()).status_code)

    monkeypatch.setattr(passwords, "unwrap", slow)
    entered: list[int] = []
    threads = [threading.Thread(target=try_once, args=((names * 8)[number],)) for number in range(8)]
    member = threading.Thread(target=enter)
    for thread in threads:
        thread.start()
    for _ in range(AT_ONCE):
        assert begun.acquire(timeout=30)
    checked = min(8, AT_ONCE_OF_NAME * len(names))
    for _ in range(8 - checked):
        assert refused.acquire(timeout=30)
    member.start()
    go.set()
    for thread in (*threads, member):
        thread.join(30)
    assert entered == [303]
    assert sorted(answers) == [401] * checked + [429] * (8 - checked)


def test_a_flood_on_one_name_never_fills_the_queue_and_others_come_first() -> None:
    places, go = Places(at_once=1, waiting=4), threading.Event()
    done: list[str] = []
    refused: list[int] = []

    def come(name: str) -> None:
        with places.taken(name):
            done.append(name)
            go.wait(30)

    def flood() -> None:
        with pytest.raises(TooBusy), places.taken("flooded"):
            pass
        refused.append(1)

    first = threading.Thread(target=come, args=("flooded",), daemon=True)
    threads = [first]
    first.start()
    until(lambda: len(done) == 1)
    for name in ["flooded"] * WAITING_OF_NAME + ["another", "third"]:
        threads.append(threading.Thread(target=come, args=(name,), daemon=True))
        threads[-1].start()
        until(lambda: len(places._waiting) == len(threads) - 1)
        if len(threads) == WAITING_OF_NAME + 1:
            for _ in range(20):
                threading.Thread(target=flood, daemon=True).start()
            until(lambda: len(refused) == 20)
    go.set()
    for thread in threads:
        thread.join(30)
    assert done == ["flooded", "another", "flooded", "third", "flooded"]


def test_eight_wrong_passwords_delay_nobody_else_and_not_their_owner_elsewhere(office: Office) -> None:
    """Whoever guesses at a colleague's name does not shut them out."""
    thief, source = office.browser(), {"REMOTE_ADDR": "192.0.2.66"}
    token = thief.token()
    fields = {"name": "reviewer-a", "password": "wrong", "otp": "000000", "csrf_token": token}
    statuses = [thief.client.post("/sign-in", data=fields, environ_base=source).status_code for _ in range(9)]
    assert statuses == [401] * 8 + [429]
    assert sign_in(office, office.browser()).status_code == 303
    office.clock.advance(OTP_SECONDS)
    assert sign_in(office, office.browser(), name="reviewer-b").status_code == 303


# ------------------------------------------------------------------ the day


def test_a_sign_in_leaves_its_day_and_no_hour(office: Office) -> None:
    sign_in(office, office.browser())
    with office.database.reading() as session:
        account = session.get(Account, member_id("reviewer-a"))
        assert account
        assert account.last_seen_on == office.clock.today()
        other = session.get(Account, member_id("reviewer-b"))
        assert other
        assert other.last_seen_on is None


# ------------------------------------------------------------------ with a passkey


def begin(office: Office, staff: Staff, name: str = "reviewer-a") -> TestResponse:
    return sign_in(office, staff, name=name, otp="")


def finish(staff: Staff, page: TestResponse, soft: SoftPasskey, **changes: str) -> TestResponse:
    answer = soft.answer(challenge(page), origin="http://localhost")
    return staff.post("/sign-in/passkey", {**hidden(page), **answer, **changes})


def test_a_passkey_signs_in_in_place_of_a_code(office: Office) -> None:
    soft, staff = with_passkey(office, "reviewer-a"), office.browser()
    page = begin(office, staff)
    assert page.status_code == 200
    assert "tipline_staff=" not in str(page.headers)
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert staff.get("/account").status_code == 303
    assert finish(staff, page, soft).status_code == 303
    assert staff.get("/account").status_code == 200
    with office.database.reading() as session:
        account = session.get(Account, member_id("reviewer-a"))
        assert account
        assert account.last_seen_on == office.clock.today()


def test_without_a_passkey_an_empty_code_is_a_wrong_one(office: Office) -> None:
    with_passkey(office, "reviewer-a")
    answers = [
        begin(office, office.browser(), "reviewer-b"),
        begin(office, office.browser(), "nobody"),
        sign_in(office, office.browser(), otp="", password="wrong"),
    ]
    for answer in answers:
        assert answer.status_code == 401
        assert WRONG in answer.text


def test_a_challenge_is_answered_once(office: Office) -> None:
    soft, staff = with_passkey(office, "reviewer-a"), office.browser()
    page = begin(office, staff)
    assert finish(staff, page, soft).status_code == 303
    assert finish(office.browser(), page, soft).status_code == 401
    page = begin(office, staff)
    assert finish(staff, page, SoftPasskey.make(host="localhost")).status_code == 401
    assert finish(staff, page, soft).status_code == 401


def test_two_answers_at_once_count_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second request has read the row before the first one takes it."""
    with_passkey(office, "reviewer-a")
    token = SessionToken.parse(hidden(begin(office, office.browser()))["pending"])
    writing, taken = Database.writing, []

    def write_after_another(database: Database) -> Any:
        monkeypatch.setattr(Database, "writing", writing)
        taken.append(office.services.sign_ins.take(token))
        return writing(database)

    monkeypatch.setattr(Database, "writing", write_after_another)
    with pytest.raises(SignInFailed):
        office.services.sign_ins.take(token)
    assert [member.name for member in taken] == ["reviewer-a"]


def test_a_passkey_s_answer_comes_within_three_minutes(office: Office) -> None:
    soft, staff = with_passkey(office, "reviewer-a"), office.browser()
    page = begin(office, staff)
    office.clock.advance(WAITS.total_seconds())
    assert finish(staff, page, soft).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"pending": ""},
        {"pending": "A" * 43},
        {"signature": ""},
        {"client_data": "AAAA"},
        {"authenticator_data": "not base64"},
    ],
    ids=str,
)
def test_an_answer_that_does_not_fit_opens_nothing(office: Office, changes: dict[str, str]) -> None:
    soft, staff = with_passkey(office, "reviewer-a"), office.browser()
    assert finish(staff, begin(office, staff), soft, **changes).status_code == 401
    assert staff.get("/account").status_code == 303


def test_another_members_passkey_opens_nothing(office: Office) -> None:
    with_passkey(office, "reviewer-a")
    other, staff = with_passkey(office, "reviewer-b"), office.browser()
    assert finish(staff, begin(office, staff), other).status_code == 401


def test_a_sign_in_under_way_is_no_session(office: Office) -> None:
    with_passkey(office, "reviewer-a")
    staff = office.browser()
    pending = hidden(begin(office, staff))["pending"]
    staff.client.set_cookie("tipline_staff", pending)
    assert staff.get("/account").status_code == 303
    office.change(
        "insert into staff_sessions (token_hash, member_id, started_at, seen_at, ends_at, wrapped, keys,"
        " public_id) select token_hash, member_id, started_at, started_at, '2027-01-01 00:00:00.000000',"
        " wrapped, wrapped, 'x' from staff_sign_ins"
    )
    assert staff.get("/account").status_code == 303


@pytest.mark.parametrize("column", ["member_id", "started_at", "wrapped"])
def test_a_sign_in_under_way_whose_row_was_changed_opens_nothing(office: Office, column: str) -> None:
    soft, staff = with_passkey(office, "reviewer-a"), office.browser()
    page = begin(office, staff)
    value = {
        "member_id": member_id("integrity"),
        "started_at": "2026-03-03 11:59:59.000000",
        "wrapped": b"x" * 60,
    }
    office.change(f"update staff_sign_ins set {column} = :value", value=value[column])
    assert finish(staff, page, soft).status_code == 401


def test_a_passkey_that_was_taken_out_signs_nobody_in(office: Office) -> None:
    soft, staff = with_passkey(office, "reviewer-a"), office.browser()
    page = begin(office, staff)
    fields = {"member": member_id("reviewer-a"), "passkey": {}}
    office.keeper().append(office.world.sign("passkey", "reviewer-a", "registrar", **fields))
    assert finish(staff, page, soft).status_code == 401


def test_a_new_password_ends_what_is_under_way(office: Office) -> None:
    soft, staff = with_passkey(office, "reviewer-a"), office.browser()
    page = begin(office, staff)
    new = "seven lanterns under the old bridge"
    fields = {"old": PASSWORD, "otp": office.otp(), "new": new, "again": new}
    assert office.signed_in("reviewer-a").post("/account/password", fields).status_code == 303
    assert finish(staff, page, soft).status_code == 401


def test_the_row_of_a_sign_in_under_way_holds_no_seed(office: Office) -> None:
    with_passkey(office, "reviewer-a")
    begin(office, office.browser())
    assert member_seed("reviewer-a").seed not in (office.settings.data / "main.db").read_bytes()
