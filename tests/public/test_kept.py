"""The page on what is kept states the keeper's terms, whatever two people set."""

import re

from tests.public.instance import Instance
from tests.public.visitor import Visitor
from tipline.deadlines import TERMS, Clocks
from tipline.public.pages.keeping import ENDINGS, OF_PROTECTION, periods, protection_period, record_period

ROW = re.compile(r'<tr><th scope="row">([^<]+)</th><td>([^<]+)</td></tr>')


def test_every_term_of_keeping_is_in_a_line() -> None:
    named = {name for names in (*ENDINGS.values(), OF_PROTECTION) for name in names}
    assert {name for name in TERMS if name.startswith("keep-")} <= named <= TERMS.keys()


def test_the_page_states_what_the_keeper_does(instance: Instance) -> None:
    assert [time for _, time in ROW.findall(Visitor(instance.app).get("/kept").text)] == [
        "60 days",
        "1 year",
        "3 years",
        "5 years",
    ]
    chinese = Visitor(instance.app, language="zh-CN").get("/kept").text
    assert [time for _, time in ROW.findall(chinese)] == ["60 天", "1 年", "3 年", "5 年"]


def test_the_page_says_how_long_the_record_of_readings_stays(instance: Instance) -> None:
    page = Visitor(instance.app).get("/kept").text
    assert "is erased after 5 years." in page
    assert record_period(Clocks(set_days={"statement": 1})).days == 365


def test_the_page_says_how_long_a_protection_case_stays(instance: Instance) -> None:
    assert "is kept for 5 years after the protection has ended" in Visitor(instance.app).get("/kept").text
    assert protection_period(Clocks(set_days={"keep-protection": 10, "objection": 90})).days == 90


def test_no_period_is_said_shorter_than_it_is() -> None:
    for days in (1, 59, 364, 365, 366, 400, 730, 1095, 1460, 1461, 1826, 1830):
        set_days = dict.fromkeys(("keep-not-established", "objection"), days)
        found = periods(Clocks(set_days=set_days))[1]
        assert found.days == days
        assert found.years == 0 or 0 <= days - 365 * found.years <= found.years // 4


def test_a_window_for_objections_that_is_longer_counts() -> None:
    assert periods(Clocks(set_days={"objection": 90}))[0].days == 90
