"""Closing many tips at once that are none: one statement, all of them or not one."""

import re
from typing import Final

import pytest
from sqlalchemy import select

from admin.queue.errors import NotAllSpam
from admin.queue.service import handle
from admin.queue.spam import close_spam, ticked
from tests.admin.conftest import Office, Staff
from tests.admin.test_queue import ENGLISH, put, shown
from tests.admin.visiting import keys_of, visit_of
from tests.keeper.observed import Observed
from tipline.ids import TipId, UnitId
from tipline.keeper_client import KeeperUnavailable
from tipline.tips.categories import Official
from tipline.tips.models import Item
from tipline.tips.moves import TipState

REASON: Final = "Advertisements for pills"
NAMED = re.compile(r'name="tip" value="([0-9a-f]{32})"')


def ids(*tips: TipId) -> dict[str, list[str]]:
    return {"tip": [tip.hex() for tip in tips]}


def close(staff: Staff, *tips: TipId, reason: str = REASON) -> int:
    return staff.post("/tips/spam/close", {**ids(*tips), "reason": reason}).status_code


def reasons(office: Office) -> list[Item]:
    with office.database.reading() as session:
        found = session.scalars(select(Item).where(Item.kind == "reason")).all()
        session.expunge_all()
        return list(found)


def states(office: Office, *tips: TipId) -> set[tuple[str, str]]:
    """What columns and log say of these tips."""
    views = office.keeper().states(tip.hex() for tip in tips)
    return {(office.row(tip).state, views[tip.hex()].state.value) for tip in tips}


@pytest.mark.parametrize("path", ["/tips/spam", "/tips/spam/close"])
def test_nothing_ticked_too_much_ticked_and_no_reason_close_nothing(office: Office, path: str) -> None:
    reviewer = office.signed_in("reviewer-a")
    tip = office.put_tip()
    shown(reviewer)
    size = office.log_size()
    assert reviewer.post(path, {"reason": REASON}).status_code == 422
    too_many = reviewer.post(path, {"tip": [f"{number:032x}" for number in range(201)], "reason": REASON})
    assert (too_many.status_code, REASON in too_many.text) == (422, True)
    assert close(reviewer, tip, reason="  ") == 422
    assert office.log_size() == size
    assert states(office, tip) == {("received", "received")}


def test_a_tip_that_the_member_may_not_know_makes_the_whole_an_unknown_address(office: Office) -> None:
    hidden, distant, mine = (
        office.put_tip(unit=UnitId("u2")),
        office.put_tip(official=Official.YES),
        office.put_tip(),
    )
    for name in ("reviewer-b", "integrity"):
        shown(office.signed_in(name))
    reviewer = office.signed_in("reviewer-a")
    shown(reviewer)
    unknown = reviewer.get(f"/tips/{'0' * 32}").data
    for path in ("/tips/spam", "/tips/spam/close"):
        for other in (hidden, distant, TipId(bytes(16))):
            answer = reviewer.post(path, {**ids(mine, other), "reason": REASON})
            assert (answer.status_code, answer.data) == (404, unknown)
        assert reviewer.post(path, {"tip": "x", "reason": REASON}).status_code == 404
    assert states(office, mine) == {("received", "received")}


def test_the_page_before_closing_names_each_tip_and_closes_nothing(office: Office) -> None:
    tips = [office.put_tip() for _ in range(3)]
    reviewer = office.signed_in("reviewer-a")
    page = reviewer.get("/tips").text
    assert set(NAMED.findall(page)) == {tip.hex() for tip in tips}
    size = office.log_size()
    answer = reviewer.post("/tips/spam", ids(*tips[:2]), headers=ENGLISH).text
    assert [handle(tip.hex()) in answer for tip in tips] == [True, True, False]
    assert "These 2 tips will be closed, all together or none:" in answer
    assert office.log_size() == size


def test_many_are_closed_by_one_statement_and_the_reason_is_the_auditors(office: Office) -> None:
    tips = [office.put_tip() for _ in range(3)]
    other = office.put_tip()
    reviewer, log = office.signed_in("reviewer-a"), Observed(office.world)
    shown(reviewer)
    size = log.size()
    assert close(reviewer, *tips) == 303
    assert log.size() == size + 1
    body = log.entry(size).statement.body
    assert (body["type"], body["tips"]) == ("close-spam", sorted(tip.hex() for tip in tips))
    assert states(office, *tips) == {("closed", "closed")}
    assert all(office.row(tip).state_record for tip in tips)
    assert states(office, other) == {("received", "received")}
    [reason] = reasons(office)
    assert REASON.encode() not in (reason.sealed or b"")
    opened = office.signed_in("auditor").post(f"/log/reasons/{reason.id.hex()}", {"tip": ""})
    assert REASON in opened.text, opened.text
    verified = office.signed_in("auditor", confirmed=True).post("/log/verify", headers=ENGLISH).text
    assert "Nowhere." in verified


def test_one_that_is_further_on_keeps_all_open(office: Office) -> None:
    first, second = office.put_tip(), office.put_tip()
    reviewer, colleague = office.signed_in("reviewer-a"), office.signed_in("reviewer-b")
    shown(reviewer)
    page = colleague.read(second)
    for step in ("screening", "triage", "need-more"):
        page = colleague.act(second, page, move=step)
    assert office.row(second).state == TipState.NEED_MORE
    assert close(reviewer, first, second) == 409
    assert states(office, first, second) == {("received", "received"), ("need-more", "need-more")}
    assert reasons(office) == []


def test_one_that_moved_on_after_the_look_keeps_all_open_and_the_reason_goes(office: Office) -> None:
    """The rows still say "received": the keeper, who knows better, refuses the whole."""
    first, second = office.put_tip(), office.put_tip()
    visit, colleague = visit_of(office, "reviewer-a"), office.signed_in("reviewer-b")
    keys_of(visit)
    rows = ticked(visit, [first.hex(), second.hex()])
    page = colleague.read(second)
    for step in ("screening", "triage", "need-more"):
        page = colleague.act(second, page, move=step)
    with pytest.raises(NotAllSpam):
        close_spam(visit, rows, REASON)
    assert states(office, first) == {("received", "received")}
    assert reasons(office) == []


def test_a_tip_whose_clock_stands_still_is_not_offered_for_closing(office: Office) -> None:
    tip = put(office, paused=True)
    page = office.signed_in("reviewer-a").get("/tips").text
    assert tip.hex() in page
    assert NAMED.findall(page) == []


def test_when_the_rows_cannot_be_written_the_closing_stands_in_the_log_and_is_said_to(office: Office) -> None:
    tips = [office.put_tip() for _ in range(2)]
    reviewer = office.signed_in("reviewer-a")
    shown(reviewer)
    office.change(
        "create trigger no_closing before update on tips when new.state = 'closed'"
        " begin select raise(abort, 'disk full'); end"
    )
    answer = reviewer.post("/tips/spam/close", {**ids(*tips), "reason": REASON}, headers=ENGLISH)
    assert answer.status_code == 503
    assert "tipline rebuild" in answer.text
    assert states(office, *tips) == {("received", "closed")}


def test_nothing_is_closed_and_the_reason_comes_back_when_the_keeper_is_away(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    tip = office.put_tip()
    reviewer = office.signed_in("reviewer-a")
    shown(reviewer)

    def away(*_arguments: object) -> None:
        raise KeeperUnavailable("gone")

    monkeypatch.setattr(type(office.services.keeper), "append", away)
    answer = reviewer.post("/tips/spam/close", {**ids(tip), "reason": REASON})
    assert (answer.status_code, REASON in answer.text) == (503, True)
    assert tip.hex() in answer.text  # it can be sent again from there
    assert office.row(tip).state == TipState.RECEIVED
