"""admin/rewards: each step by the right person, and what is refused comes back as a sentence."""

from datetime import date

from sqlalchemy import select

from tests.admin.rewarding import APPROVER, LEADER, PROPOSER, SECOND, VERIFIER, WHY, Rewarding
from tests.world import member_id
from tipline.awards.models import AwardTold
from tipline.rewards.records import AwardRecord


def told(rewarding: Rewarding, award: int) -> AwardRecord | None:
    """What the mailbox of an award's tip is told."""
    tip = rewarding.known(award).award.tip
    with rewarding.office.database.reading() as session:
        row = session.scalar(select(AwardTold.record).where(AwardTold.tip == bytes.fromhex(tip)))
    return AwardRecord.read(row, rewarding.office.services.log_key, tip) if row else None


# --- who


def test_nobody_takes_two_steps_of_one_award(rewarding: Rewarding) -> None:
    world, members = rewarding.office.world, rewarding.office.services.members
    award = rewarding.proposed()
    rewarding.check(award)
    member = member_id(VERIFIER)  # changes duties: the table lets nobody hold both at once
    members.carry_out(world.sign("role", "registrar", member=member, role="verifier", held=False))
    members.carry_out(world.sign("role", "registrar", "integrity", member=member, role="approver", held=True))
    assert "somebody else must take this one" in rewarding.get(VERIFIER, f"/rewards/{award}")
    assert "nobody takes two" in rewarding.approve(award, by=VERIFIER, status=409).text
    assert rewarding.state(award) == "checked"


def test_a_page_offers_the_steps_that_this_member_may_take_and_no_others(rewarding: Rewarding) -> None:
    award = rewarding.proposed()
    buttons = {
        name: rewarding.get(name, f"/rewards/{award}").count('name="answer" value="yes"')
        for name in (VERIFIER, APPROVER, PROPOSER)
    }
    assert buttons == {VERIFIER: 1, APPROVER: 0, PROPOSER: 0}
    assert "A verifier takes this step." in rewarding.get(APPROVER, f"/rewards/{award}")
    auditor = rewarding.get("auditor", f"/rewards/{award}")
    assert "<form" not in auditor.partition("<main")[2]
    assert "/log/tips/" in auditor


def test_whoever_lacks_the_role_is_refused_and_nothing_changes(rewarding: Rewarding) -> None:
    award, fields = rewarding.proposed(), {"answer": "yes", "amount": "20,000", "reason": WHY}
    for step in ("check", "approval", "extension", "cancel"):
        rewarding.post(LEADER, f"/rewards/{award}/{step}", fields, 403)
        rewarding.post("registrar", f"/rewards/{award}/{step}", fields, 403)
    assert rewarding.state(award) == "proposed"


def test_an_award_of_a_tip_that_excludes_a_judges_unit_is_not_there_for_them(rewarding: Rewarding) -> None:
    award = rewarding.proposed()
    tip = rewarding.known(award).award.tip
    route = {"desks": ["intake"], "excluded": ["u4"], "reason": {}}
    rewarding.office.keeper().append(
        rewarding.office.world.sign("route", PROPOSER, tip=tip, desk="intake", **route)
    )
    judge = rewarding.browser(VERIFIER)
    assert judge.get(f"/rewards/{award}").text == judge.get("/rewards/99999").text
    fields = {"outcome": "partly-true", "number": rewarding.letter(award), "answer": "yes"}
    answers = [judge.post(f"/rewards/{number}/check", fields) for number in (award, 99999)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text
    assert f"/rewards/{award}" not in judge.get("/rewards?show=all").text
    assert f"/rewards/{award}" in rewarding.get(PROPOSER, "/rewards")
    assert f"/rewards/{award}" in rewarding.get("auditor", "/rewards")


# --- the verifier


def test_the_verifier_types_the_paper_without_seeing_what_the_log_says(rewarding: Rewarding) -> None:
    award = rewarding.proposed()
    page = rewarding.get(VERIFIER, f"/rewards/{award}")
    assert "checked" not in page
    assert f'"{rewarding.letter(award)}"' not in page
    assert page.count("Partly true") == 1  # the choice, beside the others
    assert "/tips/" not in page


def test_a_paper_that_is_not_the_logs_is_refused_and_comes_back_as_typed(rewarding: Rewarding) -> None:
    award = rewarding.proposed()
    answer = rewarding.check(award, 409, outcome="true", number="2026-77")
    assert "is not what the log says" in answer.text
    assert 'value="2026-77"' in answer.text
    assert 'value="true" required checked' in answer.text
    assert rewarding.state(award) == "proposed"


def test_a_check_without_an_outcome_a_letter_or_an_answer_is_none(rewarding: Rewarding) -> None:
    award, size = rewarding.proposed(), rewarding.office.log_size()
    for changes in ({"outcome": ""}, {"number": "17"}, {"answer": ""}, {"answer": "no", "reason": " "}):
        rewarding.check(award, 422, **changes)
    assert rewarding.office.log_size() == size


# --- the approvers


def test_an_amount_outside_the_tier_is_refused_with_the_bounds(rewarding: Rewarding) -> None:
    award = rewarding.proposed()
    rewarding.check(award)
    answer = rewarding.approve(award, "40,000", 409)
    assert "outside what this tier or share allows" in answer.text
    assert "From 10,000 to 30,000 yuan" in answer.text
    assert 'value="40,000"' in answer.text
    rewarding.approve(award, "12,345", 422)
    assert rewarding.state(award) == "checked"


def test_above_the_limit_two_approvers_say_yes_to_the_same_amount(rewarding: Rewarding) -> None:
    award = rewarding.proposed(tier="organised", major=["organised"], amount="80,000")
    rewarding.check(award)
    assert rewarding.approve(award, "60,000").location.endswith("?done=reward-second")
    assert rewarding.state(award) == "checked"
    assert "nobody takes two" in rewarding.approve(award, "60,000", 409).text
    page = rewarding.get(SECOND, f"/rewards/{award}")
    assert "approver approved 60,000 yuan" in page
    assert 'type="hidden" name="amount" value="60000"' in page
    rewarding.approve(award, "70,000", 409, by=SECOND)
    assert rewarding.approve(award, "60000", by=SECOND).location.endswith("?done=reward-approved")
    assert rewarding.state(award) == "approved"


def test_a_refusal_needs_a_reason_and_ends_the_award(rewarding: Rewarding) -> None:
    award = rewarding.proposed()
    rewarding.check(award)
    rewarding.approve(award, status=422, answer="no", reason="")
    rewarding.approve(award, answer="no", reason=WHY)
    assert rewarding.state(award) == "refused"
    assert told(rewarding, award) is None


def test_a_reason_is_read_by_auditors_alone(rewarding: Rewarding) -> None:
    award = rewarding.proposed()
    rewarding.check(award)
    rewarding.approve(award, answer="no", reason="Canary in the coal mine.")
    auditor = rewarding.browser("auditor")
    page = auditor.get("/log", headers={"Accept-Language": "en"}).text
    item = page.partition('action="/log/reasons/')[2][:32]
    assert "Canary in the coal mine." in auditor.post(f"/log/reasons/{item}").text
    assert "Canary" not in rewarding.get(VERIFIER, f"/rewards/{award}")


# --- the grant, and after it


def test_an_award_waits_for_the_budget_and_is_granted_by_the_one_that_has_room(rewarding: Rewarding) -> None:
    award = rewarding.approved()
    assert rewarding.state(award) == "approved"
    assert "20,000 yuan missing" in rewarding.get(VERIFIER, "/rewards")
    rewarding.set_budget("19,500")
    assert rewarding.state(award) == "approved"
    assert "500 yuan missing" in rewarding.get(VERIFIER, "/rewards")
    rewarding.set_budget("20,000")
    assert rewarding.state(award) == "granted"
    record = told(rewarding, award)
    assert record is not None
    assert (record.amount, record.state) == (20_000, "granted")


def test_with_room_in_the_budget_an_approval_grants_and_the_mailbox_is_told_at_once(
    rewarding: Rewarding,
) -> None:
    rewarding.set_budget()
    award = rewarding.proposed()
    rewarding.check(award)
    assert rewarding.approve(award).location.endswith("?done=reward-granted")
    assert told(rewarding, award) is not None


def test_an_approver_extends_within_three_years_for_a_reason(rewarding: Rewarding) -> None:
    award = rewarding.granted()
    before, path = rewarding.known(award).award.until, f"/rewards/{award}/extension"
    for until in (before, "2029-03-04", "soon", ""):
        rewarding.post(APPROVER, path, {"until": until, "reason": WHY}, 422)
    rewarding.post(APPROVER, path, {"until": "2027-01-31", "reason": " "}, 422)
    assert rewarding.known(award).award.until == before
    rewarding.post(APPROVER, path, {"until": "2027-01-31", "reason": WHY})
    record = told(rewarding, award)
    assert record is not None
    assert (record.state, record.until) == ("extended", date(2027, 1, 31))


def test_two_people_take_an_award_back_one_of_them_an_approver(rewarding: Rewarding) -> None:
    award = rewarding.granted()
    path = f"/rewards/{award}/cancel"
    for other in (member_id(VERIFIER), member_id("registrar"), ""):  # neither is an approver
        rewarding.post(VERIFIER, path, {"reason": WHY, "other": other}, 422)
    rewarding.post(VERIFIER, path, {"reason": WHY, "other": member_id(APPROVER)})
    assert rewarding.state(award) == "granted"
    assert f"The award no. {award} is taken back." in rewarding.get(APPROVER, "/proposals")
    rewarding.sign(APPROVER)
    assert rewarding.state(award) == "cancelled"
    record = told(rewarding, award)
    assert record is not None
    assert record.state == "cancelled"
    assert rewarding.office.keeper().rewards.budgets()[0].balance == 1_000_000
