"""/rewards/ledger over a real keeper: who sees what, that the money adds up, and that differences are red."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import openpyxl
import pytest

from tests.admin.conftest import Staff
from tests.admin.paying import FIRST, SECOND, Counter, counter
from tests.keeper.rewards.till import OTHER, POINT
from tests.world import member_id
from tipline.keeper_client.public import Pickup
from tipline.keeper_client.rewards import Lines, Rewards
from tipline.rewards.reconciling import Difference, Where

PAGES = ("/rewards/ledger", "/rewards/ledger/days")
CELLS = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
RED = "difference between the keeper's rows and the log"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """Five awards collected; a day later two codes paid, and one of the payments taken back."""
    with counter(tmp_path_factory.mktemp("ledger")) as made:
        vouchers = made.crowd()
        made.pass_days(1)
        for name in (FIRST, SECOND):
            made.sit(name)
        first, second = made.till.redeem(vouchers[0]), made.till.redeem(vouchers[1], POINT)
        made.paid(first)
        made.paid(second)
        _take_back(made, second)
        made.pass_days(1)
        made.office.keeper().rewards.look()
        yield made


def _take_back(made: Counter, pickup: Pickup) -> None:
    made.till.undo(made.named(pickup), 500, "clerk-3", "approver")


def rows(page: str) -> list[list[str]]:
    """The cells of every line of a page's tables, without markup."""
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in CELLS.findall(row)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)
    ]


def shown(office: Counter, name: str, path: str = "/rewards/ledger") -> str:
    """A page as a member sees it."""
    answer = office.browser(name).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


# ------------------------------------------------------------------ who sees what


@pytest.mark.parametrize("name", ["registrar", "reviewer-b", "custodian-1", "integrity", FIRST])
def test_nobody_without_a_part_in_rewards_sees_the_ledger(office: Counter, name: str) -> None:
    staff = office.browser(name)
    for path in (*PAGES, "/rewards/ledger/entries"):
        assert staff.get(path).status_code == 403
    assert staff.post("/rewards/ledger/file", {"form": "xlsx"}).status_code == 403


def test_who_leads_sees_sums_and_no_line(office: Counter) -> None:
    page = shown(office, "chief")
    assert "All agrees." in page
    assert ["2026", "100,000", "2,500", "0", "97,500"] in rows(page)
    assert "Mint keys" not in page
    assert "per month" not in page
    assert re.search(r"/rewards/\d", page) is None
    assert office.browser("chief").get("/rewards/ledger/days").status_code == 403
    assert office.browser("chief").get("/rewards/ledger/entries").status_code == 403


def test_the_log_is_handed_out_to_auditors_alone(office: Counter) -> None:
    for name in ("verifier", "approver", "reviewer-a"):
        assert office.browser(name).get("/rewards/ledger/entries").status_code == 403
    page = shown(office, "auditor", "/rewards/ledger/entries")
    assert "clerk-1" in page
    assert "verifier" in page


def test_looking_as_an_auditor_is_an_entry(office: Counter) -> None:
    for path in ("/rewards/ledger/days", "/rewards/ledger/entries"):
        before = office.office.log_size()
        shown(office, "auditor", path)
        assert office.office.log_size() > before
    assert "ledger of rewards" in shown(office, "auditor", "/log?type=audit")


def test_auditors_see_the_exact_crowd_and_others_a_word(office: Counter) -> None:
    key = "2026 · 500 yuan"
    assert [row[1] for row in rows(shown(office, "auditor")) if row[0] == key] == ["5"]
    assert [row[1] for row in rows(shown(office, "approver")) if row[0] == key] == [
        "few, and paid all the same"
    ]
    assert [row[-1] for row in rows(shown(office, "approver")) if row[0] == key] == ["opened by two people"]


def test_no_page_of_the_ledger_names_a_tip_or_joins_an_award_to_a_voucher(office: Counter) -> None:
    tips = [one.award.tip for one in office.office.keeper().rewards.each_standing(None)]
    for path in PAGES:
        for name in ("auditor", "approver", "verifier", "reviewer-a"):
            page = shown(office, name, path)
            assert [tip for tip in tips if tip in page or tip[:4] + "-" in page] == []
            assert "because there is no such link" in page
    for row in rows(shown(office, "auditor", "/rewards/ledger/days")):
        if len(row) == 7 and row[2].isdigit():
            assert (row[3], row[4], row[6]) == ("", "", "")


# ------------------------------------------------------------------ the money


def test_the_ledger_by_day_shows_what_happened(office: Counter) -> None:
    lines = [row for row in rows(shown(office, "auditor", "/rewards/ledger/days")) if len(row) == 7][1:]
    assert ["2026-03-03", "Vouchers minted", "", "2026 · 500 yuan", "5", "2,500", ""] in lines
    assert ["2026-03-04", "Vouchers presented", "", "2026 · 500 yuan", "2", "1,000", ""] in lines
    assert ["2026-03-04", "Vouchers paid", "", "2026 · 500 yuan", "1", "500", f"Point {POINT}"] in lines
    taken_back = ["2026-03-04", "Counter-entry: payment taken back", "", "500 yuan", "1", "500", ""]
    assert taken_back in lines
    # What was paid and taken back stands there twice, so that the lines add up.
    assert ["2026-03-04", "Vouchers paid", "", "500 yuan", "1", "500", f"Point {POINT}"] in lines
    assert taken_back not in rows(shown(office, "approver", "/rewards/ledger/days"))
    granted = [row for row in lines if row[1] == "Award granted"]
    assert [row[2] for row in granted] == [str(award) for award in office.awards]


def test_a_filter_stands_in_the_address_and_shows_its_sum(office: Counter) -> None:
    page = shown(office, "approver", "/rewards/ledger/days?kind=collected&from=2026-03-01")
    assert {row[1] for row in rows(page) if len(row) == 7} == {"What", "Award collected"}
    assert ["Award collected", "", "2,500"] in rows(page)
    assert "No line fits." in shown(office, "approver", "/rewards/ledger/days?kind=settled")
    assert "No line fits." in shown(office, "approver", "/rewards/ledger/days?page=99")


def test_the_sums_are_even_and_the_same_for_everybody(office: Counter) -> None:
    facts = re.compile(r"<dt>([^<]+)</dt><dd>([\d,]+)</dd>")
    for name in ("auditor", "approver", "chief"):
        page = shown(office, name)
        assert dict(facts.findall(page)) == {
            "Budget": "100,000",
            "Balance": "97,500",
            "Set aside": "0",
            "Vouchers out": "2,000",
            "Paid": "500",
        }
        assert "The sum is right." in page


def test_what_was_collected_today_shows_when_the_day_is_over(office: Counter) -> None:
    granted = office.granted()
    before = [shown(office, "auditor", path) for path in PAGES]
    office.till.mint(granted)
    after = [shown(office, "auditor", path) for path in PAGES]
    assert [_still(page) for page in after] == [_still(page) for page in before]
    office.pass_days(1)
    number = str(granted.award.index)
    lines = rows(shown(office, "auditor", "/rewards/ledger/days?kind=collected"))
    assert number in [row[2] for row in lines if len(row) == 7]


def _still(page: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)


# ------------------------------------------------------------------ rows and log


def test_the_keeper_finds_no_difference_between_rows_and_log(office: Counter) -> None:
    page = shown(office, "auditor")
    assert "All agrees." in page
    moment = office.office.clock.now().strftime("%Y-%m-%d %H:%M")
    assert f"on {moment} UTC" in page


@pytest.mark.parametrize("where", list(Where))
def test_every_difference_is_red_with_what_to_do(office: Counter, where: Where) -> None:
    found = office.office.keeper().rewards.money()
    name = {Where.SHEET: "", Where.AWARD: "7", Where.BUDGET: "2026"}.get(where, "2026-500")
    wrong = replace(found, differences=(Difference(where, name, "rows say 6", "log says 5"),), different=1)
    with patch.object(Rewards, "money", lambda self: wrong):
        pages = {name: shown(office, name) for name in ("auditor", "approver", "chief")}
    for page in pages.values():
        assert "1 " + RED in page
        assert "All agrees." not in page
        [red] = re.findall(r'<ul class="reds">(.*?)</ul>', page, re.DOTALL)
        assert re.search(r"<p>[A-Z][^<]{40,}</p>", red)
        assert re.search(r"<h2>[A-Z][^<]{9,}", red)
    assert "rows say 6" in pages["auditor"]
    assert ("rows say 6" in pages["chief"]) is (where not in (Where.AWARD, Where.LOG))


# ------------------------------------------------------------------ as a file


def file(staff: Staff, form: str = "xlsx") -> openpyxl.Workbook:
    """The spreadsheet, opened."""
    answer = staff.post("/rewards/ledger/file", {"form": form})
    assert answer.status_code == 200, answer.text
    return openpyxl.load_workbook(BytesIO(answer.data))


def test_the_spreadsheet_holds_what_the_pages_show(office: Counter) -> None:
    book = file(office.browser("auditor"))
    values = [[cell for cell in row if cell is not None] for sheet in book for row in sheet.values]
    assert ["2026-03-04", "Vouchers paid", 2026, 500, 1, 500, f"Point {POINT}"] in [
        [cell for cell in row if cell != ""] for row in values
    ]
    assert ["Budget", 100_000] in values
    assert any("All agrees." in map(str, row) for row in values)
    leader = [list(row) for sheet in file(office.browser("chief")) for row in sheet.values]
    assert not any("Vouchers paid" in map(str, row) for row in leader)


def test_a_spreadsheet_holds_no_formula_whatever_a_point_is_called(office: Counter) -> None:
    lines = {"zh": "=1+1", "en": "=1+1"}
    point = {"id": OTHER, "names": lines, "places": lines, "unit": "u9", "recipient": "", "open": True}
    world = office.office.world
    office.till.client.append(world.sign("point", "registrar", "registrar-2", point=point))
    for name in (FIRST, SECOND):
        office.sit(name, OTHER)
    voucher = office.till.mint(office.granted())[0]
    assert "Hand the cash over." in office.paid(office.till.redeem(voucher, OTHER)).text
    book = file(office.browser("auditor"))
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert {cell.value for cell in cells if "=1+1" in str(cell.value)} == {"'=1+1"}
    assert "f" not in {cell.data_type for cell in cells}


def awards_in(book: openpyxl.Workbook) -> list[int]:
    """The awards that were granted, line by line."""
    return [int(str(row[2])) for row in book["By day"].values if row[1] == "Award granted"]


def test_a_file_is_of_one_ledger_though_awards_are_granted_while_it_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin.ledger.service.AT_ONCE", 2)
    with counter(tmp_path / "growing") as growing:
        before = [growing.granted().award.index for _ in range(5)]
        asked, later = Rewards.lines, list[int]()

        def while_it_grows(*args: Any) -> Lines:
            found = asked(*args)
            if len(later) < len(before):
                with ThreadPoolExecutor(1) as others:  # people at other computers
                    later.append(others.submit(growing.granted).result().award.index)
            return found

        monkeypatch.setattr(Rewards, "lines", while_it_grows)
        assert awards_in(file(growing.browser("approver"))) == before
        assert len(later) > 1


def test_a_file_is_begun_anew_when_the_keeper_has_put_its_ledger_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin.ledger.service.AT_ONCE", 2)
    with counter(tmp_path / "away") as away:
        awards = [away.granted().award.index for _ in range(3)]
        kept = away.till.keeper._rewarding._selections._kept
        asked, times = Rewards.lines, list[int]()

        def put_away(*args: Any) -> Lines:
            found = asked(*args)
            times.append(len(found.lines))
            if len(times) == 1:
                kept.clear()
            return found

        monkeypatch.setattr(Rewards, "lines", put_away)
        assert awards_in(file(away.browser("approver"))) == awards
        assert times == [2, 2, 1]


def test_a_file_is_made_only_after_a_second_look(office: Counter) -> None:
    staff = office.office.signed_in("auditor")
    assert staff.post("/rewards/ledger/file", {"form": "xlsx"}).status_code == 428
    assert office.browser("auditor").post("/rewards/ledger/file", {"form": "exe"}).status_code == 404


def test_who_confirmed_a_payment_is_told_to_auditors_in_the_log(office: Counter) -> None:
    page = shown(office, "auditor", "/rewards/ledger/entries")
    assert f"/log/members/{member_id(SECOND)}" in page
