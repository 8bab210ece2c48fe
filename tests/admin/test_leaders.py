"""The leaders' page: counts of five and more, for leaders and auditors alone, and no tip in it."""

import csv
import re
from collections import Counter
from datetime import date, timedelta
from io import BytesIO
from urllib.parse import quote

import openpyxl
import pytest
from sqlalchemy import insert, update

from admin.leaders.chart import LABELS, NUMBERS, ROW, WIDTH, bars
from admin.leaders.figures import STATES, Row, figures_of
from tests.admin.conftest import TOKEN, Office, Staff, wrapped
from tests.admin.printing import english
from tests.admin.walking import new_item, settle, step
from tests.world import UNITS, member_body, member_id
from tipline.accounts.models import Account
from tipline.keeper_client.figures import LoggedFigures
from tipline.tips.models import Tip
from tipline.tips.moves import Outcome, TipState

SUNDAY = date(2026, 3, 1)
DAY = 86_400
CELL = re.compile(r'<td class="number">([^<]*)</td>')


def page(office: Office) -> str:
    """Every byte of the figures in a new session of the leader's, but for the tokens of its forms."""
    answer = office.signed_in("head").get("/leaders")
    assert answer.status_code == 200
    return TOKEN.sub("", answer.text)


@pytest.fixture
def leader(office: Office) -> Staff:
    """A browser of somebody who leads and holds no desk."""
    members, sign = office.services.members, office.world.sign
    members.carry_out(sign("member", "registrar", member=member_body("head", "u1")))
    members.carry_out(
        sign("role", "registrar", "integrity", member=member_id("head"), role="leader", held=True)
    )
    with office.database.writing() as session:
        row = {"member_id": member_id("head"), "name": "head", "name_salt": b"", "last_step": 0}
        session.execute(insert(Account), [{**row, "wrapped": wrapped("auditor")}])
    return office.signed_in("head")


@pytest.mark.parametrize("name", ["registrar", "reviewer-a", "integrity", "protection", "custodian-1"])
def test_nobody_but_leaders_and_auditors_sees_figures(office: Office, name: str) -> None:
    assert office.signed_in(name).get("/leaders").status_code == 403
    assert office.signed_in("auditor").get("/leaders").status_code == 200


def test_a_leader_comes_to_the_figures_and_to_no_tip(office: Office, leader: Staff) -> None:
    tip = office.put_tip()
    assert leader.get("/").location == "/leaders"
    assert leader.get("/leaders").status_code == 200
    assert leader.get("/tips").status_code == 403
    assert leader.get(f"/tips/{tip.hex()}").status_code == 403
    assert leader.get("/log").status_code == 403


def test_who_leads_no_longer_sees_no_figures_from_the_next_page_on(office: Office, leader: Staff) -> None:
    taken = {"member": member_id("head"), "role": "leader", "held": False}
    office.services.members.carry_out(office.world.sign("role", "registrar", "integrity", **taken))
    assert leader.get("/leaders").status_code == 403


def test_the_page_names_no_tip_no_unit_and_no_member(office: Office, leader: Staff) -> None:
    tips = [office.put_tip() for _ in range(6)]
    shown = leader.get("/leaders").text.split("<main", 1)[1]
    hidden = [tip.hex()[:4] for tip in tips] + [f"Unit {unit}" for unit in UNITS] + ["reviewer-a"]
    assert [word for word in hidden if word in shown] == []
    assert "style=" not in shown
    assert "<script" not in shown


def test_every_number_on_the_page_is_a_five_or_says_that_it_is_fewer(office: Office, leader: Staff) -> None:
    tips = [office.put_tip() for _ in range(7)]
    office.clock.advance(7 * DAY)
    with office.database.writing() as session:
        session.execute(update(Tip).where(Tip.id == tips[0]).values(arrived_on=date(2025, 1, 1)))
    cells = CELL.findall(page(office))
    assert cells.count("5") == 2  # six of them, and together
    assert all(cell == "0–4" or int(cell) % 5 == 0 for cell in cells)


def test_no_small_count_follows_from_those_beside_it() -> None:
    logged = LoggedFigures(
        kept=Counter({("2026-03", "triage"): 14}),
        missed=Counter({("2026-03", "triage"): 1}),
        outcomes=Counter({("2026-1", "true"): 4, ("2026-1", "referred"): 9}),
        days=Counter({3: 4, 20: 4, 40: 4, 200: 1}),
    )
    found = figures_of([], logged, SUNDAY)
    assert found.months[0].states[TipState.TRIAGE].parts == (10, 0)
    assert found.quarters[0].outcomes.parts == (0, 0, 0, 5)
    assert found.times.parts == (0, 0, 0, 0)
    assert found.times.total <= 10


def test_months_and_quarters_go_back_over_the_year_and_every_state_has_its_line() -> None:
    found = figures_of([], LoggedFigures(), date(2026, 2, 1))
    names = ["2026-02", "2026-01", "2025-12", "2025-11", "2025-10", "2025-09"]
    assert [month.name for month in found.months] == names
    quarters = [(quarter.year, quarter.number) for quarter in found.quarters]
    assert quarters == [(2026, 1), (2025, 4), (2025, 3), (2025, 2)]
    for month in found.months:
        assert tuple(month.states) == STATES  # an absent line would say that there was nothing, or something
    assert all(len(quarter.outcomes.parts) == len(Outcome) for quarter in found.quarters)


def test_open_tips_are_counted_by_age_and_as_they_stood_on_the_last_day() -> None:
    ages = [0] * 5 + [8] * 5 + [30] * 5 + [91] * 5
    days = [SUNDAY - timedelta(days=age) for age in ages]
    rows = [Row(f"{tip:032x}", day, is_open=tip < 15) for tip, day in enumerate(days)]
    assert figures_of(rows, LoggedFigures(), SUNDAY).ages.parts == (5, 10, 0, 0)
    turned = {rows[0].tip: False, **{row.tip: True for row in rows[15:]}}
    assert figures_of(rows, LoggedFigures(open_then=turned), SUNDAY).ages.parts == (0, 10, 0, 5)


def test_tips_that_came_or_changed_since_change_no_byte_of_the_page(office: Office, leader: Staff) -> None:
    """Nobody brings a count to where it flips, and sees the next arrival."""
    old = [office.put_tip() for _ in range(5)]
    office.clock.advance(6 * DAY)  # a Monday
    before = page(office)
    assert "2026-03-08" in before
    assert CELL.findall(before).count("5") >= 2
    for day in range(6):
        office.put_tip()
        office.clock.advance(DAY if day < 5 else 0)
    office.signed_in("reviewer-a").get("/tips")
    step(office, old[0], "received", "screening")
    spam = {"desk": "intake", "tips": [old[1].hex()], "reason": new_item()}
    office.keeper().append(office.world.sign("close-spam", "reviewer-a", **spam))
    settle(office)
    assert office.row(old[1]).state == "closed"
    assert page(office) == before
    office.clock.advance(2 * DAY)
    assert page(office) != before


def test_who_may_not_see_the_figures_gets_no_file_of_them(office: Office) -> None:
    for name in ("registrar", "reviewer-a", "integrity", "protection"):
        assert office.signed_in(name).get("/leaders/figures.xlsx").status_code == 403
    staff = office.signed_in("auditor")
    unknown = staff.get("/leaders/figures.xlsm"), staff.get("/nowhere")
    assert unknown[0].status_code == 404
    assert unknown[0].data == unknown[1].data


def test_the_files_say_what_the_page_says_and_no_more(office: Office, leader: Staff) -> None:
    for _ in range(7):
        office.put_tip()
    office.clock.advance(7 * DAY)
    staff = english(office.signed_in("head"))
    shown = Counter(CELL.findall(staff.get("/leaders").text))
    book = openpyxl.load_workbook(BytesIO(staff.get("/leaders/figures.xlsx").data))
    cells = [cell for sheet in book for row in sheet.iter_rows(min_row=2) for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    numbers = Counter(str(cell.value) for cell in cells if str(cell.value) in shown)
    assert numbers == shown
    assert "5" in shown
    text = staff.get("/leaders/figures.csv").data.decode("utf-8-sig")
    assert Counter(value for row in csv.reader(text.splitlines()) for value in row if value in shown) == shown


def test_the_files_do_not_move_when_the_page_does_not(office: Office, leader: Staff) -> None:
    for form in ("xlsx", "csv"):
        before = english(office.signed_in("head")).get(f"/leaders/figures.{form}").data
        office.put_tip()
        assert english(office.signed_in("head")).get(f"/leaders/figures.{form}").data == before


def test_a_file_of_figures_is_an_attachment_with_an_encoded_name(office: Office, leader: Staff) -> None:
    for form in ("xlsx", "csv"):
        answer = leader.get(f"/leaders/figures.{form}")
        plain = f"figures-2026-03-01.{form}"
        encoded = quote(f"数据 2026-03-01.{form}")
        said = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
        assert answer.headers["Content-Disposition"] == said
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_longest_bar_fills_its_room_and_nothing_leaves_the_picture() -> None:
    assert [bar.length for bar in bars([0, 0]).bars] == [0, 0]
    drawn = bars([5, 100, 0])
    room = WIDTH - LABELS - NUMBERS
    assert [bar.length for bar in drawn.bars] == [room * 5 // 100, room, 0]
    assert all(bar.top + 18 <= drawn.height == 3 * ROW for bar in drawn.bars)
