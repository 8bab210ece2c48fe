"""What somebody who reports does in a window, page by page; each page is watched."""

from playwright.sync_api import expect

from tests.journeys.people import CODE
from tests.journeys.trial import Trial
from tests.journeys.windows import LAST_BUTTON, Sites, Window, payload


def fill_in_one_page(window: Window, trial: Trial, text: str) -> None:
    """Fill in the form on one page, with two photos."""
    window.go(f"{trial.public}/report")
    window.check()
    window.page.locator("#official-no").check()
    window.page.locator("#description").fill(text)
    choose_photos(window)


def fill_in_guided(window: Window, trial: Trial, text: str) -> None:
    """Answer the screens before the last one, and choose two photos on it."""
    window.go(f"{trial.public}/report/guided")
    window.check()
    move_on(window)
    window.page.locator("#official-no").check()
    move_on(window)
    window.page.locator("#description").fill(text)
    move_on(window)
    choose_photos(window)


def choose_photos(window: Window) -> None:
    """Put two photos into the field for files."""
    window.page.locator("#files").set_input_files([payload("a.png", 1), payload("b.png", 2)])


def move_on(window: Window) -> None:
    """The last button of the last form."""
    window.press(LAST_BUTTON)
    window.check()


def shown_code(window: Window) -> str:
    """The code that the page shows."""
    code = window.page.locator("#tracking-code").inner_text()
    assert CODE.fullmatch(code), code
    return code


def last_group(code: str) -> str:
    """What the page asks for to see that the code was copied."""
    return code.rpartition(" ")[2]


def confirm(window: Window, code: str) -> None:
    """Type the code's last group, as the page asks for."""
    window.page.locator("form[action*='/report/confirm'] input:not([type=hidden])").fill(last_group(code))
    window.press("form[action*='/report/confirm'] button")
    window.check()


def come_back(window: Window, trial: Sites, code: str) -> None:
    """Open the mailbox and go one step further, to its messages."""
    window.go(f"{trial.public}/mailbox")
    window.page.locator("#code").fill(code)
    window.press("main form[action$='/mailbox'] button")
    window.check()
    expect(window.page.locator("#news")).to_be_visible()
    window.press("main form[action$='/mailbox/open'] button")
    window.check()


def leaves_no_trace(window: Window, *words: str) -> None:
    """Neither addresses nor titles that the browser remembers hold anything of this."""
    remembered = " ".join(f"{entry['url']} {entry['title']}" for entry in window.history())
    for word in words:
        assert word not in remembered
