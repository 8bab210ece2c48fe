"""An auditor works through the log in a browser: who read what, alerts, what is held, witnesses, evidence."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.evidence import alone
from tests.journeys import browser as plain
from tests.journeys.conftest import trial_in
from tests.journeys.overseeing import WITNESS, let_a_night_pass, sign_second, witnessed
from tests.journeys.people import listed, read, report, sign_in
from tests.journeys.staff import Member, at_work
from tests.journeys.store import change, rows, tip_of
from tests.journeys.trial import Trial
from tests.journeys.windows import DESKTOP, Screen

TEXTS: Final = ("They take a fee from every stall.", "Lorries leave the quarry at night.")
BAIT: Final = "A grey van collects money at the east gate at the end of each month."
FOUND: Final = "It was the reviewer's turn: the tip had just come in."
ROOMS: Final = 12


@dataclass(frozen=True)
class Case:
    """Two tips of which one was read, a witness, and an auditor at a window without scripts."""

    trial: Trial
    auditor: Member
    reviewer: plain.Browser
    integrity: plain.Browser
    read: str

    def room(self, name: str) -> None:
        """Go to a room by the row of buttons."""
        if self.auditor.page.locator("nav.rooms").count() == 0:
            self.auditor.press("header a[href='/log']")
        self.auditor.press(f"nav.rooms a[href='/log{name}']")

    def line(self, *words: str) -> Locator:
        """The rows of the page's tables that say all of this."""
        found = self.auditor.page.locator("tbody tr")
        for each in words:
            found = found.filter(has_text=each)
        return found

    def sure(self, selector: str) -> None:
        """Press a button, and say again who it is where the page asks."""
        self.auditor.press(selector)
        if self.auditor.page.locator("#confirm_otp").count():
            self.auditor.confirm()

    def says(self, words: str) -> None:
        """The page says something."""
        expect(self.auditor.page.locator("main")).to_contain_text(words)


def handle(tip: str) -> str:
    return f"{tip[:4]}-{tip[4:8]}"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("auditor")
    with trial_in(folder) as trial:
        reviewer, registrar = sign_in(trial, "reviewer-a"), sign_in(trial, "registrar")
        tips = [tip_of(trial, report(plain.Browser(trial.public), text)).hex() for text in TEXTS]
        assert {f"/tips/{tip}" for tip in tips} == set(listed(reviewer))
        assert TEXTS[0] in read(reviewer, f"/tips/{tips[0]}").words
        integrity = sign_in(trial, "integrity")
        with witnessed(folder / "witness", trial, registrar, integrity):
            auditor = at_work(chromium, Screen(DESKTOP, "en", False, "198.51.100.195"), trial, "auditor")
            yield Case(trial, auditor, reviewer, integrity, tips[0])
            auditor.window.close()


def test_the_list_narrows_to_who_read_what_and_leads_to_their_day(case: Case) -> None:
    page = case.auditor.page
    case.room("")
    assert page.locator("nav.rooms a").count() == ROOMS
    page.locator("#filter select[name=type]").evaluate("each => { each.closest('details').open = true; }")
    page.locator("#filter select[name=type]").select_option("read")
    page.locator("#tip").fill(handle(case.read))
    case.auditor.press("#filter button")
    case.says("1 entry fits.")
    expect(case.line("reviewer-a", "Triage", handle(case.read))).to_have_count(1)
    case.auditor.press("tbody a[href^='/log/members/']")
    expect(case.line("reviewer-a", "Read", handle(case.read))).to_have_count(1)
    assert page.locator("svg.hours rect:is(.bar, .odd)").count() >= 1


def test_a_tips_life_names_who_could_have_read_it_and_who_did(case: Case) -> None:
    case.room("")
    case.auditor.press(f"tbody a.handle:text-is('{handle(case.read)}')")
    people = case.auditor.page.locator("table").first.locator("tbody tr").all()
    readings = {one.locator("th").inner_text(): one.locator("td").nth(2).inner_text() for one in people}
    assert readings == {"proposer": "0", "reviewer-a": "1", "reviewer-b": "0"}


def test_every_room_of_the_log_opens_and_leads_to_every_other(case: Case) -> None:
    case.room("")
    rooms = [str(each.get_attribute("href")) for each in case.auditor.page.locator("nav.rooms a").all()]
    for room in rooms:
        case.auditor.go(room)
        assert case.auditor.page.locator("nav.rooms a").count() == len(rooms), room
        assert case.auditor.page.locator("nav.rooms [aria-current]").get_attribute("href") == room


def test_the_chart_counts_the_readings_of_the_log(case: Case) -> None:
    [(logged,)] = rows(
        case.trial, "SELECT count(*) FROM entries WHERE type = 'read'", database="keeper/keeper.db"
    )
    case.room("/charts")
    table = case.auditor.page.locator("table.figures").first
    table.evaluate("each => { each.closest('details').open = true; }")
    counts = [int(each.inner_text()) for each in table.locator("td.number").all()]
    assert sum(counts) == logged == 1


def test_who_opens_a_decoy_is_found_and_the_finding_is_an_entry(case: Case) -> None:
    auditor, page = case.auditor, case.auditor.page
    case.room("/alerts")
    auditor.press("main a[href='/log/alerts/rules']")
    page.locator("#decoy-on").check()
    page.get_by_label("integrity", exact=True).check()
    case.sure("main form:has(#decoy-on) button")
    sign_second(case.trial, case.integrity, "integrity")
    auditor.press("main a[href='/log/alerts/decoys']")
    auditor.fill(description=BAIT)
    auditor.press("main form:has(#description) button")
    planted = page.locator("tbody a.handle").get_attribute("href") or ""
    tip = planted.rpartition("/")[2]
    assert f"/tips/{tip}" in listed(case.reviewer), "it comes like any other"
    assert BAIT in read(case.reviewer, f"/tips/{tip}").words
    auditor.press("main a[href='/log/alerts']")
    expect(case.line("reviewer-a", "A decoy was opened")).to_have_count(1)
    auditor.press("tbody th a[href^='/log/alerts/']")
    page.locator("#finding-explained").check()
    auditor.fill(reason=FOUND)
    auditor.press("main form:has(#finding) button")
    expect(case.line()).to_have_count(0)
    auditor.press("main a[href='/log/alerts?show=reviewed']")
    auditor.press("tbody th a[href^='/log/alerts/']")
    auditor.press("form[action^='/log/reasons/'] button")
    case.says(FOUND)


def test_what_vanished_from_the_disk_is_named_after_the_next_night(case: Case) -> None:
    assert "CHANGED" not in let_a_night_pass(case.trial)
    case.room("/inventory")
    case.says("Nothing. All that was accepted is there, as it was.")
    query = "SELECT id, sealed FROM items WHERE kind = 'text' AND tip_id = ?"
    [(item, sealed)] = rows(case.trial, query, bytes.fromhex(case.read))
    change(case.trial, "UPDATE items SET sealed = ? WHERE id = ?", sealed[:-1] + b"?", item)
    assert "CHANGED: 1" in let_a_night_pass(case.trial)
    case.room("/inventory")
    expect(case.line(handle(case.read))).to_have_count(1)
    change(case.trial, "UPDATE items SET sealed = ? WHERE id = ?", sealed, item)


def test_the_witness_stands_on_its_page_in_time(case: Case) -> None:
    case.room("/witnesses")
    expect(case.line(WITNESS, "in time")).to_have_count(1)
    case.auditor.press("main a[href='/log/checkpoint']")
    expect(case.auditor.page.locator(".qr svg")).to_be_visible()


def test_a_pack_of_the_list_verifies_with_the_one_file_and_not_when_a_byte_is_changed(
    case: Case, tmp_path: Path
) -> None:
    auditor, page = case.auditor, case.auditor.page
    auditor.go(f"/log?type=read&tip={handle(case.read)}")
    auditor.press("main form a[href^='/log/evidence']")
    case.says("1 entry will be in it")
    key = page.locator("pre.key").inner_text().strip()
    selector = "main form:has([name=names]) button"
    if "asks for your password" in page.inner_text("main"):
        auditor.press(selector)
    if page.locator("#confirm_otp").count():
        person = case.trial.codes("auditor")["auditor"]
        auditor.fill(confirm_password=str(person["password"]), confirm_otp=str(person["otp"]))
        selector = "main form:has(#confirm_otp) button"
    auditor.press(selector)
    case.says("The evidence pack is ready")
    with page.expect_download() as waiting:
        page.locator("a[download]").click()
    pack = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(pack)
    right = _verified(pack, key)
    assert right.returncode == 0, right.stderr
    assert handle(case.read) in right.stdout or case.read in right.stdout
    assert WITNESS in right.stdout
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 1
    pack.write_bytes(data)
    assert _verified(pack, key).returncode == 1


def _verified(pack: Path, key: str) -> subprocess.CompletedProcess[str]:
    """What the one file says, as it runs on another machine: without the project."""
    command = [sys.executable, "-I", str(alone.PATH), str(pack), "--key", key]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
