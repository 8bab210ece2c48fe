"""A name is opened by two people, on the site. First everything that opens none."""

from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from admin.disclosures.errors import explained
from admin.errors import NotFound
from tests.admin.asking import hidden
from tests.admin.conftest import TOKEN, Office
from tests.admin.disclosing import (
    AFTER,
    AGREES,
    ANSWER,
    ASKS,
    ENGLISH,
    FIRST,
    HOUR,
    LIFE,
    NAME,
    Asking,
    count,
    fresh,
    leave_name,
)
from tests.world import member_id
from tipline.disclosures.models import ToldDisclosure
from tipline.disclosures.put_backs import PutBack
from tipline.disclosures.reasons import DisclosureReason, DisclosureReasonSlip
from tipline.identities.alias import alias_code
from tipline.ids import ItemId, UnitId
from tipline.keeper_client import Reason

NOWHERE = "f" * 32
NO_NUMBER = 99_999


@pytest.fixture
def asking(office: Office) -> Asking:
    return Asking.of(office)


def seen(answer: TestResponse) -> tuple[int, str]:
    """What somebody could compare."""
    return answer.status_code, TOKEN.sub("", answer.text)


# ------------------------------------------------------------------ who may not ask, decide or look


@pytest.mark.parametrize(
    ("name", "changes"), [("reviewer-b", {"exclude": (UnitId("u3"),)}), ("integrity", {})]
)
def test_who_must_not_know_the_tip_is_told_what_an_unknown_one_tells(
    office: Office, name: str, changes: dict[str, object]
) -> None:
    asking = Asking.of(office, **changes)
    staff = office.signed_in(name, confirmed=True)
    staff.get("/tips")
    unknown = f"/tips/{NOWHERE}/identity"
    assert seen(staff.get(asking.form)) == seen(staff.get(unknown))
    assert seen(staff.post(asking.form, AFTER)) == seen(staff.post(unknown, AFTER))
    assert staff.get(unknown).status_code == 404
    assert count(office, DisclosureReason) == 0


def test_a_tip_without_a_name_has_nothing_to_ask_for(office: Office) -> None:
    asking = Asking.of(office)
    other = office.put_tip()
    asking.asks.get("/tips")
    form = f"/tips/{other.hex()}/identity"
    page = asking.asks.get(form, headers=ENGLISH).text
    assert "No name is kept" in page
    assert "Sign the request" not in page
    assert seen(asking.asks.post(form, AFTER)) == seen(asking.asks.post(f"/tips/{NOWHERE}/identity", AFTER))
    assert count(office, DisclosureReason) == 0
    assert "Ask for the name" not in asking.asks.get(f"/tips/{other.hex()}", headers=ENGLISH).text


def test_another_members_request_looks_like_none(asking: Asking) -> None:
    number = asking.running()
    other = asking.office.signed_in("reviewer-b", confirmed=True)
    for method, end in (("get", ""), ("post", ""), ("post", "/reason")):
        ask: Callable[[str], TestResponse] = getattr(other, method)
        mine, none = ask(f"/disclosures/{number}{end}"), ask(f"/disclosures/{NO_NUMBER}{end}")
        assert seen(mine) == seen(none)
        assert none.status_code == 404


def test_a_custodian_whom_the_tip_excludes_sees_no_request(office: Office) -> None:
    asking = Asking.of(office, exclude=(UnitId("u1"),))
    number = asking.asked()
    agrees = asking.agrees
    assert "No request waits for you." in agrees.get("/disclosures", headers=ENGLISH).text
    fields = {"approved": "yes", "reason": ANSWER}
    for end in ("", "/reason", "/decision", "/unlock"):
        known, none = (agrees.post(f"/disclosures/{one}{end}", fields) for one in (number, NO_NUMBER))
        assert seen(known) == seen(none)
    assert seen(asking.page(number, agrees)) == seen(asking.page(NO_NUMBER, agrees))
    other = office.signed_in("custodian-2", confirmed=True)
    assert "Request" in asking.page(number, other).text


def test_who_asks_does_not_decide_and_who_decides_does_not_look(asking: Asking) -> None:
    number = asking.asked()
    size = asking.office.log_size()
    for end in ("/decision", "/unlock"):
        answer = asking.asks.post(f"/disclosures/{number}{end}", {"approved": "yes", "reason": ANSWER})
        assert answer.status_code == 403
    assert asking.look(number, asking.agrees).status_code == 403
    assert asking.agrees.get(asking.form).status_code == 403
    assert asking.office.log_size() == size


def test_a_session_without_a_second_look_signs_nothing(asking: Asking) -> None:
    number = asking.running()
    size = asking.office.log_size()
    asks, agrees = asking.office.signed_in(ASKS), asking.office.signed_in(AGREES)
    assert asks.post(asking.form, AFTER).status_code == 428
    assert hidden(asks.post(asking.form, AFTER)) == dict(AFTER)
    assert asks.post(f"/disclosures/{number}").status_code == 428
    assert agrees.post(f"/disclosures/{number}/decision", {"approved": "yes"}).status_code == 428
    assert asking.office.log_size() == size


# ------------------------------------------------------------------ what is wrong, and nothing lost


WRONG = (
    ({"ground": ""}, "Choose what you need the name for."),
    ({"ground": "curiosity"}, "Choose what you need the name for."),
    ({"hours": ""}, "Give a whole number of hours, from 1 to 72."),
    ({"hours": "0"}, "Give a whole number of hours, from 1 to 72."),
    ({"hours": "73"}, "Give a whole number of hours, from 1 to 72."),
    ({"hours": "-3"}, "Give a whole number of hours, from 1 to 72."),
    ({"hours": "٣"}, "Give a whole number of hours, from 1 to 72."),
    ({"tell": ""}, "Choose when the reporter is told."),
    ({"tell": "never"}, "Choose when the reporter is told."),
    ({"tell_reason": " "}, "Write why the reporter cannot be told first."),
    ({"tell": "closing", "tell_reason": ""}, "Write why the reporter cannot be told first."),
    ({"reason": "  "}, "Write why you need the name."),
    ({"basis": ""}, "Write which law or decision allows it."),
    ({"reason": "字" * 22_000}, "What you wrote is too long"),
    ({"ground": "decision"}, "Choose the competent body"),
    ({"ground": "decision", "body": "court", "letter": "17"}, "Choose the competent body"),
    ({"ground": "decision", "body": "nobody", "letter": "2026-17"}, "Choose the competent body"),
    ({"ground": "decision", "body": "court", "letter": "2027-1"}, "This letter's year is yet to come."),
    ({"ground": "decision", "body": "court", "letter": "2026-17"}, "Choose the unit of the officer"),
    (
        {"ground": "decision", "body": "court", "letter": "2026-17", "accused_unit": "u99"},
        "Choose the unit of the officer",
    ),
    ({"letter": "2026-17"}, "A letter and an officer's unit go with a written decision"),
    ({"accused_unit": "u4"}, "A letter and an officer's unit go with a written decision"),
    ({"emergency": "yes"}, "An emergency is danger to somebody's life alone."),
    ({**LIFE, "tell": "first"}, "In an emergency nobody waits for the reporter."),
)


def test_what_is_missing_or_overlong_is_named_and_nothing_typed_is_lost(asking: Asking) -> None:
    office = asking.office
    court = {"id": "court", "names": {"zh": "法院", "en": "Court"}, "recipient": "", "accepts": True}
    office.keeper().append(office.world.sign("body", "registrar", "auditor", body=court))
    asking.asks.get("/tips")
    size = office.log_size()
    for changes, sentence in WRONG:
        typed = {**AFTER, **changes}
        page = asking.ask(typed, 422)
        assert sentence in unescape(page.text), changes
        for name in ("reason", "basis", "tell_reason"):
            assert typed[name].strip() in page.text, (changes, name)
        assert f'value="{typed["hours"]}"' in page.text
        for name in ("ground", "tell"):
            if f'id="{name}-{typed[name]}"' in page.text:
                assert f'name="{name}" value="{typed[name]}" required checked' in page.text
    assert office.log_size() == size
    assert count(office, DisclosureReason) == count(office, DisclosureReasonSlip) == 0


def test_a_decision_needs_yes_or_no_and_a_reason(asking: Asking) -> None:
    number = asking.asked()
    size = asking.office.log_size()
    assert "Allow it, or refuse it." in asking.decide(number, approved="", status=422).text
    assert "Write why: who asked reads it" in asking.decide(number, reason=" ", status=422).text
    page = asking.decide(number, approved="perhaps", status=422)
    assert ANSWER in page.text
    assert asking.office.log_size() == size
    assert count(asking.office, DisclosureReason) == 1  # the request's own


def test_a_closed_tip_gives_no_name(asking: Asking) -> None:
    number = asking.running()
    closed = asking.asks.post("/tips/spam/close", {"tip": asking.tip.hex(), "reason": "Nothing in it."})
    assert closed.status_code == 303
    assert "This tip is closed." in asking.asks.get(asking.form, headers=ENGLISH).text
    page = asking.ask(AFTER, 409)
    assert "This tip is closed." in page.text
    assert "Ask for the name</a>" not in asking.asks.get(f"/tips/{asking.tip.hex()}", headers=ENGLISH).text
    shown = asking.look(number)
    assert shown.status_code == 409
    assert NAME not in shown.text


def test_what_the_keeper_refuses_leaves_no_reason_behind(asking: Asking) -> None:
    asking.asked()
    rows = count(asking.office, DisclosureReason), count(asking.office, DisclosureReasonSlip)
    page = asking.asks.get(asking.form, headers=ENGLISH)
    assert "Waits for a custodian" in page.text
    assert "Sign the request" not in page.text
    again = asking.ask(AFTER, 409)
    assert "You have asked for this name, and nobody has decided yet." in again.text
    assert (count(asking.office, DisclosureReason), count(asking.office, DisclosureReasonSlip)) == rows


# ------------------------------------------------------------------ what opens nothing


def test_before_a_yes_and_after_a_no_nothing_opens(asking: Asking) -> None:
    number = asking.asked()
    assert asking.look(number).status_code == 409
    assert asking.decide(number, approved="no").location == "/disclosures?done=name-refused"
    shown = asking.look(number)
    assert shown.status_code == 409
    assert NAME not in shown.text
    page = asking.page(number)
    assert "Refused" in page.text
    assert "Make a new request" in page.text
    assert ANSWER not in page.text
    size = asking.office.log_size()
    assert ANSWER in asking.asks.post(f"/disclosures/{number}/reason").text
    assert asking.office.log_size() == size + 1
    assert count(asking.office, PutBack) == 0


def test_a_reporter_who_is_told_first_has_until_the_next_day(asking: Asking) -> None:
    number = asking.running(FIRST)
    with asking.office.database.reading() as session:
        assert session.scalar(select(ToldDisclosure.tip_id)) == asking.tip
    shown = asking.look(number)
    assert shown.status_code == 409
    assert "Not yet: the reporter is told first" in shown.text
    assert "Log and show the name" not in asking.page(number).text
    asking.office.clock.advance(12 * HOUR)
    asking = Asking(asking.office, asking.tip, asking.code, *fresh(asking.office))
    assert "Log and show the name" in asking.page(number).text
    assert NAME in asking.look(number).text


def test_after_the_window_nothing_opens_and_a_new_request_is_needed(asking: Asking) -> None:
    number = asking.running()
    assert NAME in asking.look(number).text
    asking.office.clock.advance(2 * HOUR)
    asks, agrees = fresh(asking.office)
    shown = asking.look(number, asks)
    assert shown.status_code == 409
    assert "The time is over, and nothing opens any more." in shown.text
    assert NAME not in shown.text
    page = asking.page(number, asks)
    assert "a new request is needed" in page.text
    assert "Log and show" not in page.text
    assert asking.page(number, agrees).status_code == 404


def test_a_custodian_who_leaves_the_desk_takes_the_window_along(asking: Asking) -> None:
    number = asking.running()
    office, who = asking.office, member_id(AGREES)
    office.keeper().append(office.world.sign("revoke", "registrar", member=who, desk="custodians"))
    page = asking.page(number)
    assert "Allowed, and opens no longer" in page.text
    assert "Log and show the name" not in page.text
    shown = asking.look(number)
    assert shown.status_code == 403
    assert NAME not in shown.text
    assert asking.agrees.post(f"/disclosures/{number}/unlock").status_code == 403


@pytest.mark.parametrize("reason", [Reason.EXCLUDED, Reason.UNKNOWN_TIP, Reason.UNKNOWN_REQUEST])
def test_who_is_shut_out_meanwhile_is_told_what_an_unknown_address_tells(reason: Reason) -> None:
    assert type(explained(reason)) is NotFound


def test_what_was_put_back_for_another_request_opens_nothing(asking: Asking) -> None:
    """A row that somebody changes by hand; the keeper compares what lies under its lock."""
    theirs, mine = asking.running(), asking.running({**AFTER, "ground": "wish"})
    asking.office.change(
        "update put_backs set sealed = (select sealed from put_backs where request = :theirs)"
        " where request = :mine",
        theirs=theirs,
        mine=mine,
    )
    shown = asking.look(mine)
    assert shown.status_code == 409
    assert NAME not in shown.text
    assert NAME in asking.look(theirs).text


def test_a_newer_name_does_not_come_with_an_older_request(asking: Asking) -> None:
    number = asking.running()
    leave_name(asking.office, asking.code, "Somebody Else")
    assert NAME in asking.look(number).text
    asking.office.change("update items set sealed = zeroblob(4096) where kind = 'identity'")
    shown = asking.look(number)
    assert shown.status_code == 409
    assert "not what was sealed" in shown.text


def test_a_name_that_the_reporter_did_not_sign_is_none(asking: Asking) -> None:
    """A later row, put there by hand: the name that is asked for stays the reporter's."""
    forged = "tip_id, kind, day, digest, sealed, record"
    asking.office.change(
        f"insert into items (id, position, claim_signature, {forged})"
        f" select zeroblob(16), 99, zeroblob(64), {forged} from items where kind = 'identity'"
    )
    asking.office.change(
        "insert into slips (item_id, desk, epoch, slip) select zeroblob(16), desk, epoch, slip from slips"
        " join items on item_id = id where kind = 'identity' and position < 99"
    )
    signed = f"Reporter {alias_code(ItemId(asking.identity))}"
    assert signed in asking.asks.get(asking.form, headers=ENGLISH).text
    assert NAME in asking.look(asking.running()).text
