"""A window that somebody known uses, and whose every page the accessibility rules are put to."""

from dataclasses import dataclass

from playwright.sync_api import BrowserContext

from tests.journeys import axe
from tests.journeys import browser as plain
from tests.journeys.windows import Window


@dataclass(frozen=True)
class Eyes:
    """A window whose every page the accessibility rules are put to."""

    window: Window
    found: list[str]

    def look(self, selector: str = "") -> None:
        """Put the rules to the page, after a press where one is named."""
        if selector:
            self.window.press(selector)
        wrong = axe.judge(self.window.page).wrong
        self.found.extend(f"{self.window.page.url}: {each}" for each in wrong)

    def look_at(self, address: str) -> None:
        """Put the rules to an address."""
        self.window.go(address)
        self.look()


def as_somebody(context: BrowserContext, known: plain.Browser) -> None:
    """Give a window the session of somebody who has signed in elsewhere."""
    context.clear_cookies()
    context.add_cookies(
        [{"name": name, "value": value, "url": known.base} for name, value in known.cookies.items()]
    )
