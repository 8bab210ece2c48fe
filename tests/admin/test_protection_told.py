"""Cases that stay with the desk that protects: what the desk above sees of them, and who does not."""

import pytest
from werkzeug.test import TestResponse

from tests.admin.conftest import Office, Staff, hidden_state
from tests.admin.protecting import CANARY, DANGER, ENGLISH, FIRST, SECOND, Desk, alias
from tests.admin.test_protection import NOWHERE, seen
from tests.world import PEOPLE, member_id
from tipline.deadlines.look import look_at_clocks
from tipline.ids import TipId, UnitId
from tipline.protection.asking import Group
from tipline.tips.categories import Urgency

ABOVE = "integrity"
UNIT_ABOVE = UnitId(next(one.unit for one in PEOPLE if one.name == ABOVE))


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk.of(office)


def looked(desk: Desk) -> None:
    """The hourly job, until there is nothing more to state; then everybody signs in anew."""
    while look_at_clocks(desk.office.database, desk.office.keeper(), desk.office.clock):
        pass
    desk.browsers.clear()


def above(desk: Desk) -> Staff:
    """A member of the desk above."""
    return desk.browser(ABOVE)


def told(desk: Desk, group: Group = Group.WITNESS, **changes: object) -> TipId:
    """A case whose danger nobody took up within the hour."""
    case = desk.case(group, urgency=Urgency.DANGER, **changes)
    desk.office.clock.advance(3 * 3_600)
    looked(desk)
    return case


def section(desk: Desk) -> str:
    """What the desk above sees of cases that are not its own."""
    page = above(desk).get("/protection", headers=ENGLISH).text
    return page.partition('id="told"')[2].partition("</section>")[0]


def opened(desk: Desk, case: TipId, by: str = ABOVE, **fields: str) -> TestResponse:
    return desk.post(case, by, **(fields or {"purpose": "protection"}))


# ------------------------------------------------------------------ who does not see it


def test_the_desk_above_sees_no_case_of_which_it_was_not_told(desk: Desk) -> None:
    case = desk.case()
    assert case.hex() not in above(desk).get("/protection?state=all").text
    unknown = seen(above(desk).get(f"/protection/{NOWHERE}"))
    assert seen(above(desk).get(f"/protection/{case.hex()}")) == unknown
    desk.office.change("UPDATE tips SET level = 2, desk = 'intake' WHERE id = :id", id=case)
    assert case.hex() not in above(desk).get("/protection?state=all").text
    assert seen(above(desk).get(f"/protection/{case.hex()}")) == unknown


def test_an_excluded_member_above_gets_the_page_of_an_unknown_case_byte_for_byte(desk: Desk) -> None:
    case = told(desk, exclude=(UNIT_ABOVE,))
    assert desk.page(case).status_code == 200
    staff, known, unknown = above(desk), f"/protection/{case.hex()}", f"/protection/{NOWHERE}"
    assert section(desk) == ""
    for tail in ("", "/identity", "/letter/clearing"):
        assert seen(staff.get(known + tail)) == seen(staff.get(unknown + tail))
    assert staff.get(known).status_code == 404
    for fields in ({"purpose": "protection"}, {"assign": ""}, {"step": "note", "note": "x", "state": "y"}):
        assert seen(staff.post(known, fields)) == seen(staff.post(unknown, fields))


def test_a_tip_that_went_above_is_no_case_there(desk: Desk) -> None:
    tip = desk.office.put_tip(urgency=Urgency.DANGER)
    desk.office.clock.advance(3 * 3_600)
    looked(desk)
    desk.office.change("UPDATE tips SET desk = 'protection', state = 'asked' WHERE id = :id", id=tip)
    assert section(desk) == ""
    unknown = seen(above(desk).get(f"/protection/{NOWHERE}"))
    assert seen(above(desk).get(f"/protection/{tip.hex()}")) == unknown


# ------------------------------------------------------------------ who does


def test_an_escalated_case_stays_with_those_who_know_the_person(desk: Desk) -> None:
    case = told(desk)
    for name in (FIRST, SECOND):
        assert alias(case) in desk.browser(name).get("/protection", headers=ENGLISH).text
        assert CANARY in desk.read(case, name).text
    desk.done(case, "danger", **DANGER)
    assert desk.office.row(case).desk == "protection"
    assert CANARY in opened(desk, case).text


def test_the_desk_above_sees_what_was_missed_and_since_when_without_a_card_or_an_entry(desk: Desk) -> None:
    hour = told(desk)
    day = desk.case()
    desk.reach(day, "protected")
    desk.done(day, "watch", case_watch="2")
    due = desk.office.keeper().states([day.hex()])[day.hex()].case.watch_due
    for _ in range(2):  # to the desk's lead, and then above
        desk.office.clock.advance(5 * 86_400)
        looked(desk)
    above(desk).get("/protection")
    size = desk.office.log_size()
    shown = section(desk)
    assert desk.office.log_size() == size
    assert "In danger, and nobody took it up" in shown.partition(day.hex())[0]
    assert shown.index(hour.hex()) < shown.index(day.hex())
    line = shown.partition(day.hex())[2].partition("</tr>")[0]
    assert "Not heard from" in line
    assert due is not None
    assert due.isoformat() in line
    assert alias(day, "Case") in line
    for group in ("Witness", "Threats"):
        assert group not in shown


def test_before_a_reading_the_desk_above_is_shown_no_group_and_after_it_reads_by_its_own_slips(
    desk: Desk,
) -> None:
    case = told(desk)
    before = above(desk).get(f"/protection/{case.hex()}", headers=ENGLISH).text
    assert alias(case, "Case") in before
    for hidden in (alias(case), "Witness", CANARY, "Threats"):
        assert hidden not in before
    after = opened(desk, case).text
    assert CANARY in after
    assert alias(case) in after
    assert opened(desk, case, assign=member_id(ABOVE)).status_code == 303


def test_the_desk_above_can_act_on_what_it_was_told_of(desk: Desk) -> None:
    case = told(desk, Group.OFFICER)
    page = opened(desk, case)
    answer = opened(desk, case, state=hidden_state(page), step="danger", **DANGER)
    assert 'class="notice"' in answer.text
    assert desk.state(case) == "assessing"
    assert desk.office.row(case).desk == "protection"
    assert "Nothing now" in section(desk)


# ------------------------------------------------------------------ columns written by hand


def test_a_state_written_by_hand_hides_no_case(desk: Desk) -> None:
    case = desk.case()
    desk.reach(case, "assessing")
    change = "UPDATE tips SET state = 'closed', due_on = '9999-12-31' WHERE id = :id"
    desk.office.change(change, id=case)
    page = desk.browser().get("/protection", headers=ENGLISH).text
    assert alias(case) in page.partition("<tbody>")[2]
    assert desk.page(case).status_code == 200
    desk.office.clock.advance(9 * 86_400)
    desk.browsers.clear()
    assert alias(case) in desk.browser().get("/protection?due=overdue", headers=ENGLISH).text
    looked(desk)
    assert desk.office.row(case).state == "assessing"
