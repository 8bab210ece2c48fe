"""A reward, from a confirmed outcome to cash on a table, in Chromium without JavaScript, in both languages.

Proposer, verifier, approver, a reporter at a telephone, two clerks, and an auditor who afterwards sees
everything but whose the money was. Six other rewards of the same value were collected before, by direct
calls: a voucher hides among them.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser

from crypto.tracking_codes import TrackingCode
from tests.admin.paying import FIRST, SECOND, Counter
from tests.admin.rewarding import APPROVER, PROPOSER, VERIFIER
from tests.admin.walking import walk
from tests.journeys.town import Person, Town, publish, town_in
from tests.journeys.windows import DESKTOP, PHONE, Screen, Window
from tests.keeper.rewards.till import POINT
from tipline.cli import program
from tipline.commands.exporting import write_export
from tipline.ids import TipId
from tipline.tips.moves import TipState

AMOUNT: Final = 500
OTHERS: Final = 6
DAY: Final = 86_400
PICKUP: Final = "#pickup-code"
LANGUAGES: Final = ("en", "zh-CN")
GRANTED: Final = {"en": "A reward of 500 yuan was granted", "zh-CN": "500"}
AGREES: Final = {"en": "All agrees.", "zh-CN": "全部相符"}


@pytest.fixture(scope="module")
def counter(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Office"]:
    with town_in(tmp_path_factory.mktemp("reward"), chromium) as town:
        made = Office(town)
        made.others_collect()
        yield made
        made.counter.till.public.close()
        town.close()


class Office:
    """The reward office and the pay desk of a town."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.counter = Counter.of(town.office, town.keeper)
        publish(town.office)

    def others_collect(self) -> None:
        """Others before them collected as much."""
        self.counter.crowd(OTHERS)

    def pass_a_day(self) -> None:
        """Everybody goes home; the jobs of the night run."""
        self.town.pass_on(DAY)
        self.counter.browsers.clear()
        self.town.tell()
        publish(self.town.office)


class Story:
    """One reward, in one language."""

    def __init__(self, office: Office, language: str) -> None:
        self.office, self.town = office, office.town
        self.staff = Screen(DESKTOP, language, False, "198.51.100.70")
        self.telephone = Screen(PHONE, language, False, "198.51.100.71")
        self.tip, self.code = self._found_true()
        self.number = 0
        self.pickup = ""

    def _found_true(self) -> tuple[TipId, TrackingCode]:
        tip, code = self.town.office.put_tip_with_code("They collect money at the market.")
        self.letter = str(self.town.office.keeper().next_letter("intake"))
        walk(self.town.office, TipState.FEEDBACK, tip)
        return tip, code

    def at_work(self, name: str, path: str) -> Person:
        person = self.town.member(name, self.staff)
        person.go(path)
        return person

    # ------------------------------------------------------------- the reward office

    def propose(self) -> None:
        """The proposer fills in the form on the page of the tip."""
        listing = self.at_work(PROPOSER, "/tips")
        listing.go(f"/tips/{self.tip.hex()}/reward")
        page = listing.page
        page.check("#major-serious")
        for score in ("result", "originality", "completeness", "risk", "help"):
            page.check(f"#score_{score}-2")
        page.check("#novelty-new")
        page.check("#duty-none")
        page.select_option("#tier", "ordinary")
        page.fill("#amount", str(AMOUNT))
        page.fill("#reason", "The market is free of them.")
        listing.press("button[name=do][value=propose]")
        self.number = int(found(r"/rewards/([0-9]+)", page.url))

    def check(self) -> None:
        """The verifier types what the liaison's paper says."""
        verifier = self.at_work(VERIFIER, f"/rewards/{self.number}")
        verifier.page.check("#outcome-partly-true")
        verifier.page.fill("#number", self.letter)
        verifier.press("form[action$='/check'] button[name=answer][value=yes]")

    def approve(self) -> None:
        """The approver picks the amount; the budget has room, so it is granted at once."""
        approver = self.at_work(APPROVER, f"/rewards/{self.number}")
        approver.page.fill("#amount", str(AMOUNT))
        approver.press("form[action$='/approval'] button[name=answer][value=yes]")
        assert self.office.counter.rewarding.state(self.number) == "granted"

    # ------------------------------------------------------------- the reporter

    def collect(self) -> None:
        """The mailbox tells of it; the reporter presses Collect."""
        window = self.town.mailbox(self.code, self.telephone)
        assert GRANTED[self.telephone.language] in window.page.inner_text("main")
        press(window, "main a[href$='/mailbox/notice'] >> nth=0")
        press(window, "#collect")
        assert window.page.locator("form[action$='/vouchers']").count() == 1
        assert self._redeem_now(window) == 0, "not while the mailbox is open"

    def _redeem_now(self, window: Window) -> int:
        window.go(f"{self.town.sites.public}/redeem")
        window.check()
        return window.page.locator("#code").count()

    def too_early(self) -> None:
        """On the same day, at another browser, no code is given."""
        page = self._with_the_code().page
        assert page.locator(PICKUP).count() == 0
        assert page.locator("[role=alert]").count() == 1

    def fetch_code(self) -> None:
        """In a fresh visit the tracking code becomes ten digits."""
        window = self._with_the_code()
        window.page.check(f"#point-{POINT}")
        press(window, "main form button.button")
        self.pickup = window.page.inner_text(PICKUP)
        assert re.fullmatch(r"[0-9]{3} [0-9]{3} [0-9]{4}", self.pickup)
        history = " ".join(f"{one['url']} {one['title']}" for one in window.history())
        assert self.pickup.split()[0] not in history

    def _with_the_code(self) -> Window:
        window = self.town.visitor("/redeem", self.telephone)
        window.page.fill("#code", self.code.reveal())
        press(window, "main form .actions button")
        return window

    # ------------------------------------------------------------- the pay desk

    def confirm(self, clerk: str) -> Person:
        """A clerk types the digits that somebody said, and confirms what lies on the table."""
        person = self.at_work(clerk, "/rewards/pay")
        person.page.select_option("#point", POINT)
        person.press("form[action='/rewards/pay/point'] button")
        person.page.fill("input[name=pickup_code]", self.pickup)
        person.press("form[action='/rewards/pay/code'] button")
        assert self.tip.hex() not in person.page.content()
        person.press("form[action='/rewards/pay/confirm'] button")
        return person


def press(window: Window, selector: str) -> None:
    window.press(selector)
    window.check()


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reward_goes_from_a_confirmed_outcome_to_cash_and_nobody_can_tell_whose_it_was(
    counter: Office, language: str, tmp_path: Path
) -> None:
    story = Story(counter, language)
    story.propose()
    story.check()
    story.approve()
    counter.town.tell()
    story.collect()
    story.too_early()
    counter.pass_a_day()
    story.fetch_code()
    first = story.confirm(FIRST)
    assert first.page.locator("form[action='/rewards/pay/receipt']").count() == 0, "one clerk pays nothing"
    second = story.confirm(SECOND)
    assert second.page.locator("form[action='/rewards/pay/receipt']").count() == 1
    counter.pass_a_day()
    the_ledger_agrees_and_shows_no_link(story)
    the_log_says_so_elsewhere(story, tmp_path)


def the_ledger_agrees_and_shows_no_link(story: Story) -> None:
    """The auditor sees awards, vouchers and payments, and nothing that leads from one to the other."""
    known = story.town.office.keeper().rewards.money()
    assert known.differences == ()
    assert sum(key.paid for key in known.keys) >= 1
    auditor = story.at_work("auditor", "/rewards/ledger")
    assert AGREES[story.staff.language] in auditor.words
    auditor.go(f"/rewards/{story.number}")
    assert auditor.page.locator("#steps").count() == 1
    digits = story.pickup.replace(" ", "")
    for path in ("/rewards", "/rewards/ledger", f"/rewards/{story.number}"):
        auditor.go(path)
        assert digits not in auditor.page.content()
        assert story.pickup not in auditor.page.content()
    paid = [entry for entry in _entries(story.town) if '"type":"pay"' in entry]
    assert paid
    assert not any(story.tip.hex() in entry or f'"award":{story.number}' in entry for entry in paid)


def _entries(town: Town) -> list[str]:
    file = town.office.settings.data / "whole.txt"
    write_export(town.office.settings, file)
    return file.read_text("utf-8").splitlines()


def the_log_says_so_elsewhere(story: Story, tmp_path: Path) -> None:
    """An export is verified with the key alone."""
    settings = story.town.office.settings
    write_export(settings, tmp_path / "log.txt")
    ran = CliRunner().invoke(program, ["log", "verify", str(tmp_path / "log.txt"), "--key", settings.log_key])
    assert ran.exit_code == 0, ran.output
    assert re.search(r"[1-9][0-9]* pickup codes were paid, each confirmed by two pay clerks", ran.output)
