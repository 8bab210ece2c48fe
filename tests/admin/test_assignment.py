"""admin/assignment: whose a tip is, and that nobody gets one that excludes them."""

import pytest

from admin.queue.rows import handle
from tests.admin.conftest import Office, Staff
from tests.admin.printing import english
from tests.admin.walking import settle, walk
from tests.world import member_id
from tipline.deadlines.look import look_at_clocks
from tipline.ids import TipId, UnitId
from tipline.keeper_client import Refused
from tipline.tips.moves import TipState

A, B = member_id("reviewer-a"), member_id("reviewer-b")


def assignee(office: Office, tip: TipId) -> str:
    views = office.keeper().states([tip.hex()])
    assert office.row(tip).assignee == views[tip.hex()].case.assignee
    return office.row(tip).assignee


def give(staff: Staff, tip: TipId, to: str) -> int:
    return staff.post(f"/tips/{tip.hex()}", {"assign": to}).status_code


# --- nobody is given a tip that excludes them


def test_the_keeper_gives_nobody_a_tip_that_excludes_them(office: Office) -> None:
    tip = office.put_tip(unit=UnitId("u3"))
    office.signed_in("reviewer-a").get("/tips")
    for by, to in (("reviewer-a", B), ("reviewer-b", B), ("reviewer-b", A), ("reviewer-b", "")):
        fields = {"desk": "intake", "tips": [tip.hex()], "to": to}
        with pytest.raises(Refused, match="excluded"):
            office.keeper().append(office.world.sign("assign", by, **fields))


def test_the_keeper_gives_a_tip_to_nobody_outside_its_desk(office: Office) -> None:
    tip = office.put_tip()
    office.signed_in("reviewer-a").get("/tips")
    for to in (member_id("integrity"), member_id("auditor"), member_id("registrar"), "m00000000"):
        fields = {"desk": "intake", "tips": [tip.hex()], "to": to}
        with pytest.raises(Refused, match="not-allowed"):
            office.keeper().append(office.world.sign("assign", "reviewer-a", **fields))


def test_whom_a_tip_excludes_is_not_offered_and_not_taken(office: Office) -> None:
    excluding, open_to_all = office.put_tip(unit=UnitId("u3")), office.put_tip()
    reviewer = english(office.signed_in("reviewer-a"))
    reviewer.get("/tips")
    assert f'value="{B}"' in reviewer.get(f"/tips/{open_to_all.hex()}").text
    size = office.log_size()
    assert f'value="{B}"' not in reviewer.get(f"/tips/{excluding.hex()}").text
    for to in (B, member_id("integrity"), "nobody-at-all"):
        assert give(reviewer, excluding, to) == 422
    assert office.log_size() == size
    assert assignee(office, excluding) == ""


def test_whoever_is_excluded_later_has_the_tip_no_longer(office: Office) -> None:
    tip = office.put_tip()
    reviewer = office.signed_in("reviewer-a")
    reviewer.get("/tips")
    assert give(reviewer, tip, B) == 303
    assert assignee(office, tip) == B
    reviewer.act(tip, reviewer.read(tip), exclude="u3")
    assert assignee(office, tip) == ""


def test_whoever_declares_a_conflict_has_the_tip_no_longer_and_nobody_is_told_why(office: Office) -> None:
    kept, gone = office.put_tip(), office.put_tip(unit=UnitId("u4"))
    reviewer, colleague = office.signed_in("reviewer-a"), english(office.signed_in("reviewer-b"))
    reviewer.get("/tips")
    for tip in (kept, gone):
        assert give(reviewer, tip, A) == 303
    reviewer.post("/account/conflicts", {"units": ["u4"]})
    assert [assignee(office, tip) for tip in (kept, gone)] == [A, ""]
    assert reviewer.get(f"/tips/{gone.hex()}").status_code == 404
    page = colleague.read(gone).text
    assert "Tips are nobody&#39;s again" in page
    assert "conflict" not in page.split('id="timeline"')[1].lower()


def test_whoever_loses_the_desk_or_leaves_has_no_tip_any_more(office: Office) -> None:
    tip = office.put_tip()
    reviewer = office.signed_in("reviewer-a")
    reviewer.get("/tips")
    assert give(reviewer, tip, B) == 303
    registrar = office.signed_in("registrar", confirmed=True)
    answer = registrar.post(f"/members/{B}/change", {"do": "suspend"})
    assert answer.status_code == 303
    assert assignee(office, tip) == ""


def test_the_hourly_look_puts_right_a_row_that_still_names_somebody(office: Office) -> None:
    tip, kept = office.put_tip(unit=UnitId("u4")), office.put_tip()
    reviewer = office.signed_in("reviewer-a")
    reviewer.get("/tips")
    for one in (tip, kept):
        assert give(reviewer, one, A) == 303
    office.keeper().append(office.world.sign("conflicts", "reviewer-a", member=A, add=["u4"]))
    assert office.row(tip).assignee == A
    look_at_clocks(office.database, office.keeper(), office.clock)
    assert [assignee(office, one) for one in (tip, kept)] == ["", A]


# --- taking, giving, giving back


def test_taking_giving_and_giving_back_read_nothing(office: Office) -> None:
    tip = office.put_tip()
    reviewer = office.signed_in("reviewer-a")
    reviewer.get("/tips")
    size = office.log_size()
    for to in (A, B, ""):
        answer = reviewer.post(f"/tips/{tip.hex()}", {"assign": to})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/tips/{tip.hex()}?done=assign")
        assert assignee(office, tip) == to
    assert office.log_size() == size + 3


def test_ones_own_tip_is_read_for_what_its_state_asks(office: Office) -> None:
    tip = walk(office, TipState.TRIAGE)
    reviewer = english(office.signed_in("reviewer-a"))
    assert reviewer.read(tip, "work").status_code == 422  # it is nobody's yet
    assert give(reviewer, tip, A) == 303
    before = reviewer.get(f"/tips/{tip.hex()}").text
    assert "Log and read: Triage" in before
    assert 'name="purpose" value="work"' in before
    assert "for: Triage" in reviewer.read(tip, "work").text
    walk(office, TipState.VERIFYING, other := office.put_tip())
    assert give(reviewer, other, A) == 303
    assert "for: Verification" in reviewer.read(other, "work").text


def test_an_excluded_member_gives_and_takes_nothing(office: Office) -> None:
    tip = office.put_tip(unit=UnitId("u3"))
    office.signed_in("reviewer-a").get("/tips")
    colleague = office.signed_in("reviewer-b")
    unknown = colleague.post(f"/tips/{'0' * 32}", {"assign": B})
    answer = colleague.post(f"/tips/{tip.hex()}", {"assign": B})
    assert (answer.status_code, answer.data) == (404, unknown.data)


# --- handing over


def test_a_hand_over_gives_what_is_ticked_by_one_statement_and_can_be_taken_back(office: Office) -> None:
    mine = mine_of(office, 3)
    reviewer, colleague = english(office.signed_in("reviewer-a")), english(office.signed_in("reviewer-b"))
    for staff in (reviewer, colleague):
        staff.get("/tips")
    page = reviewer.get("/tips/hand-over").text
    assert all(handle(tip.hex()) in page for tip in mine)
    size = office.log_size()
    ticked = [tip.hex() for tip in mine[:2]]
    answer = reviewer.post("/tips/hand-over", {"of": A, "tips": ticked, "to": B})
    assert (answer.status_code, office.log_size()) == (200, size + 1)
    assert "2 tips have gone to reviewer-b" in answer.text
    assert [assignee(office, tip) for tip in mine] == [B, B, A]
    answer = reviewer.post("/tips/hand-over", {"of": B, "tips": ticked, "to": A})
    assert answer.status_code == 200
    assert [assignee(office, tip) for tip in mine] == [A, A, A]


def test_a_hand_over_ticks_nothing_beforehand_and_all_of_it_only_when_asked(office: Office) -> None:
    mine = mine_of(office, 3)
    reviewer = office.signed_in("reviewer-a")
    reviewer.get("/tips")
    size = office.log_size()
    assert reviewer.get("/tips/hand-over").text.count(" checked") == 0
    assert reviewer.get("/tips/hand-over?tick=all").text.count(" checked") == len(mine)
    refused = reviewer.post("/tips/hand-over", {"of": A, "tips": mine[0].hex(), "to": ""})
    assert refused.text.count(" checked") == 1  # what was ticked stays ticked after an error
    assert reviewer.post("/tips/hand-over?tick=all", {"of": A, "to": B}).status_code == 422
    assert [assignee(office, tip) for tip in mine] == [A, A, A]
    assert office.log_size() == size


def test_what_a_colleague_may_not_have_stays(office: Office) -> None:
    tips = mine_of(office, 1)
    excluding = office.put_tip(unit=UnitId("u3"))
    reviewer = english(office.signed_in("reviewer-a"))
    reviewer.get("/tips")
    assert give(reviewer, excluding, A) == 303
    ticked = [tips[0].hex(), excluding.hex()]
    answer = reviewer.post("/tips/hand-over", {"of": A, "tips": ticked, "to": B})
    assert answer.status_code == 200
    stayed = answer.text.split("may not have them")[1].split("</div>")[0]
    assert handle(excluding.hex()) in stayed
    assert handle(tips[0].hex()) not in stayed
    assert (assignee(office, tips[0]), assignee(office, excluding)) == (B, A)


def test_a_hand_over_shows_nothing_that_excludes_whoever_looks(office: Office) -> None:
    excluding = office.put_tip(unit=UnitId("u3"))
    reviewer, colleague = office.signed_in("reviewer-a"), office.signed_in("reviewer-b")
    reviewer.get("/tips")
    colleague.get("/tips")
    assert give(reviewer, excluding, A) == 303
    page = colleague.get("/tips/hand-over", query_string={"of": A}).text
    assert handle(excluding.hex()) not in page
    fields = {"of": A, "tips": [excluding.hex()], "to": B}
    assert colleague.post("/tips/hand-over", fields).status_code == 422
    assert assignee(office, excluding) == A


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"to": B}, 422), ({"to": "", "tips": "x"}, 422), ({"to": A, "tips": "x"}, 422), ({"to": "m1"}, 422)],
)
def test_a_hand_over_to_nobody_or_of_nothing_is_refused(
    office: Office, fields: dict[str, str], status: int
) -> None:
    reviewer = office.signed_in("reviewer-a")
    reviewer.get("/tips")
    assert reviewer.post("/tips/hand-over", {"of": A, **fields}).status_code == status


def mine_of(office: Office, number: int) -> list[TipId]:
    """Tips that reviewer-a has taken."""
    tips = [office.put_tip() for _ in range(number)]
    office.signed_in("reviewer-a").get("/tips")
    fields = {"desk": "intake", "tips": sorted(tip.hex() for tip in tips), "to": A}
    office.keeper().append(office.world.sign("assign", "reviewer-a", **fields))
    settle(office)
    return tips
