"""A member is asked to explain an alert, with or without a tip, and answers in words for auditors alone."""

import re

import pytest

from tests.admin.conftest import Office, Staff
from tests.admin.test_alerts import DAY, auditor, raised, review, set_rules, text
from tests.world import member_id
from tipline.searches.models import Search

ANSWER = "I was handed these tips that morning."
ROOM = "/account/questions"
ENGLISH = {"Accept-Language": "en"}


def dormant(office: Office) -> int:
    """An alert that is about no tip, about the integrity desk's member."""
    set_rules(office, dormant={"days": 7})
    office.clock.advance(8 * DAY)
    office.keeper().append(
        office.world.sign("conflicts", "integrity", member=member_id("integrity"), add=["u4"])
    )
    office.keeper().look_at_clocks([], [], [])
    found = re.findall(r"/log/alerts/(\d+)", text(auditor(office), "/log/alerts"))
    return int(found[-1])


def ask(staff: Staff, alert: int, status: int = 303) -> str:
    answer = staff.post(f"/log/alerts/{alert}/ask", headers=ENGLISH)
    assert answer.status_code == status, answer.text
    return answer.text


def explain(staff: Staff, alert: int, status: int = 303, reason: str = ANSWER) -> str:
    answer = staff.post(f"{ROOM}/{alert}", {"reason": reason}, headers=ENGLISH)
    assert answer.status_code == status, answer.text
    return answer.text


def texts(office: Office) -> int:
    with office.database.reading() as session:
        return session.query(Search).count()


@pytest.mark.parametrize("name", ["reviewer-a", "registrar", "integrity"])
def test_nobody_but_an_auditor_asks(office: Office, name: str) -> None:
    alert, _ = raised(office)
    size = office.log_size()
    assert office.signed_in(name).post(f"/log/alerts/{alert}/ask").status_code == 403
    assert office.log_size() == size


def test_only_the_member_whom_it_is_about_is_shown_the_question_and_answers(office: Office) -> None:
    alert, tip = raised(office)
    assert "No auditor asks you anything." in text(office.signed_in("reviewer-a"), ROOM)
    explain(office.signed_in("reviewer-a"), alert, 409)  # nobody asked yet
    ask(auditor(office), alert)
    for other in ("reviewer-b", "integrity", "auditor"):
        assert "No auditor asks you anything." in text(office.signed_in(other), ROOM)
        page = explain(office.signed_in(other), alert, 409)
        assert ANSWER in page, "nothing typed is lost"
    assert texts(office) == 0
    page = text(office.signed_in("reviewer-a"), ROOM)
    assert "Many tips in a short time" in page
    assert tip.hex()[:4] not in page.replace(f"/{alert}", "")


def test_an_alert_of_no_tip_is_explained_by_its_member_and_read_by_auditors_alone(office: Office) -> None:
    alert = dormant(office)
    assert "Ask for an explanation" in text(auditor(office), f"/log/alerts/{alert}")
    ask(auditor(office), alert)
    page = text(auditor(office), f"/log/alerts/{alert}")
    assert "There is no answer yet" in page
    assert "Ask for an explanation" not in page
    member = office.signed_in("integrity")
    assert "Write what happened" in explain(member, alert, 422, reason="  ")
    explain(member, alert)
    assert "No auditor asks you anything." in text(member, ROOM)
    page = text(auditor(office), f"/log/alerts/{alert}")
    assert ANSWER not in page
    (item,) = re.findall(r'action="/log/reasons/([0-9a-f]{32})"', page)
    assert ANSWER in auditor(office).post(f"/log/reasons/{item}").text
    for name in ("integrity", "registrar"):
        assert office.signed_in(name).post(f"/log/reasons/{item}").status_code == 403


def test_a_member_is_asked_once_answers_once_and_not_after_the_review(office: Office) -> None:
    alert, _ = raised(office)
    ask(auditor(office), alert)
    assert "Nobody was asked" in ask(auditor(office), alert, 409)
    member = office.signed_in("reviewer-a")
    explain(member, alert)
    assert "No auditor waits for this answer" in explain(member, alert, 409)
    assert texts(office) == 1
    review(auditor(office), alert)
    assert "Nobody was asked" in ask(auditor(office), alert, 409)


def test_a_question_ends_with_the_review(office: Office) -> None:
    alert, _ = raised(office)
    ask(auditor(office), alert)
    review(auditor(office), alert)
    member = office.signed_in("reviewer-a")
    assert "No auditor asks you anything." in text(member, ROOM)
    explain(member, alert, 409)


def test_of_what_is_no_alert_nobody_is_asked(office: Office) -> None:
    alert, _ = raised(office)
    assert auditor(office).post(f"/log/alerts/{alert - 1}/ask").status_code == 404
    assert auditor(office).post("/log/alerts/burnt/ask").status_code == 404
    assert office.signed_in("reviewer-a").post(f"{ROOM}/burnt", {"reason": ANSWER}).status_code == 404


def test_who_asks_and_who_answers_stand_in_the_log(office: Office) -> None:
    alert, _ = raised(office)
    ask(auditor(office), alert)
    explain(office.signed_in("reviewer-a"), alert)
    page = text(auditor(office), "/log?type=all-alerts")
    assert "Asked a member about an alert" in page
    assert "Explained an alert" in page
    assert ANSWER not in page


def test_the_page_offers_no_question_that_tells_of_a_tip_its_member_may_not_know_of(office: Office) -> None:
    tip = office.put_tip()
    member = office.signed_in("reviewer-a")
    member.get("/tips")
    member.read(tip)
    fields = {"tip": tip.hex(), "desk": "intake", "desks": ["intake"], "excluded": ["u2"], "reason": {}}
    office.keeper().append(office.world.sign("route", "reviewer-b", **fields))
    alert = office.log_size() - 1
    page = text(auditor(office), f"/log/alerts/{alert}")
    assert "Read before an exclusion" in page
    assert "Ask for an explanation" not in page
    assert "to be asked would tell them of a tip" in page
    ask(auditor(office), alert, 409)
    assert "No auditor asks you anything." in text(member, ROOM)
