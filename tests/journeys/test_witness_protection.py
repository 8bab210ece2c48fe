"""A witness is protected, from the first threat to the second ending, in a real browser.

The person has a telephone without JavaScript, the desk two members. The clock is ours: an agreed check-in is
days long, an objection may take ten.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser

from crypto.tracking_codes import TrackingCode
from tests.journeys.people import CODE
from tests.journeys.protecting import CLOSING, DANGER, RISK, CaseWorker, plan
from tests.journeys.town import Town, town_in
from tests.journeys.windows import Window
from tipline.cli import program
from tipline.commands.exporting import write_export
from tipline.protection.states import ProtectionState
from tipline.tips.models import Tip

REPORTED: Final = "They beat a man at the night market, and I saw it."
FEARED: Final = "Two men sit in front of my shop since the police asked me."
HAPPENED: Final = "They asked at school which class my daughter is in."
OBJECTED: Final = "They are back since last night."
CHILD: Final = "They followed my sister home."
NEWS: Final = "The station drives by every night from today on."
FIRST, SECOND = "protection", "protection-2"
DAY: Final = 86_400
EVERY: Final = 3
REVIEW: Final = {"review_changed": "Nobody came any more.", "review_kept": "yes", "review_danger": "less"}
INCIDENT: Final = {"incident_on": "2026-03-09", "incident_kinds": ["followed"], "incident_what": HAPPENED}


@pytest.fixture(scope="module")
def town(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town_in(tmp_path_factory.mktemp("protection"), chromium) as made:
        made.join(SECOND, "u9", "protection", FIRST)
        yield made
        made.close()


class Story:
    """One person's case, as they and the desk see it."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.tip, self.code = town.office.put_tip_with_code(REPORTED)
        self.case = ""
        self._working: dict[str, CaseWorker] = {}

    def pass_on(self, days: int) -> None:
        """Days go by; everybody goes home."""
        self.town.pass_on(days * DAY)
        self._working.clear()

    # ------------------------------------------------------------- the person

    def at_home(self) -> Window:
        """The person's telephone, at the page of their protection."""
        window = self.town.mailbox(self.code)
        follow(window, "/mailbox/protection")
        return window

    def ask(self) -> None:
        """Ask for protection in the mailbox of the report."""
        window = self.at_home()
        window.page.fill("#message", FEARED)
        window.page.check("#harms-followed")
        window.page.check("#agrees")
        move_on(window)
        assert "Your protection" in window.page.inner_text("h1")
        self.case = f"/protection/{self.row().id.hex()}"

    def look_in_a_day_later(self) -> None:
        """Open the mailbox of the report again, which tells intake then."""
        self.pass_on(1)
        self.at_home()

    def tap(self) -> None:
        """Say that they are well: one tap."""
        window = self.at_home()
        press(window, "#well button")
        assert window.page.locator("#well button").count() == 0

    # --------------------------------------------------------------- the desk

    def at_work(self, name: str = FIRST) -> CaseWorker:
        """Somebody of the desk, who has just read the case."""
        if name in self._working:
            return self._working[name].come_back()
        self._working[name] = CaseWorker(self.town.member(name), self.case)
        return self._working[name].read()

    def approve(self) -> None:
        """The other member says yes to what the first proposed, which the first cannot."""
        first = self._working[FIRST]
        assert "Another member must take this step: you proposed it." in first.words
        self.at_work(SECOND).move("protected")
        assert self.row().state == ProtectionState.PROTECTED

    def end(self) -> None:
        """The other member ends it, once the days for an objection have passed."""
        assert "The person may still object" in self.at_work(SECOND).words
        self.pass_on(11)
        self.at_work(SECOND).move("ended")
        assert self.row().state == ProtectionState.ENDED

    def today(self) -> str:
        return self.town.office.clock.today().isoformat()

    def row(self) -> Tip:
        """The case as its row says."""
        found = self.code.for_protection().locator_hash
        with self.town.office.database.reading() as session:
            row = session.query(Tip).filter(Tip.locator == found).one()
            session.expunge(row)
            return row


def follow(window: Window, address: str) -> None:
    press(window, f"main a[href$='{address}'] >> nth=0")


def press(window: Window, selector: str) -> None:
    window.press(selector)
    window.check()


def move_on(window: Window) -> None:
    window.move_on()
    window.check()


def test_a_witness_is_protected_from_the_first_threat_to_the_second_ending(
    town: Town, tmp_path: Path
) -> None:
    story = Story(town)
    story.ask()
    intake_sees_nothing_on_the_day_itself(story)
    story.look_in_a_day_later()
    intake_sees_an_alias_alone(story)
    the_danger_is_met_and_a_plan_approved(story)
    a_missed_check_in_raises_the_case(story)
    something_happens_and_it_begins_anew(story)
    a_relative_agrees_for_themselves(story)
    an_ending_is_objected_to(story)
    it_ends_is_opened_again_and_ends(story)
    town.close()
    log = tmp_path / "log.txt"
    write_export(town.office.settings, log)
    verified = CliRunner().invoke(program, ["log", "verify", str(log), "--key", town.office.settings.log_key])
    assert verified.exit_code == 0, verified.output


def intake_sees_nothing_on_the_day_itself(story: Story) -> None:
    reviewer = story.town.member("reviewer-a")
    reviewer.go("/tips")
    reviewer.go(f"/tips/{story.tip.hex()}")
    reviewer.press("main form:has([name=purpose]) button >> nth=-1")
    assert REPORTED in reviewer.words
    assert "A protection case exists" not in reviewer.words


def intake_sees_an_alias_alone(story: Story) -> None:
    reviewer = story.town.member("reviewer-a")
    reviewer.go("/tips")
    assert story.case.rpartition("/")[2] not in reviewer.page.content()
    reviewer.go(f"/tips/{story.tip.hex()}")
    reviewer.press("main form:has([name=purpose]) button >> nth=-1")
    assert REPORTED in reviewer.words
    assert "A protection case exists" in reviewer.words
    assert story.case.rpartition("/")[2] not in reviewer.page.content()
    assert FEARED not in reviewer.page.content()
    paths = ("/protection", story.case, f"/protection/{story.tip.hex()}")
    shut = [reviewer.page.goto(f"{story.town.sites.admin}{path}") for path in paths]
    assert [one.status for one in shut if one] == [403, 403, 403]  # whether there is a case or not


def the_danger_is_met_and_a_plan_approved(story: Story) -> None:
    unread = CaseWorker(story.town.member(SECOND), story.case)
    assert FEARED not in unread.page.content()
    desk = story.at_work()
    assert FEARED in desk.words
    assert REPORTED not in desk.page.content()
    desk.fill_in("danger", DANGER)
    desk.write(NEWS)
    desk.fill_in("assessment", RISK)
    assert "12" in desk.page.inner_text("#forms")
    desk.fill_in("plan", plan(story.today()))
    story.approve()
    story.at_work().agree_on(EVERY)
    assert NEWS in story.at_home().page.inner_text("main")


def a_missed_check_in_raises_the_case(story: Story) -> None:
    story.pass_on(EVERY)
    story.tap()
    story.pass_on(1)
    story.town.tell()
    assert story.row().level == 0
    story.pass_on(EVERY)
    story.town.tell()
    assert story.row().level == 1
    desk = story.at_work().person
    desk.go("/protection")
    assert "Not heard from: call them now" in desk.words
    assert "We wanted to hear from you by" in story.at_home().page.inner_text("#well")


def something_happens_and_it_begins_anew(story: Story) -> None:
    window = story.at_home()
    follow(window, "/mailbox/protection/incident")
    window.page.fill("#message", HAPPENED)
    window.page.check("#danger")
    move_on(window)
    desk = story.at_work()
    assert HAPPENED in desk.words
    story.town.tell()
    assert story.row().level == 0
    desk.fill_in("incident", INCIDENT)
    desk.move("assessing")
    desk.fill_in("assessment", RISK)
    desk.fill_in("plan", plan(story.today()))
    story.approve()
    story.pass_on(1)
    story.at_work().fill_in("review", REVIEW)


def a_relative_agrees_for_themselves(story: Story) -> None:
    window = story.at_home()
    follow(window, "/mailbox/protection/relative")
    window.page.fill("#message", CHILD)
    move_on(window)
    handed = window.page.inner_text("#tracking-code")
    assert CODE.fullmatch(handed)
    assert CHILD not in story.at_home().page.content()
    theirs = story.town.mailbox(TrackingCode.parse(handed))
    assert FEARED not in theirs.page.content()
    follow(theirs, "/mailbox/protection/consent")
    press(theirs, "button[name=agrees][value=yes]")
    assert "You have not said yet" not in theirs.page.inner_text("main")
    desk = story.at_work()
    relatives = desk.page.locator("dt:has-text('Relatives with a case of their own') + dd a")
    relative = str(relatives.get_attribute("href"))
    other = CaseWorker(desk.person, relative)
    assert story.case not in other.page.content()
    other.read()
    assert CHILD in other.words
    assert other.page.locator(f"dt:has-text('Hangs together with') + dd a[href='{story.case}']").count() == 1


def an_ending_is_objected_to(story: Story) -> None:
    desk = story.at_work()
    desk.fill_in("closing", CLOSING)
    desk.write("We mean to end the protection. You can object for ten days.")
    story.pass_on(2)
    window = story.at_home()
    follow(window, "/mailbox/protection/objection")
    window.page.fill("#message", OBJECTED)
    move_on(window)
    desk = story.at_work()
    assert OBJECTED in desk.words
    desk.move("assessing")
    assert story.row().state == ProtectionState.ASSESSING


def it_ends_is_opened_again_and_ends(story: Story) -> None:
    for _ in range(2):
        desk = story.at_work()
        desk.move("ending")
        desk.write("It has been quiet. We mean to end the protection.")
        story.end()
        if _ == 0:
            story.at_work().move("assessing")
    assert "ended" in story.at_home().page.inner_text("main").lower()
