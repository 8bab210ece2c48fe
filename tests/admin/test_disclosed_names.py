"""A name is given and shown: what a custodian sees, what the page of the name holds, emergencies, reasons."""

import re

import pytest
from sqlalchemy import select

from admin.disclosures import deciding
from admin.disclosures.words import GROUNDS
from admin.readings.errors import NotWhatWasSealed
from crypto import age
from tests.admin.asking import HOST, challenge, hidden, with_passkey
from tests.admin.conftest import TOKEN, Office
from tests.admin.disclosing import (
    AFTER,
    AGREES,
    ANSWER,
    ASKS,
    BASIS,
    CONTACT,
    ENGLISH,
    FIRST,
    HOUR,
    LIFE,
    NAME,
    WHY,
    Asking,
    count,
    fresh,
    leave_name,
)
from tests.world import member_id
from tipline.disclosures.grounds import WORDS
from tipline.disclosures.put_backs import PutBack, drop_put_backs, find_put_back
from tipline.disclosures.reasons import DisclosureReason, DisclosureReasonSlip

NOWHERE = "f" * 32
NO_NUMBER = 99_999


@pytest.fixture
def asking(office: Office) -> Asking:
    return Asking.of(office)


# ------------------------------------------------------------------ the custodian


def test_a_custodian_sees_who_asks_and_why_and_nothing_of_the_tip(asking: Asking) -> None:
    number = asking.asked()
    pages = [
        asking.agrees.get("/disclosures", headers=ENGLISH),
        asking.page(number, asking.agrees),
        asking.agrees.post(f"/disclosures/{number}/reason", headers=ENGLISH),
    ]
    assert WHY not in pages[1].text
    assert all(text in pages[2].text for text in (WHY, BASIS, AFTER["tell_reason"]))
    asking.decide(number)
    pages += [
        asking.agrees.get("/disclosures", headers=ENGLISH),
        asking.page(number, asking.agrees),
        asking.agrees.post(f"/disclosures/{number}/unlock", headers=ENGLISH),
    ]
    for page in pages[:2]:
        assert all(text in page.text for text in (ASKS, "Unit u2", "Desk intake", "To protect this person"))
    text, handle = asking.tip.hex(), f"{asking.tip.hex()[:4]}-{asking.tip.hex()[4:8]}"
    code = re.compile(rf"\b{asking.alias.split()[-1]}\b")
    for page in pages:
        assert not code.search(TOKEN.sub("", page.text))
        for hidden_one in (text, handle, NAME, CONTACT, "quarry"):
            assert hidden_one not in page.text
            assert hidden_one not in str(page.headers)


def test_a_custodians_session_never_holds_the_name(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all that is unlocked in the request that allows and hands over, nothing opens the name."""
    number = asking.asked()
    opened: list[bytes] = []
    unseal = age.unseal

    def recording(*given: object, **more: object) -> bytes:
        opened.append(unseal(*given, **more))  # type: ignore[arg-type]
        return opened[-1]

    monkeypatch.setattr(age, "unseal", recording)
    answer = asking.decide(number)
    monkeypatch.undo()
    assert opened, "nothing was watched"
    held = " ".join(map(str, sessions(asking.office, AGREES)))
    for secret in (NAME, CONTACT, "AGE-SECRET-KEY"):
        assert not any(secret.encode() in each for each in opened)
        assert secret not in answer.text
        assert secret not in held
    asking.office.services.sessions.end_all(asking.office.member(AGREES).id)
    assert NAME in asking.look(number).text


def sessions(office: Office, name: str) -> list[object]:
    """What the sessions of a member hold, opened as their cookie opens it."""
    staff = office.signed_in(name)
    cookie = staff.client.get_cookie("tipline_staff")
    assert cookie
    return [office.services.sessions.resume(cookie.value).held]


def test_when_the_second_half_failed_it_is_done_again(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = asking.asked()

    def fails(*_: object) -> None:
        raise NotWhatWasSealed

    monkeypatch.setattr(deciding, "hand_over", fails)
    assert asking.decide(number).location == f"/disclosures/{number}"
    monkeypatch.undo()
    assert "not handed over to you yet" in asking.page(number).text
    shown = asking.look(number)
    assert shown.status_code == 409
    assert "not handed over to you yet" in shown.text
    page = asking.page(number, asking.agrees)
    assert "Your yes is in the log, but it was not handed over" in page.text
    again = asking.agrees.post(f"/disclosures/{number}/unlock")
    assert again.location == f"/disclosures/{number}?done=name-handed"
    assert NAME in asking.look(number).text


def test_another_custodian_neither_decides_nor_hands_over_what_was_decided(asking: Asking) -> None:
    number = asking.running()
    other = asking.office.signed_in("custodian-2", confirmed=True)
    for end in ("/decision", "/unlock"):
        answer = other.post(f"/disclosures/{number}{end}", {"approved": "yes", "reason": ANSWER})
        assert answer.status_code == 404


def test_the_navigation_counts_what_waits_for_a_custodian(asking: Asking) -> None:
    badge = '<strong class="badge late">1</strong>'
    assert asking.agrees.get("/").location == "/disclosures"
    assert badge not in asking.agrees.get("/members").text
    number = asking.asked()
    assert badge in asking.agrees.get("/members").text
    assert badge not in asking.asks.get("/members").text
    asking.decide(number)
    assert badge not in asking.agrees.get("/members").text


# ------------------------------------------------------------------ the name


def test_each_look_is_an_entry_and_shows_the_name_once_under_the_readers_mark(asking: Asking) -> None:
    number = asking.running()
    for _ in range(2):
        size = asking.office.log_size()
        shown = asking.look(number)
        assert shown.text.count(NAME) == shown.text.count(CONTACT) == 1
        mark = f"Shown to {ASKS} · log entry {size} · 2026-03-03"
        assert f'<p class="shown-to">{mark}</p>' in shown.text
        assert f'<text y="20">{mark}</text></pattern>' in shown.text, "across the name, on paper too"
        assert shown.headers["Cache-Control"] == "no-store"
        assert "Content-Disposition" not in shown.headers
        assert "2026-03-03 14:00" in shown.text
        assert "Log and show again" in shown.text
        assert asking.office.log_size() == size + 1
    assert NAME not in asking.page(number).text
    assert "2 times" in asking.page(number).text


def test_the_name_stands_on_no_other_page_in_no_log_and_in_no_file(
    asking: Asking, capsys: pytest.CaptureFixture[str]
) -> None:
    number = asking.running()
    shown = asking.look(number)
    assert NAME in shown.text
    title = shown.text.split("<title>")[1].split("</title>")[0]
    assert NAME not in title
    assert not any(NAME in str(value) for value in shown.headers.values())
    office, tip = asking.office, asking.tip.hex()
    pages = [
        asking.asks.get(path) for path in ("/tips", f"/tips/{tip}", "/disclosures", asking.form, "/account")
    ]
    pages += [asking.asks.read(asking.tip), asking.page(number)]
    auditor = office.signed_in("auditor", confirmed=True)
    pages += [auditor.get(path) for path in ("/log", "/log/alerts", f"/log/tips/{tip}")]
    files = [path for path in office.settings.data.rglob("*") if path.is_file()]
    files += [path for path in office.settings.ram.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    written = "".join(capsys.readouterr())
    for secret in (NAME, CONTACT, *NAME.split()):
        assert not any(secret in page.text for page in pages)
        assert [path for path in files if secret.encode() in path.read_bytes()] == []
        assert secret not in written


def test_elsewhere_the_person_is_called_by_an_alias(asking: Asking) -> None:
    number = asking.asked()
    for page in (
        asking.asks.get(f"/tips/{asking.tip.hex()}", headers=ENGLISH),
        asking.asks.get(asking.form, headers=ENGLISH),
        asking.asks.get("/disclosures", headers=ENGLISH),
        asking.page(number),
    ):
        assert asking.alias in page.text
    chinese = asking.asks.get(asking.form, headers={"Accept-Language": "zh"})
    assert asking.alias.replace("Reporter ", "举报人-") in chinese.text


# ------------------------------------------------------------------ emergency


def test_an_emergency_opens_with_the_yes_for_a_day_and_alerts_the_auditors(asking: Asking) -> None:
    office = asking.office
    number = asking.asked({name: text for name, text in LIFE.items() if name != "hours"})
    for page in (asking.page(number), asking.page(number, asking.agrees)):
        assert "The auditors are alerted at that moment" in page.text
        assert "24 hours" in page.text
    assert asking.look(number).status_code == 409
    asking.decide(number)
    assert NAME in asking.look(number).text
    auditor = office.signed_in("auditor", confirmed=True)
    alerts = auditor.get("/log/alerts", headers=ENGLISH).text
    assert "An identity was opened in an emergency" in alerts
    assert ASKS in alerts
    office.clock.advance(24 * HOUR)
    asks, _ = fresh(office)
    assert asking.look(number, asks).status_code == 409


def test_no_one_person_opens_anything_in_an_emergency(asking: Asking) -> None:
    number = asking.asked(LIFE)
    answer = asking.asks.post(f"/disclosures/{number}/decision", {"approved": "yes", "reason": ANSWER})
    assert answer.status_code == 403
    assert asking.look(number).status_code == 409
    assert "There is no way with one person alone" in office_form(asking)


def office_form(asking: Asking) -> str:
    """The form for another name of the same tip's reporter."""
    leave_name(asking.office, asking.code, "Another Name")
    return asking.asks.get(asking.form, headers=ENGLISH).text


# ------------------------------------------------------------------ reasons, passkeys, what is kept


def test_auditors_read_both_reasons_from_the_log(asking: Asking) -> None:
    number = asking.running()
    auditor = asking.office.signed_in("auditor", confirmed=True)
    assert "allowed" in auditor.get("/log", headers=ENGLISH).text
    with asking.office.database.reading() as session:
        items = session.scalars(select(DisclosureReason.item_id)).all()
    texts = [auditor.post(f"/log/reasons/{item.hex()}").text for item in items]
    assert len(texts) == 2
    assert any(WHY in text for text in texts)
    assert any(ANSWER in text for text in texts)
    assert all(NAME not in text for text in texts)
    assert number


def test_a_reason_is_sealed_once_when_a_passkey_answers_over_it(asking: Asking) -> None:
    office = asking.office
    soft = with_passkey(office, ASKS)
    asked = asking.ask(AFTER, 428)
    assert "You ask for the name that is kept with" in asked.text
    assert count(office, DisclosureReason) == 1
    said = {
        f"confirm_{part}": text
        for part, text in soft.answer(challenge(asked), origin=f"http://{HOST}:8001").items()
    }
    done = asking.asks.post(asking.form, {**hidden(asked), **said}, headers=ENGLISH)
    assert done.status_code == 303, done.text
    assert count(office, DisclosureReason) == 1
    number = int(done.location.split("?")[0].rsplit("/", 1)[1])
    assert WHY in asking.agrees.post(f"/disclosures/{number}/reason").text


def test_what_was_put_back_goes_when_its_window_is_over(asking: Asking) -> None:
    office, number = asking.office, asking.running(FIRST)
    for days, is_there in ((0, True), (1, True), (2, False)):
        office.clock.advance(days and 24 * HOUR)
        with office.database.writing() as session:
            drop_put_backs(session, office.clock.today())
        with office.database.reading() as session:
            assert (find_put_back(session, number) is not None) is is_there


def test_the_tables_name_nobody(asking: Asking) -> None:
    number = asking.running()
    names = {
        column.name
        for table in (PutBack, DisclosureReason, DisclosureReasonSlip)
        for column in table.__table__.columns
    }
    assert names == {"request", "last_day", "sealed", "item_id", "day", "desk", "slip"}
    with asking.office.database.reading() as session:
        stored = [find_put_back(session, number) or b"", *session.scalars(select(DisclosureReason.sealed))]
    for secret in (NAME, WHY, ANSWER, member_id(ASKS), asking.tip.hex()):
        assert not any(secret.encode() in each for each in stored)


def test_both_sites_mean_the_same_grounds() -> None:
    assert {code: str(word) for code, word in WORDS.items()} == {
        code: word._args[0] for code, word in GROUNDS.items()
    }
