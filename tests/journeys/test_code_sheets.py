"""Code sheets in a real browser and on paper: from the printer to the answer in the mailbox."""

from typing import Final

import pytest
from playwright.sync_api import Browser, FloatRect, Page, ViewportSize, expect

from tests.journeys import browser as plain
from tests.journeys.eyes import Eyes, as_somebody
from tests.journeys.people import CODE, messages, open_mailbox, read, sign_in
from tests.journeys.store import tip_of
from tests.journeys.trial import Trial
from tests.journeys.windows import DESKTOP, NARROW, PHONE, Screen, Window

LETTER: Final = "The letter says that they pour their waste into the river."
ANSWER: Final = "We have read your letter."
A4: Final = ViewportSize(width=794, height=1123)
MAKE: Final = "form[action='/sheets'] button"
FIELDS: Final = ("cover", "inside", "keep")
SEND: Final = "form[action='/tips/new'] > button"


def shown(page: Page) -> str:
    """What somebody sees of the page."""
    return page.locator("main").inner_text()


def codes(page: Page) -> list[str]:
    """What stands in the sheets, whether it shows or not."""
    rows = page.locator(".code-row").all_text_contents()
    return [f"{first} {second}" for first, second in zip(rows[::2], rows[1::2], strict=True)]


def _box(page: Page, name: str) -> FloatRect:
    """Where a field of the first sheet lies."""
    box = page.locator(f".{name}").first.bounding_box()
    assert box
    return box


def staff_window(chromium: Browser, trial: Trial, member: plain.Browser, screen: Screen) -> Window:
    """A window in which a member is signed in."""
    window = Window(chromium, screen, trial)
    as_somebody(window.context, member)
    return window


@pytest.mark.parametrize(
    ("screen", "trouble"),
    [
        (Screen(DESKTOP, "en", False, "198.51.100.170"), "mistyped"),
        (Screen(PHONE, "zh-CN", False, "198.51.100.171"), "编号有误"),
    ],
    ids=["desktop-en", "phone-zh"],
)
def test_a_letter_under_a_printed_sheet_is_answered(
    proxied: Trial, chromium: Browser, reviewer: plain.Browser, screen: Screen, trouble: str
) -> None:
    window = staff_window(chromium, proxied, reviewer, screen)
    page = window.page
    window.go(f"{proxied.admin}/sheets")
    window.check()
    page.locator("#count").fill("1")
    window.press(MAKE)
    window.check()
    (code,) = codes(page)
    assert CODE.fullmatch(code)
    number = str(page.locator(".sheet-number").text_content())
    window.go(f"{proxied.admin}/tips/new")
    window.check()
    page.locator("#channel-letter").check()
    page.locator("#sheet").fill(number[:-1])
    page.locator("#official").select_option("no")
    page.locator("#description").fill(LETTER)
    window.press(SEND)
    window.check()
    assert trouble in shown(page)
    expect(page.locator("#description")).to_have_value(LETTER)
    page.locator("#sheet").fill(number)
    window.press(SEND)
    window.check()
    window.close()
    _answered(proxied, reviewer, code, screen.address)


def _answered(trial: Trial, reviewer: plain.Browser, code: str, address: str) -> None:
    reporter = plain.Browser(trial.public, headers={"X-Forwarded-For": address})
    assert open_mailbox(reporter, code).status == 200
    tip = f"/tips/{tip_of(trial, code).hex()}"
    reviewer.get("/tips")
    opened = read(reviewer, tip)
    assert LETTER in opened.words
    reviewer.submit(opened, opened.form("message"), {"message": ANSWER})
    assert ANSWER in messages(reporter).words


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_codes_are_on_paper_alone_and_whole_on_a_strip_that_says_nothing_else(
    proxied: Trial, chromium: Browser, reviewer: plain.Browser, language: str
) -> None:
    window = staff_window(chromium, proxied, reviewer, Screen(DESKTOP, language, False, "198.51.100.172"))
    page = window.page
    window.go(f"{proxied.admin}/sheets")
    page.locator("#count").fill("3")
    window.press(MAKE)
    inside = codes(page)
    assert len(set(inside)) == 3
    assert not any(group in shown(page) for code in inside for group in code.split())
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 3
    page.set_viewport_size(A4)
    page.emulate_media(media="print")
    printed = page.locator("body").inner_text()
    assert all(group in printed for code in inside for group in code.split())
    assert page.locator(".screen").is_hidden()
    cut = page.locator(".sheet > div:not(.cover)").evaluate_all(
        "fields => fields.filter(one => one.scrollHeight > one.clientHeight"
        " || one.scrollWidth > one.clientWidth).length"
    )
    assert cut == 0
    strips = page.locator(".inside").all_inner_texts()
    assert [" ".join(strip.split()) for strip in strips] == inside
    cover, strip, keep = (_box(page, name) for name in FIELDS)
    # Folded at the strip's upper edge, the pattern lies on all of the strip; below the strip one cuts.
    assert cover["y"] + cover["height"] == pytest.approx(strip["y"], abs=1)
    assert cover["height"] == pytest.approx(strip["height"], abs=1)
    assert strip["y"] + strip["height"] == pytest.approx(keep["y"], abs=1)
    window.close()


def test_the_page_to_print_does_not_come_back(
    proxied: Trial, chromium: Browser, reviewer: plain.Browser
) -> None:
    window = staff_window(chromium, proxied, reviewer, Screen(DESKTOP, "en", False, "198.51.100.173"))
    window.go(f"{proxied.admin}/sheets")
    window.press(MAKE)
    (first, *_) = codes(window.page)
    window.go(f"{proxied.admin}/sheets")
    assert first.split()[0] not in window.page.content()
    window.page.go_back()
    assert first.split()[0] not in window.page.content()
    window.close()


def test_reloading_the_page_to_print_makes_no_sheets(
    proxied: Trial, chromium: Browser, reviewer: plain.Browser
) -> None:
    window = staff_window(chromium, proxied, reviewer, Screen(DESKTOP, "en", False, "198.51.100.176"))
    window.go(f"{proxied.admin}/sheets")
    window.press(MAKE)
    assert codes(window.page)
    window.page.reload()
    assert codes(window.page) == []
    assert "This form was sent before" in shown(window.page)
    window.close()


@pytest.mark.parametrize(
    "screen",
    [
        Screen(DESKTOP, "en", True, "198.51.100.174"),
        Screen(NARROW, "zh-CN", True, "198.51.100.175", dark=True),
    ],
    ids=["light-desktop-en", "dark-narrow-zh"],
)
def test_the_accessibility_rules_find_nothing_wrong_on_sheets_and_entries(
    proxied: Trial, chromium: Browser, reviewer: plain.Browser, screen: Screen
) -> None:
    window = Window(chromium, screen, proxied, for_axe=True)
    eyes = Eyes(window, [])
    as_somebody(window.context, reviewer)
    for path in ("/sheets", "/tips/new/script", "/tips/new"):
        eyes.look_at(f"{proxied.admin}{path}")
        window.check()
    window.page.locator("#channel-phone").check()
    window.page.locator("#official").select_option("unsure")
    window.page.locator("#sheet").fill("1")
    window.page.locator("#description").fill(LETTER)
    eyes.look(SEND)
    window.page.locator("#sheet").fill("")
    window.page.locator("#no_sheet").check()
    eyes.look(SEND)
    window.go(f"{proxied.admin}/sheets")
    eyes.look(MAKE)
    window.check()
    window.close()
    assert eyes.found == []


def test_an_auditor_sees_who_printed_and_who_entered(proxied: Trial, reviewer: plain.Browser) -> None:
    page = reviewer.get("/sheets")
    reviewer.submit(page, page.form("count"), {"count": "1"})
    auditor = sign_in(proxied, "auditor")
    words = auditor.get("/log").words
    assert "Printed code sheets" in words
    assert LETTER not in words
