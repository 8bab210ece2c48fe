"""admin/protection: who finds a case, what is shown when, and the steps of people who protect."""

import re

import pytest
from flask_babel import force_locale
from werkzeug.test import TestResponse

from admin.tip.page import show_tip
from admin.transfers.papers import Watermark, as_plain_text, sections
from admin.transfers.reading import reading_all
from crypto.tracking_codes import TrackingCode
from tests.admin.conftest import TOKEN, Office
from tests.admin.protecting import (
    CANARY,
    DANGER,
    ENGLISH,
    FIRST,
    SECOND,
    Desk,
    alias,
    tell,
)
from tests.admin.visiting import keys_of, visit_of
from tests.keeper.observed import Observed
from tests.world import member_id
from tipline.ids import TipId, UnitId
from tipline.keeper_client import KeeperError
from tipline.mailbox.thread import find_mailbox
from tipline.mailbox.writing import add_incident
from tipline.protection.asking import Group
from tipline.tips.categories import Official, Urgency
from tipline.tips.topics import Topic

NOWHERE = "f" * 32


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk.of(office)


def seen(answer: TestResponse) -> tuple[int, list[tuple[str, str]], str]:
    """What somebody could compare."""
    headers = [(name, value) for name, value in answer.headers if name not in ("Date", "Set-Cookie")]
    return answer.status_code, headers, TOKEN.sub("", answer.text)


def title(answer: TestResponse) -> str:
    found = re.search(r"<title>(.*?)</title>", answer.text, re.DOTALL)
    assert found
    return found[1]


# ------------------------------------------------------------------ who finds a case, and who does not


@pytest.mark.parametrize("name", ["reviewer-a", "registrar", "custodian-1", "auditor"])
def test_nobody_but_the_desk_and_the_one_above_it_has_the_pages(desk: Desk, name: str) -> None:
    case = desk.case()
    staff = desk.office.signed_in(name, confirmed=True)
    for path in ("/protection", f"/protection/{case.hex()}"):
        assert staff.get(path).status_code == 403
    for fields in ({"purpose": "protection"}, {"assign": member_id(name)}):
        assert staff.post(f"/protection/{case.hex()}", fields).status_code == 403


def test_an_excluded_or_foreign_member_gets_the_page_of_an_unknown_case_byte_for_byte(desk: Desk) -> None:
    excluding = desk.case(exclude=(UnitId("u1"),))  # the unit of the first member
    desk.browser(SECOND).get("/protection")
    assert desk.page(excluding, SECOND).status_code == 200
    foreign = desk.office.signed_in("integrity", confirmed=True)
    foreign.get("/protection")
    for staff in (desk.browser(FIRST), foreign):
        known, unknown = f"/protection/{excluding.hex()}", f"/protection/{NOWHERE}"
        assert seen(staff.get(known)) == seen(staff.get(unknown))
        assert staff.get(unknown).status_code == 404
        for fields in (
            {"purpose": "protection"},
            {"assign": ""},
            {"step": "note", "note": "x", "state": "y"},
        ):
            assert seen(staff.post(known, fields)) == seen(staff.post(unknown, fields))
        assert alias(excluding) not in staff.get("/protection", headers=ENGLISH).text


def test_the_protection_desk_finds_no_tip_and_the_desks_of_tips_no_case(desk: Desk) -> None:
    case, tip = desk.case(), desk.office.put_tip()
    reviewer = desk.office.signed_in("reviewer-a", confirmed=True)
    listed = reviewer.get("/tips?state=all").text
    assert tip.hex() in listed
    assert case.hex() not in listed
    for path in (f"/tips/{case.hex()}", f"/tips/{case.hex()}/identity", f"/tips/{case.hex()}/transfer"):
        assert seen(reviewer.get(path)) == seen(reviewer.get(path.replace(case.hex(), NOWHERE)))
    protects = desk.browser()
    assert protects.get("/tips").status_code == 403
    assert seen(protects.get(f"/protection/{tip.hex()}")) == seen(protects.get(f"/protection/{NOWHERE}"))
    assert tip.hex() not in protects.get("/protection?state=all").text


def test_a_tip_is_no_case_whatever_its_columns_say(office: Office) -> None:
    """At the desk above, which has both."""
    tip = office.put_tip(official=Official.YES)
    integrity = office.signed_in("integrity", confirmed=True)
    integrity.get("/tips")
    assert integrity.read(tip).status_code == 200
    unknown = seen(integrity.get(f"/protection/{NOWHERE}"))
    assert seen(integrity.get(f"/protection/{tip.hex()}")) == unknown
    office.change("UPDATE tips SET state = 'asked' WHERE id = :id", id=tip)
    assert tip.hex() not in integrity.get("/protection?state=all").text
    assert seen(integrity.get(f"/protection/{tip.hex()}")) == unknown


def test_a_case_is_no_tip_whatever_its_columns_say(office: Office) -> None:
    """At the desk above, which has both."""
    desk = Desk.of(office, second=False)
    case = desk.case(exclude=(UnitId("u1"),))
    desk.browsers[FIRST] = integrity = office.signed_in("integrity", confirmed=True)
    integrity.get("/protection")
    assert desk.read(case).status_code == 200
    assert desk.post(case, assign=member_id("integrity")).status_code == 303
    unknown = seen(integrity.get(f"/tips/{NOWHERE}"))
    assert seen(integrity.get(f"/tips/{case.hex()}")) == unknown
    for path in ("/tips?state=all", "/tips/day", "/tips/hand-over"):
        assert case.hex() not in integrity.get(path).text
    office.change("UPDATE tips SET state = 'triage' WHERE id = :id", id=case)
    assert seen(integrity.get(f"/tips/{case.hex()}")) == unknown


def test_intake_sees_only_that_a_case_exists_for_an_alias(desk: Desk) -> None:
    case = desk.case(Group.REPORTER)
    tip, code = desk.office.put_tip_with_code()
    reviewer = desk.office.signed_in("reviewer-a", confirmed=True)
    reviewer.get("/tips")
    tell(desk.office, code, Topic.PROTECTION, {"alias": "K7", "what": CANARY})
    page = reviewer.post(f"/tips/{tip.hex()}", {"purpose": "triage"}, headers=ENGLISH).text
    assert "A protection case exists: Reporter K7" in page
    assert CANARY not in page
    assert case.hex() not in page
    assert "/protection/" not in page.replace("/protection/new", "")


def test_an_alias_that_a_mailbox_makes_up_is_not_shown(desk: Desk) -> None:
    tip, code = desk.office.put_tip_with_code()
    reviewer = desk.office.signed_in("reviewer-a", confirmed=True)
    reviewer.get("/tips")
    tell(desk.office, code, Topic.PROTECTION, {"alias": "Li Na, 138 0013 8000"})
    page = reviewer.post(f"/tips/{tip.hex()}", {"purpose": "triage"}, headers=ENGLISH).text
    assert "A protection case exists: Reporter –" in page
    assert "Li Na" not in page


def test_no_other_body_learns_that_a_reporter_is_protected(office: Office) -> None:
    tip, code = office.put_tip_with_code()
    visit = visit_of(office, "reviewer-a")
    keys_of(visit)
    tell(office, code, Topic.PROTECTION, {"alias": "K7"})
    office.write_back(code, "Nothing new.")
    page = show_tip(visit, tip.hex())
    with office.app.test_request_context(), force_locale("en"), reading_all(visit, page) as opened:
        parts = sections(opened.read.read, office.clock.today(), [], "")
        paper = as_plain_text(parts, Watermark("reviewer-a", 1, office.clock.today()))
    assert "Nothing new." in paper
    for told in ("K7", "rotection"):
        assert told not in paper


# ------------------------------------------------------------------ nothing without its entry


def test_a_page_before_a_reading_has_alias_state_clock_and_assignee_alone(desk: Desk) -> None:
    case = desk.case(Group.WITNESS)
    size = desk.office.log_size()
    page = desk.page(case).text
    assert alias(case) in page
    assert "Asked for protection" in page
    for hidden in (CANARY, "Threats", "The person agrees", "Timeline", "Next steps"):
        assert hidden not in page
    assert desk.office.log_size() == size


@pytest.mark.parametrize("purpose", ["protection", "reply", "handover"])
def test_nothing_is_shown_without_its_entry(desk: Desk, purpose: str) -> None:
    case = desk.case()
    log, size = Observed(desk.office.world), desk.office.log_size()
    page = desk.read(case, purpose=purpose)
    assert CANARY in page.text
    [entry] = [log.entry(index) for index in range(size, desk.office.log_size())]
    body = entry.statement.body
    assert (body["type"], body["tip"], body["purpose"]) == ("read", case.hex(), purpose)
    assert entry.statement.signers == (member_id(FIRST),)


@pytest.mark.parametrize("purpose", ["", "triage", "verification", "audit", "curiosity"])
def test_a_case_is_read_for_protection_reply_and_handover_alone(desk: Desk, purpose: str) -> None:
    case = desk.case()
    size = desk.office.log_size()
    answer = desk.read(case, purpose=purpose)
    assert answer.status_code == 422
    assert "Choose what you read this case for." in answer.text
    assert CANARY not in answer.text
    assert desk.office.log_size() == size


def test_nothing_is_shown_when_the_keeper_does_not_answer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.case()

    def away(*_: object, **__: object) -> None:
        raise KeeperError("away")

    monkeypatch.setattr(desk.office.services.keeper, "release", away)
    answer = desk.read(case)
    assert answer.status_code == 503
    assert CANARY not in answer.text


# ------------------------------------------------------------------ no name, no other alias, no text


def test_no_alias_of_another_case_and_no_text_stands_in_title_address_or_log(desk: Desk) -> None:
    case = desk.case()
    relative = desk.case(Group.RELATIVE, of=case.hex(), description="The sister is followed.", agrees=None)
    answer = desk.read(case)
    assert title(answer).startswith(f"Protection case {case.hex()[:4]}-{case.hex()[4:8]}")
    assert alias(case).split()[1] not in title(answer)
    assert alias(relative, "Relative") in answer.text
    desk.reach(case, "protected")
    world, size = desk.office.world, desk.office.log_size()
    log = Observed(world)
    for index in range(size):
        body = str(log.entry(index).statement.body)
        for told in (CANARY, "sister", "patrol", alias(case), "risk_threat", "witness", "relative"):
            assert told not in body
        assert not (case.hex() in body and relative.hex() in body and "items" not in body)


def test_what_a_form_says_stands_nowhere_in_clear(desk: Desk) -> None:
    case = desk.case()
    canary = "Quillfeather-under-the-bridge"
    desk.done(case, "danger", **{**DANGER, "danger_what": canary})
    files = [path for path in desk.office.settings.keeper_folder.parent.rglob("*") if path.is_file()]
    assert any(path.suffix.startswith(".db") or b"SQLite format" in path.read_bytes()[:16] for path in files)
    assert [path for path in files if canary.encode() in path.read_bytes()] == []


# ------------------------------------------------------------------ relatives


def test_relatives_are_found_by_who_holds_their_cards_alone(desk: Desk) -> None:
    case = desk.case()
    apart = desk.case(Group.RELATIVE, of=case.hex(), exclude=(UnitId("u1"),), agrees=None)
    known = desk.case(Group.RELATIVE, of=case.hex(), agrees=None)
    for name, shown in ((FIRST, (known,)), (SECOND, (known, apart))):
        desk.browser(name).get("/protection")
        page = desk.read(case, name).text
        for one in (known, apart):
            assert (one.hex() in page) is (one in shown)
    page = desk.read(known).text
    assert "Hangs together with" in page
    assert alias(case) in page
    assert "The person has not been heard yet" in page


# ------------------------------------------------------------------ the list and the board


def test_the_list_shows_what_is_due_and_filters(desk: Desk) -> None:
    witness, officer = desk.case(Group.WITNESS), desk.case(Group.OFFICER)
    desk.reach(witness, "protected")
    desk.post(officer, assign=member_id(FIRST))
    desk.office.clock.advance(25 * 86_400)
    desk.browsers.clear()

    def listed(query: str) -> set[TipId]:
        page = desk.browser().get(f"/protection{query}", headers=ENGLISH).text
        table = page.partition("<tbody>")[2]
        return {case for case in (witness, officer) if case.hex() in table}

    assert listed("") == listed("?state=all") == {witness, officer}
    assert listed("?state=protected") == listed("?group=witness") == {witness}
    assert listed("?due=week") == {witness, officer}
    assert listed("?whose=mine") == listed("?due=overdue") == listed("?due=today") == {officer}
    assert listed("?due=unheard") == listed("?due=escalated") == listed("?state=ended") == set()
    assert listed("?state=nonsense&group=x&whose=y&due=z") == {witness, officer}
    page = desk.browser().get("/protection", headers=ENGLISH).text
    board = page.partition('class="card board"')[2].partition("</section>")[0]
    assert alias(witness) in board.partition("Reviews in the next seven days")[2]
    assert alias(officer, "Officer") in board.partition("Due today or overdue")[2]


def test_danger_stands_before_what_has_a_day(desk: Desk) -> None:
    cases = [desk.case(), desk.case(urgency=Urgency.DANGER), desk.case()]
    page = desk.browser().get("/protection").text.partition("<tbody>")[2]
    assert min(cases, key=lambda case: page.index(case.hex())) == cases[1]


def board_of(page: str, title: str) -> str:
    """One list of the board."""
    board = page.partition('class="card board"')[2].partition("</section>")[0]
    return board.partition(title)[2].partition("</div>")[0]


def listed(desk: Desk, query: str = "") -> str:
    """The table of the list."""
    return desk.browser().get(f"/protection{query}", headers=ENGLISH).text.partition("<tbody>")[2]


def say_danger(desk: Desk, code: TrackingCode) -> None:
    with desk.office.database.reading() as session:
        mailbox = find_mailbox(session, code)
    add_incident(mailbox, "He is at the door.", {"danger": "yes"}, desk.office.intake(), danger=True)


def test_danger_told_in_a_running_case_stands_first_on_board_and_list_and_is_due_today(desk: Desk) -> None:
    case, code = desk.asked()
    desk.reach(case, "assessing")
    others = [desk.case() for _ in range(2)]
    assert case.hex() not in listed(desk, "?due=today")
    say_danger(desk, code)
    page = desk.browser().get("/protection", headers=ENGLISH).text
    assert min((case, *others), key=lambda one: listed(desk).index(one.hex())) == case
    titles = ("Said that they are in danger", "Due today or overdue")
    assert [alias(case) in board_of(page, title) for title in titles] == [True, True]
    assert page.index(titles[0]) < page.index(titles[1])
    assert case.hex() in listed(desk, "?due=today")
    assert case.hex() not in listed(desk, "?due=overdue")
    desk.office.clock.advance(3 * 3_600)
    desk.browsers.clear()
    assert case.hex() in listed(desk, "?due=overdue")


def test_a_case_that_has_ended_stands_in_board_and_open_list_when_its_person_writes(desk: Desk) -> None:
    case, code = desk.asked()
    desk.reach(case, "ending")
    desk.done(case, "message", message="Your case is to end.")
    desk.office.clock.advance(11 * 86_400)
    desk.browsers.clear()
    desk.done(case, "move", SECOND, move="ended")
    desk.read(case)
    assert case.hex() not in listed(desk)
    desk.office.write_back(code, "They are back.")
    assert case.hex() in listed(desk)
    came_back, danger = "Ended, and the person wrote again", "Said that they are in danger"
    page = desk.browser().get("/protection", headers=ENGLISH).text
    assert [alias(case) in board_of(page, title) for title in (came_back, danger)] == [True, False]
    say_danger(desk, code)
    desk.read(case)  # a reading meets no danger
    page = desk.browser().get("/protection", headers=ENGLISH).text
    assert [alias(case) in board_of(page, title) for title in (came_back, danger)] == [True, True]
    desk.office.clock.advance(3 * 3_600)
    desk.browsers.clear()
    assert case.hex() in listed(desk, "?due=overdue")


def test_who_was_not_heard_stands_first_and_in_red(desk: Desk) -> None:
    case = desk.case()
    desk.reach(case, "protected")
    desk.done(case, "watch", case_watch="2")
    assert "every 2 days" in desk.read(case).text
    desk.office.clock.advance(4 * 86_400)
    desk.browsers.clear()
    page = desk.browser().get("/protection?due=unheard", headers=ENGLISH).text
    assert alias(case) in page
    assert "Not heard from" in page
    shown = desk.page(case).text
    assert "Call them now" in shown
    desk.done(case, "unwatch", reason="They asked for it.")
    assert "none agreed" in desk.page(case).text
