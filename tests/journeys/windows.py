"""A window of a real browser: what it asks for and complains about is watched."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    FilePayload,
    Page,
    Request,
    ViewportSize,
)

from tests.journeys import axe
from tests.journeys.people import photo

CHROMIUM: Final = Path("/usr/bin/chromium")
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
NARROW: Final = ViewportSize(width=320, height=640)
PHONE: Final = ViewportSize(width=360, height=740)
DESKTOP: Final = ViewportSize(width=1280, height=900)
PATIENCE: Final = 20_000  # milliseconds


@dataclass(frozen=True)
class Screen:
    """How somebody looks at the sites, and where they come from."""

    size: ViewportSize
    language: str
    scripts: bool
    address: str
    dark: bool = False


class Sites(Protocol):
    """Where the two sites are."""

    @property
    def public(self) -> str:
        """The public site's address, without a slash at its end."""
        ...

    @property
    def admin(self) -> str:
        """The staff's."""
        ...


class Window:
    """One window with its own cookies."""

    def __init__(self, chromium: Browser, screen: Screen, trial: Sites, *, for_axe: bool = False) -> None:
        self.context: BrowserContext = chromium.new_context(
            viewport=screen.size,
            locale=screen.language,
            java_script_enabled=screen.scripts,
            color_scheme="dark" if screen.dark else "light",
            reduced_motion="reduce",  # colours are looked at when they have changed, not on their way
            extra_http_headers={"X-Forwarded-For": screen.address},
            bypass_csp=for_axe,  # the tool's own script; nothing else is let in by it
        )
        self.context.set_default_timeout(PATIENCE)
        if for_axe:
            axe.load(self.context)
        self.page: Page = self.context.new_page()
        self.trouble: list[str] = []
        self._sites = (f"{trial.public}/", f"{trial.admin}/")
        self._pages: set[str] = set()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("request", self._watch)

    def _watch(self, asked: Request) -> None:
        if asked.is_navigation_request():
            self._pages.add(asked.url)
        if not asked.url.startswith(self._sites):
            self.trouble.append(asked.url)

    def _note(self, said: ConsoleMessage) -> None:
        # A page that says what to correct has a status of 4xx, which the browser calls an error of loading.
        if said.type == "error" and said.location["url"] not in {*self._pages, *self._icons()}:
            self.trouble.append(said.text)

    def _icons(self) -> set[str]:
        return {f"{site}favicon.ico" for site in self._sites}

    def go(self, address: str) -> None:
        """Open an address."""
        self.page.goto(address)

    def press(self, selector: str) -> None:
        """Press a button or follow a link, and wait for the page behind it."""
        with self.page.expect_navigation():
            self.page.locator(selector).click()

    def move_on(self) -> None:
        """Press the last button of the page's last form, as its reader would."""
        self.press(LAST_BUTTON)

    def come_from(self, address: str) -> None:
        """From now on be another client: a walk through every page is more than one visitor may ask for."""
        self.context.set_extra_http_headers({"X-Forwarded-For": address})

    def check(self) -> None:
        """Nothing came from elsewhere or was refused, and nothing has to be scrolled sideways."""
        assert self.trouble == []
        width, shown = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width <= shown, f"{self.page.url} is {width} wide on a screen of {shown}"

    def history(self) -> list[dict[str, Any]]:
        """Addresses and titles that the browser remembers of this window."""
        session = self.context.new_cdp_session(self.page)
        remembered = session.send("Page.getNavigationHistory")["entries"]
        session.detach()
        return [{"url": entry["url"], "title": entry["title"]} for entry in remembered]

    def close(self) -> None:
        """Close the window, and forget its cookies."""
        self.context.close()


LAST_BUTTON: Final = "main form[method=post] >> nth=-1 >> button >> nth=-1"


def payload(name: str, seed: int) -> FilePayload:
    """A photo as somebody chooses it."""
    upload = photo(name, seed)
    return FilePayload(name=upload.name, mimeType=upload.media_type, buffer=upload.content)
