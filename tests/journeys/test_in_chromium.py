"""The main job in a real browser: with and without scripts, on a phone and a desktop, in both languages."""

from dataclasses import dataclass
from typing import Final

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import browser as plain
from tests.journeys.people import CODE, read, report
from tests.journeys.store import tip_of
from tests.journeys.trial import Trial
from tests.journeys.windows import DESKTOP, PHONE, Screen, Window, payload

MOVED: Final = "screening"


@dataclass(frozen=True)
class Words:
    """What is written in one language."""

    description: str
    reply: str
    back: str


WORDS: Final = {
    "zh-CN": Words(
        "他们每周五到鱼市收钱，不给就砸摊。", "我们已经看到。请不要再去拍照。", "领头的开一辆黑色越野车。"
    ),
    "en": Words("They collect money at the fish market.", "We have read it. Stay away.", "The car is black."),
}
JOURNEYS: Final = {
    "phone-zh-without-scripts": (Screen(PHONE, "zh-CN", False, "198.51.100.160"), "reviewer-a"),
    "desktop-en-without-scripts": (Screen(DESKTOP, "en", False, "198.51.100.161"), "reviewer-b"),
    "desktop-zh-with-scripts": (Screen(DESKTOP, "zh-CN", True, "198.51.100.162"), "reviewer-b"),
}


def send_tip(window: Window, trial: Trial, description: str) -> str:
    """Fill the form in by hand; the code that the page shows."""
    window.go(f"{trial.public}/report")
    window.check()
    window.page.locator("#danger").check()  # among so many tips, one in danger stands on top of the list
    window.page.locator("#official-no").check()
    window.page.locator("#description").fill(description)
    window.page.locator("#files").set_input_files([payload("a.png", 1), payload("b.png", 2)])
    window.press("main form button[type=submit]")
    window.check()
    code = window.page.locator("#tracking-code").inner_text()
    assert CODE.fullmatch(code)
    assert code.split()[0] not in window.page.url
    return code


def come_back(window: Window, trial: Trial, code: str) -> None:
    """Open the mailbox and its thread."""
    window.go(f"{trial.public}/mailbox")
    window.page.locator("#code").fill(code)
    window.press("main form[action$='/mailbox'] button")
    window.check()
    expect(window.page.locator("#news")).to_be_visible()
    window.press("main form[action$='/mailbox/open'] button")
    window.check()


def enter(window: Window, trial: Trial, name: str) -> None:
    """Sign in at the admin site."""
    person = trial.codes(name)[name]
    window.go(f"{trial.admin}/sign-in")
    window.check()
    for field in ("name", "password", "otp"):
        window.page.locator(f"#{field}").fill(person[field])
    window.press("main form button")
    window.check()


def work_on(window: Window, trial: Trial, tip: str, words: Words) -> None:
    """List, read, reply, move; each page is looked at."""
    window.go(f"{trial.admin}/tips")
    window.check()
    window.press(f"a[href='/tips/{tip}']")
    window.check()
    expect(window.page.get_by_text(words.description)).to_have_count(0)
    window.page.locator("#purpose").select_option("triage")
    window.press("form:has(#purpose) button")
    window.check()
    expect(window.page.get_by_text(words.description)).to_be_visible()
    expect(window.page.locator("ul.files > li")).to_have_count(2)
    window.page.locator("#message").fill(words.reply)
    window.press("button[name=step][value=message]")
    window.check()
    expect(window.page.get_by_text(words.reply)).to_be_visible()
    window.press(f"button[name=move][value={MOVED}]")
    window.check()


@pytest.mark.parametrize("how", JOURNEYS)
def test_a_tip_is_sent_read_answered_and_read_again(proxied: Trial, chromium: Browser, how: str) -> None:
    screen, reviewer = JOURNEYS[how]
    words = WORDS[screen.language]
    reporter, staff = Window(chromium, screen, proxied), Window(chromium, screen, proxied)
    code = send_tip(reporter, proxied, words.description)
    come_back(reporter, proxied, code)
    reporter.page.locator("#message").fill(words.back)
    reporter.press("form:has(#message) button")
    reporter.check()
    enter(staff, proxied, reviewer)
    work_on(staff, proxied, tip_of(proxied, code).hex(), words)
    expect(staff.page.get_by_text(words.back)).to_be_visible()
    reporter.close()
    again = Window(chromium, screen, proxied)
    come_back(again, proxied, code)
    expect(again.page.get_by_text(words.reply)).to_be_visible()
    again.close()
    staff.close()


def test_an_auditor_sees_who_read_and_not_what(
    proxied: Trial, chromium: Browser, reviewer: plain.Browser
) -> None:
    words = WORDS["en"]
    reporter = plain.Browser(proxied.public, headers={"X-Forwarded-For": "198.51.100.163"})
    address = f"/tips/{tip_of(proxied, report(reporter, words.description)).hex()}"
    reviewer.get("/tips")
    assert words.description in read(reviewer, address).words
    window = Window(chromium, Screen(DESKTOP, "en", False, "198.51.100.163"), proxied)
    enter(window, proxied, "auditor")
    window.go(f"{proxied.admin}/log")
    window.check()
    assert "reviewer-a" in window.page.locator("main").inner_text()
    assert words.description not in window.page.content()
    window.press("form[action='/log/verify'] button")
    person = proxied.codes("auditor")["auditor"]
    window.page.locator("#confirm_password").fill(person["password"])
    window.page.locator("#confirm_otp").fill(person["otp"])
    window.press("main form:has(#confirm_otp) button")
    window.check()
    window.close()
