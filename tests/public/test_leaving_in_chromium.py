"""Leaving in a real browser: going back shows nothing that was typed, no code, no message."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError
from werkzeug.serving import make_server

from tests.public.instance import Instance

CHROMIUM = "/usr/bin/chromium"
TYPED = "They take money at the canary market."


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def address(instance: Instance) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, instance.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def phone(chromium: Browser, *, script: bool) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, locale="en", java_script_enabled=script
    )
    yield context.new_page()
    context.close()


def send(page: Page, address: str) -> str:
    """Send a report on the one page, and return the code that is shown."""
    page.goto(f"{address}/report")
    page.fill("#description", TYPED)
    page.locator("main form button").last.click()
    return page.locator("#tracking-code").inner_text()


def leave_and_go_back(page: Page) -> str:
    """Press the link, look at the page behind it, press Back: what is to be seen then."""
    page.click("a.quit")
    assert page.locator("h1").inner_text() == "Office hours"
    return go_back(page)


def go_back(page: Page) -> str:
    try:
        page.go_back()
    except BrowserError:  # to what a form brought: the browser has nothing to show, and says so
        page.wait_for_url(re.compile("^chrome-error:"))
    page.wait_for_load_state()
    return page.content()


def send_again_all_that_lies_behind(page: Page) -> str:
    """Go back page by page, and say yes where the browser asks whether to send a form again: what is seen."""
    seen = []
    for _ in range(len(history(page)) - 1):
        go_back(page)
        page.reload()
        seen += [page.content(), *typed_on(page)]
    return " ".join(seen)


def history(page: Page) -> list[dict[str, str]]:
    """The addresses and titles that the browser remembers of this page."""
    session = page.context.new_cdp_session(page)
    entries: list[dict[str, str]] = session.send("Page.getNavigationHistory")["entries"]
    session.detach()
    return entries


def typed_on(page: Page) -> list[str]:
    """What stands in the fields; a browser may put it there by itself."""
    return [field.input_value() for field in page.locator("textarea, input[type=text]").all()]


@pytest.mark.parametrize("script", [False, True])
def test_back_shows_nothing_that_was_typed(chromium: Browser, address: str, script: bool) -> None:
    with phone(chromium, script=script) as page:
        page.goto(f"{address}/report")
        page.fill("#description", TYPED)
        page.check("#official-yes")
        assert "canary" not in leave_and_go_back(page)
        assert set(typed_on(page)) <= {""}
        assert not page.is_checked("#official-yes")


@pytest.mark.parametrize("script", [False, True])
def test_back_shows_no_code(chromium: Browser, address: str, script: bool) -> None:
    with phone(chromium, script=script) as page:
        code = send(page, address)
        seen = leave_and_go_back(page)
        assert not any(group in seen for group in code.split())
        assert "canary" not in go_back(page) + "".join(typed_on(page))


@pytest.mark.parametrize("script", [False, True])
def test_back_shows_no_mailbox(chromium: Browser, address: str, script: bool) -> None:
    with phone(chromium, script=script) as page:
        code = send(page, address)
        page.goto(f"{address}/mailbox")
        page.fill("#code", code)
        page.locator("main form button").last.click()
        page.goto(f"{address}/mailbox/messages")
        assert page.locator("h1").inner_text() == "Messages"
        assert page.context.cookies() != []
        seen = leave_and_go_back(page)
        assert "<h1>Messages</h1>" not in seen
        assert page.context.cookies() == []
        assert not any(group in seen for group in code.split())


@pytest.mark.parametrize("script", [False, True])
@pytest.mark.parametrize("over", ["", "/safety", "/mailbox", "/report"])
def test_sending_again_from_behind_shows_no_code(
    chromium: Browser, address: str, script: bool, over: str
) -> None:
    with phone(chromium, script=script) as page:
        code = send(page, address)
        if over:
            page.locator(f"a[href^='{over}']").last.click()
        page.click("a.quit")
        assert page.locator("h1").inner_text() == "Office hours"
        assert page.url == f"{address}/leave"
        seen = send_again_all_that_lies_behind(page)
        assert [word for word in ("canary", *code.split()) if word in seen] == []


@pytest.mark.parametrize("script", [False, True])
def test_sending_again_from_behind_shows_no_answer_of_an_earlier_screen(
    chromium: Browser, address: str, script: bool
) -> None:
    with phone(chromium, script=script) as page:
        page.goto(f"{address}/report/guided")
        for _ in range(2):
            page.locator("main form button").last.click()
        page.fill("#description", TYPED)
        page.locator("main form button").last.click()
        page.click("button[value=back]")
        assert typed_on(page) == [TYPED]
        page.click("a.quit")
        assert page.url == f"{address}/leave"
        assert "canary" not in send_again_all_that_lies_behind(page)


def test_sending_again_from_behind_shows_no_mistyped_code(chromium: Browser, address: str) -> None:
    with phone(chromium, script=False) as page:
        page.goto(f"{address}/mailbox")
        page.fill("#code", "123456 canary")
        page.locator("main form button").last.click()
        assert typed_on(page) == ["123456 canary"]
        page.click("a.quit")
        assert "canary" not in send_again_all_that_lies_behind(page)


def test_the_history_holds_no_mark_of_the_neutral_page(chromium: Browser, address: str) -> None:
    with phone(chromium, script=False) as page:
        send(page, address)
        page.click("a.quit")
        assert [entry["url"] for entry in history(page)][-2:] == [f"{address}/report", f"{address}/leave"]
