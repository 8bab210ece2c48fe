"""The list: what is counted and shown, in which order, by which filters, and what stays out of all of it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import update

from admin.queue.choice import Choice
from admin.queue.clear import count
from admin.queue.service import handle, looking
from tests.admin.conftest import TOKEN, Office, Staff
from tests.admin.visiting import keys_of, visit_of
from tests.world import member_id
from tipline.ids import TipId, UnitId
from tipline.tips.categories import Category, Official, Urgency
from tipline.tips.columns import NOTHING_DUE
from tipline.tips.models import Tip

TODAY: Final = date(2026, 3, 3)
YESTERDAY: Final = TODAY - timedelta(1)
ROW = re.compile(r'href="/tips/([0-9a-f]{32})"')
COUNT = re.compile(r'href="/tips([^"]*)"[^>]*>[^<]*<span class="count">(\d+)</span>')
ANSWERS: Final = ("unit", "exclude", "urgency", "category", "official", "language")
ENGLISH: Final = {"Accept-Language": "en"}


def shown(staff: Staff, query: str = "") -> list[str]:
    """The ids of the list's lines."""
    answer = staff.get(f"/tips{query}")
    assert answer.status_code == 200, answer.text
    return ROW.findall(answer.text)


def counts(staff: Staff) -> dict[str, int]:
    """The counts beside the list's links, by the link's query."""
    return {
        query.replace("&amp;", "&"): int(number) for query, number in COUNT.findall(staff.get("/tips").text)
    }


def put(office: Office, **columns: Any) -> TipId:
    """A tip whose columns in clear say this, as the log's statements would have them."""
    answers = {name: columns.pop(name) for name in ANSWERS if name in columns}
    tip = office.put_tip(**answers)
    if columns:
        with office.database.writing() as session:
            session.execute(update(Tip).where(Tip.id == tip).values(**columns))
    return tip


def at(hour: int) -> datetime:
    """An hour of today, in UTC as the column has it."""
    return datetime(2026, 3, 3, hour)  # noqa: DTZ001  the column has no zone


# ------------------------------------------------------------------ order


def test_overdue_stands_on_top_then_danger_by_the_hour_then_days_then_what_stands_still(
    office: Office,
) -> None:
    """It is noon. Each tip is one rank; the order in which they came is another."""
    ranks = {
        "still, long over": put(office, due_on=TODAY - timedelta(9), paused=True),
        "in a week": put(office, due_on=TODAY + timedelta(7)),
        "tomorrow": put(office, due_on=TODAY + timedelta(1)),
        "today": put(office, due_on=TODAY),
        "danger at three": put(office, due_on=TODAY, due_at=at(15)),
        "danger at one": put(office, due_on=TODAY, due_at=at(13)),
        "over since yesterday": put(office, due_on=TODAY - timedelta(1)),
        "over for five days": put(office, due_on=TODAY - timedelta(5)),
        "danger since ten": put(office, due_on=TODAY, due_at=at(10)),
    }
    expected = [ranks[name].hex() for name in (
        "danger since ten", "over for five days", "over since yesterday", "danger at one", "danger at three",
        "today", "tomorrow", "in a week", "still, long over",
    )]  # fmt: skip
    reviewer = office.signed_in("reviewer-a")
    assert shown(reviewer) == expected
    assert shown(reviewer, "?whose=nobody") == expected  # sorted by the database


def test_pages_of_the_plain_list_follow_one_another_without_gap(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin.queue.service.PAGE", 2)
    tips = [put(office, due_on=TODAY + timedelta(number % 3 - 1), paused=number == 4) for number in range(7)]
    tips.append(put(office, due_on=TODAY, due_at=at(9)))
    reviewer = office.signed_in("reviewer-a")
    paged = [tip for page in range(1, 5) for tip in shown(reviewer, f"?page={page}")]
    assert sorted(paged) == sorted(tip.hex() for tip in tips)
    assert shown(reviewer, "?page=99") == paged[6:]  # behind the end stands the last page


@pytest.mark.parametrize(
    ("sort", "columns", "answers"),
    [
        ("due", [{"due_on": TODAY + timedelta(day)} for day in (1, 2, 3)], [{}] * 3),
        ("age", [{"arrived_on": TODAY - timedelta(day)} for day in (9, 5, 1)], [{}] * 3),
        ("state", [{"state": state} for state in ("received", "triage", "verifying")], [{}] * 3),
        ("assignee", [{"assignee": name} for name in ("", "ma", "mb")], [{}] * 3),
        ("level", [{"level": level} for level in (2, 1, 0)], [{}] * 3),
        ("category", [{}] * 3, [{"category": Category(name)} for name in ("enforcers", "usury", "vice")]),
        ("unit", [{}] * 3, [{"unit": UnitId(unit)} for unit in ("", "u3", "u4")]),
    ],
)  # fmt: skip
def test_a_column_sorts_the_list_both_ways(
    office: Office, sort: str, columns: list[dict[str, Any]], answers: list[dict[str, Any]]
) -> None:
    tips = [put(office, **one, **other).hex() for one, other in zip(columns, answers, strict=True)]
    reviewer = office.signed_in("reviewer-a")
    assert shown(reviewer, f"?sort={sort}") == tips
    assert shown(reviewer, f"?sort={sort}&order=down") == tips[::-1]


def test_urgency_sorts_danger_first(office: Office) -> None:
    calm, danger = put(office), put(office, urgency=Urgency.DANGER, due_on=TODAY + timedelta(9))
    assert shown(office.signed_in("reviewer-a"), "?sort=urgency") == [danger.hex(), calm.hex()]


# ------------------------------------------------------------------ filters


@dataclass(frozen=True)
class Filter:
    """A filter, columns and answers of a tip that it keeps, and of one that it leaves out."""

    query: str
    kept: dict[str, Any]
    left_out: dict[str, Any]


@pytest.mark.parametrize(
    "case",
    [
        Filter("state=triage", {"state": "triage"}, {"state": "received"}),
        Filter("state=open", {"state": "triage"}, {"state": "closed"}),
        Filter("due=overdue", {"due_on": YESTERDAY}, {"due_on": YESTERDAY, "paused": True}),
        Filter("due=hour", {"due_at": at(14)}, {}),
        Filter("due=today", {"due_on": TODAY}, {"due_on": TODAY + timedelta(1)}),
        Filter("due=week", {"due_on": TODAY + timedelta(6)}, {"due_on": TODAY + timedelta(7)}),
        Filter("whose=mine", {"assignee": member_id("reviewer-a")}, {"assignee": member_id("reviewer-b")}),
        Filter("whose=nobody", {}, {"assignee": member_id("reviewer-b")}),
        Filter(f"whose={member_id('reviewer-b')}", {"assignee": member_id("reviewer-b")}, {}),
        Filter("level=escalated", {"level": 2}, {}),
        Filter("paused=yes", {"paused": True}, {}),
        Filter("paused=no", {}, {"paused": True}),
        Filter("age=7", {"arrived_on": TODAY - timedelta(7)}, {"arrived_on": TODAY - timedelta(6)}),
        Filter("urgency=danger", {"urgency": Urgency.DANGER}, {}),
        Filter("category=usury", {"category": Category.USURY}, {"category": Category.VICE}),
        Filter("category=none", {"category": Category.NOT_SURE}, {"category": Category.VICE}),
        Filter("unit=u3", {"unit": UnitId("u3")}, {"unit": UnitId("u4")}),
        Filter("official=none", {"official": Official.NOT_SAID}, {"official": Official.NO}),
        Filter("language=zh-Hans", {"language": "zh-Hans"}, {"language": "en"}),
        Filter("category=usury&unit=u4&state=triage", {"category": Category.USURY, "unit": UnitId("u4"),
               "state": "triage"}, {"category": Category.USURY, "unit": UnitId("u4")}),
    ],
    ids=lambda case: case.query,
)  # fmt: skip
def test_a_filter_leaves_what_it_says(office: Office, case: Filter) -> None:
    kept, left_out = put(office, **case.kept), put(office, **case.left_out)
    reviewer = office.signed_in("reviewer-a")
    assert shown(reviewer, f"?{case.query}") == [kept.hex()]
    assert "1 件举报" in reviewer.get(f"/tips?{case.query}").text
    assert {kept.hex(), left_out.hex()} == set(shown(reviewer, "?state=all"))


def test_what_is_new_from_the_reporter_is_what_came_after_the_last_reading(office: Office) -> None:
    tip, code = office.put_tip_with_code()
    other = office.put_tip()
    reviewer = office.signed_in("reviewer-a")
    assert shown(reviewer, "?news=yes") == []
    office.write_back(code, "One thing more")
    assert shown(reviewer, "?news=yes") == [tip.hex()]
    lines = reviewer.get("/tips", headers=ENGLISH).text.split("<tr")
    [line] = [line for line in lines if tip.hex() in line]
    assert "New from the reporter" in line
    [other_line] = [line for line in lines if other.hex() in line]
    assert "New from the reporter" not in other_line
    office.change("update tips set read_position = 99")
    assert shown(reviewer, "?news=yes") == []


def test_a_lead_finds_what_was_escalated_at_the_desks_they_lead(office: Office) -> None:
    visit = visit_of(office, "reviewer-a")
    tip = put(office, level=1)
    put(office)
    view = looking(visit, keys_of(visit))
    with office.database.reading() as session:
        assert count(session, view).escalated == 0
        led = type(view)(view.member, frozenset({"intake"}), view.keys, view.now)
        assert count(session, led).escalated == 1
    reviewer = office.signed_in("reviewer-a")
    assert shown(reviewer, "?level=mine") == []
    assert shown(reviewer, "?level=escalated") == [tip.hex()]
    assert "?level=mine" not in reviewer.get("/tips").text.replace("?level=mine&amp;", "")


def test_what_is_not_known_in_an_address_chooses_nothing(office: Office) -> None:
    tip = office.put_tip()
    reviewer = office.signed_in("reviewer-a")
    for query in (
        "?state=nowhere",
        "?sort=sealed",
        "?page=-1",
        "?page=x",
        "?age=1%20or%201",
        "?whose=É",
        "?unit='",
    ):
        assert shown(reviewer, query) == [tip.hex()]


def test_a_choice_comes_back_from_its_own_address() -> None:
    chosen = {"state": "triage", "unit": "u3", "sort": "age", "order": "down", "due": "week", "whose": "mine"}
    choice = Choice.read(chosen)
    assert choice.chosen == chosen
    assert "page=3" in choice.query(page=3)
    assert choice.filters == 3
    assert Choice.read({}).query() == ""


# ------------------------------------------------------------------ lines and counts


def test_a_line_says_how_late_whose_and_how_old(office: Office) -> None:
    put(office, due_on=TODAY - timedelta(3), assignee=member_id("reviewer-b"), level=1,
        arrived_on=TODAY - timedelta(12))  # fmt: skip
    put(office, assignee=member_id("reviewer-a"), paused=True, due_on=NOTHING_DUE)
    page = office.signed_in("reviewer-a").get("/tips", headers=ENGLISH).text
    for words in (
        "3 days over",
        "reviewer-b",
        "<strong>me</strong>",
        ">12<",
        "With the desk",
        "Clock stands still",
    ):
        assert words in page
    assert "9999" not in page


def test_a_name_that_the_log_does_not_know_is_not_shown(office: Office) -> None:
    put(office, assignee=member_id("reviewer-b"))
    office.change("update accounts set name = 'mallory' where name = 'reviewer-b'")
    page = office.signed_in("reviewer-a").get("/tips").text
    assert "mallory" not in page
    assert member_id("reviewer-b") in page


def test_counts_stand_beside_every_state_and_view(office: Office) -> None:
    put(office, state="triage", assignee=member_id("reviewer-a"))
    put(office, state="triage", due_on=TODAY - timedelta(1))
    put(office, due_at=at(10))
    put(office, state="closed", assignee=member_id("reviewer-a"), due_on=TODAY - timedelta(1))
    found = counts(office.signed_in("reviewer-a"))
    assert (found[""], found["?state=all"], found["?state=triage"], found["?state=closed"]) == (3, 4, 2, 1)
    assert (found["?whose=mine"], found["?whose=nobody"]) == (1, 2)
    assert (found["?due=overdue"], found["?due=hour"]) == (2, 1)


# ------------------------------------------------------------------ what an excluded member finds


PLACES: Final = (
    *("", "?state=all", "?category=village-tyrants", "?sort=unit", "?whose=nobody", "?due=week"),
    "/day",
)


def without_token(page: str) -> str:
    """A page without its form's token, which tells the second it was made in."""
    return TOKEN.sub("", page)


def test_an_excluded_members_list_filters_counts_and_day_hold_nothing_of_the_tip(office: Office) -> None:
    colleague, reviewer = office.signed_in("reviewer-b"), office.signed_in("reviewer-a")
    office.put_tip()  # so that the reviewer holds a key of the desk
    reviewer.get("/tips")
    plain = {place: without_token(reviewer.get(f"/tips{place}").text) for place in PLACES}
    hidden = office.put_tip(unit=UnitId("u2"), urgency=Urgency.DANGER)
    assert hidden.hex() in colleague.get("/tips").text
    assert {place: without_token(reviewer.get(f"/tips{place}").text) for place in PLACES} == plain
    found = reviewer.post("/tips", {"words": handle(hidden.hex())}).text
    assert hidden.hex() not in found


def test_a_row_put_back_by_hand_after_an_exclusion_is_neither_shown_nor_counted(office: Office) -> None:
    colleague, reviewer = office.signed_in("reviewer-b"), office.signed_in("reviewer-a")
    tip = office.put_tip()
    reviewer.get("/tips")
    before = office.row(tip)
    colleague.act(tip, colleague.read(tip), exclude="u2", reason="A cousin")
    office.change(
        "update tips set card_group = :group, card_version = :version, card_box = :box",
        group=before.card_group,
        version=before.card_version,
        box=before.card_box,
    )
    for _ in range(2):
        assert shown(reviewer, "?state=all") == []
        assert set(counts(reviewer).values()) == {0}
    assert tip.hex() in colleague.get("/tips").text  # listed again where its route says


# ------------------------------------------------------------------ the keyboard


def test_the_script_is_ours_allowed_on_the_list_alone_and_not_needed(office: Office) -> None:
    office.put_tip()
    reviewer = office.signed_in("reviewer-a")
    page = reviewer.get("/tips")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert re.findall(r"<script[^>]*>", page.text) == ['<script src="/static/queue.js" defer>']
    assert "script-src" not in reviewer.get("/tips/day").headers["Content-Security-Policy"]
