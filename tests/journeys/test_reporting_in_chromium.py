"""What a reporter can do in a real browser: with and without scripts, phone and desktop, both languages."""

import base64
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest
from playwright.sync_api import Browser, Error, expect
from pypdf import PdfReader

from tests.journeys import browser as plain
from tests.journeys.people import move, read
from tests.journeys.reporting import (
    come_back,
    confirm,
    fill_in_guided,
    fill_in_one_page,
    leaves_no_trace,
    move_on,
    shown_code,
)
from tests.journeys.store import tip_of
from tests.journeys.trial import Trial
from tests.journeys.windows import DESKTOP, PHONE, Screen, Window, payload

TEXT: Final = "Canary: every Friday they collect money at the fish market."
ADDED: Final = "Canary: the tall one with the scar."
WHY: Final = "Canary: you can look into this after all."


@dataclass(frozen=True)
class Way:
    """How somebody reports: through which window, by which form."""

    screen: Screen
    fill_in: Callable[[Window, Trial, str], None]


WAYS: Final = {
    "phone-zh-without-scripts-guided": Way(Screen(PHONE, "zh-CN", False, "198.51.100.180"), fill_in_guided),
    "desktop-en-without-scripts-guided": Way(Screen(DESKTOP, "en", False, "198.51.100.181"), fill_in_guided),
    "desktop-zh-with-scripts-one-page": Way(
        Screen(DESKTOP, "zh-CN", True, "198.51.100.182"), fill_in_one_page
    ),
    "phone-en-with-scripts-guided": Way(Screen(PHONE, "en", True, "198.51.100.183"), fill_in_guided),
}


@pytest.mark.parametrize("way", WAYS)
def test_somebody_reports_comes_back_adds_objects_withdraws_and_closes(
    proxied: Trial, chromium: Browser, reviewer: plain.Browser, way: str
) -> None:
    screen, fill_in = WAYS[way].screen, WAYS[way].fill_in
    window = Window(chromium, screen, proxied)
    fill_in(window, proxied, TEXT)
    move_on(window)
    code = shown_code(window)
    confirm(window, code)
    come_back(window, proxied, code)
    address = f"/tips/{tip_of(proxied, code).hex()}"

    add_answer(window, proxied)
    add_file(window, proxied)
    reviewer.get("/tips")  # a tip is opened from the list alone
    seen = read(reviewer, address)
    assert TEXT in seen.words
    assert ADDED in seen.words
    assert len([form for form in seen.forms if "/files/" in form.action]) == 3

    move(reviewer, address, "screening", "triage", "outside-remit")
    say(window, proxied, "objection", WHY)
    say(window, proxied, "withdraw", "")
    assert WHY in read(reviewer, address).words

    new = replace_code(window, proxied)
    leaves_no_trace(window, TEXT, ADDED, WHY, *code.split(), *new.split())
    window.close()
    refused_then_opened(chromium, screen, proxied, code, new)


def add_answer(window: Window, trial: Trial) -> None:
    """The first of the small forms, one answer."""
    window.go(f"{trial.public}/mailbox/add")
    window.check()
    window.press("main a[href*='/mailbox/add/'] >> nth=0")
    window.check()
    window.page.locator("main form[method=post] >> nth=-1 >> textarea, input[type=text] >> nth=0").fill(ADDED)
    move_on(window)


def add_file(window: Window, trial: Trial) -> None:
    """One more photo."""
    window.go(f"{trial.public}/mailbox/files")
    window.check()
    window.page.locator("#files").set_input_files([payload("c.png", 3)])
    move_on(window)


def say(window: Window, trial: Trial, what: str, text: str) -> None:
    """An objection, a withdrawal."""
    window.go(f"{trial.public}/mailbox/{what}")
    window.check()
    window.page.locator("main form[method=post] >> nth=-1 >> textarea").fill(text)
    move_on(window)


def replace_code(window: Window, trial: Trial) -> str:
    """Have a new code; it is shown as the first one was."""
    window.go(f"{trial.public}/mailbox/code")
    window.check()
    move_on(window)
    return shown_code(window)


def refused_then_opened(chromium: Browser, screen: Screen, trial: Trial, old: str, new: str) -> None:
    """The old code opens nothing, the new one does, and after closing neither."""
    again = Window(chromium, screen, trial)
    again.go(f"{trial.public}/mailbox")
    again.page.locator("#code").fill(old)
    again.press("main form[action$='/mailbox'] button")
    expect(again.page.locator(".summary")).to_be_visible()
    come_back(again, trial, new)
    again.go(f"{trial.public}/mailbox/close")
    again.check()
    again.page.locator("#sure").check()
    move_on(again)
    again.go(f"{trial.public}/mailbox")
    again.page.locator("#code").fill(new)
    again.press("main form[action$='/mailbox'] button")
    expect(again.page.locator(".summary")).to_be_visible()
    again.close()


def test_reloading_going_back_in_the_form_and_sending_again_lose_nothing(
    proxied: Trial, chromium: Browser
) -> None:
    window = Window(chromium, Screen(PHONE, "zh-CN", False, "198.51.100.189"), proxied)
    window.go(f"{proxied.public}/report/guided")
    window.page.locator("#danger").check()
    move_on(window)
    window.page.locator("#official-yes").check()
    move_on(window)
    window.page.locator("#description").fill(TEXT)
    move_on(window)
    window.page.reload()
    for field in ("#description", "#official-yes", "#danger"):
        window.press("button[name=go][value=back]")
        window.page.reload()
        expect(window.page.locator(field)).to_be_visible()
    expect(window.page.locator("#danger")).to_be_checked()
    move_on(window)
    expect(window.page.locator("#official-yes")).to_be_checked()
    move_on(window)
    expect(window.page.locator("#description")).to_have_value(TEXT)
    move_on(window)
    move_on(window)
    code = shown_code(window)
    window.page.reload()
    assert shown_code(window) == code
    window.close()


# ----------------------------------------------------------------------------- by keys alone


def test_the_keyboard_alone_leads_from_the_start_page_to_the_code(proxied: Trial, chromium: Browser) -> None:
    window = Window(chromium, Screen(DESKTOP, "en", False, "198.51.100.184"), proxied)
    window.go(f"{proxied.public}/")
    press_key(window, "main a[href$='/report/guided']", "Enter")
    tab_to(window, "#danger")
    window.page.keyboard.press("Space")
    assert window.page.locator("#danger").is_checked()
    press_key(window, NEXT, "Enter")
    tab_to(window, "[name=official]")
    window.page.keyboard.press("Space")
    press_key(window, NEXT, "Space")
    tab_to(window, "#description")
    window.page.keyboard.type(TEXT)
    press_key(window, NEXT, "Enter")
    press_key(window, NEXT, "Enter")
    assert tip_of(proxied, shown_code(window))
    window.close()


NEXT: Final = "main form .actions button:last-child"
TABS: Final = 60


def tab_to(window: Window, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(TABS):
        window.page.keyboard.press("Tab")
        if window.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not within {TABS} tabs on {window.page.url}")


def press_key(window: Window, selector: str, key: str) -> None:
    """Go to a link or button by Tab, and press the key that takes it."""
    tab_to(window, selector)
    with window.page.expect_navigation():
        window.page.keyboard.press(key)
    window.check()


# ------------------------------------------------------------------------ what others could find


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_after_leaving_back_and_sending_again_show_nothing_and_nothing_is_kept(
    proxied: Trial, chromium: Browser, scripts: bool
) -> None:
    window = Window(chromium, Screen(PHONE, "en", scripts, f"198.51.100.{185 + scripts}"), proxied)
    fill_in_guided(window, proxied, TEXT)
    move_on(window)
    code = shown_code(window)
    come_back(window, proxied, code)
    assert window.context.cookies()
    window.press("a.quit")
    assert window.context.cookies() == []
    for _ in window.history()[1:]:
        step_back(window)
        for _again in range(2):
            shown = window.page.locator("html").evaluate(SHOWN)
            assert [word for word in (TEXT, *code.split()) if word in shown] == [], window.page.url
            window.page.reload()  # and so sends a form again, where the page came of one
    leaves_no_trace(window, TEXT, *code.split())
    window.close()


def step_back(window: Window) -> None:
    """The browser's Back. For a page that came of a form it shows one of its own: whether to send again."""
    with window.page.expect_event("framenavigated"):
        try:
            window.page.go_back()
        except Error as error:
            if "ERR_CACHE_MISS" not in error.message:
                raise
    window.page.wait_for_load_state()


SHOWN: Final = """page => page.outerHTML
    + [...page.querySelectorAll("input, textarea")].map(field => field.value).join(" ")"""


def test_leaving_forgets_what_was_typed_and_not_sent(proxied: Trial, chromium: Browser) -> None:
    window = Window(chromium, Screen(PHONE, "en", False, "198.51.100.187"), proxied)
    window.go(f"{proxied.public}/report")
    window.page.locator("#description").fill(TEXT)
    window.press("a.quit")
    window.page.go_back()
    expect(window.page.locator("#description")).to_have_value("")
    window.close()


def test_a_printed_code_is_digits_and_nothing_else(proxied: Trial, chromium: Browser) -> None:
    window = Window(chromium, Screen(DESKTOP, "en", False, "198.51.100.188"), proxied)
    fill_in_one_page(window, proxied, TEXT)
    move_on(window)
    code = shown_code(window)
    assert printed(window) == code.split()
    window.go(f"{proxied.admin}/sign-in")
    assert f"{proxied.admin}/sign-in" in printed(window)  # what browsers add where a page lets them
    window.close()


def printed(window: Window) -> list[str]:
    """The words on paper, with the lines for title, address and date that browsers add."""
    session = window.context.new_cdp_session(window.page)
    sheet = base64.b64decode(session.send("Page.printToPDF", {"displayHeaderFooter": True})["data"])
    return re.split(
        r"\s+", " ".join(page.extract_text() for page in PdfReader(io.BytesIO(sheet)).pages).strip()
    )
