"""Walks through a site and keeps of every page what its rules are checked against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, Page, Response, ViewportSize
from werkzeug.exceptions import HTTPException

from tests.journeys import axe
from tests.journeys.trial import Trial
from tests.journeys.windows import LAST_BUTTON, NARROW, Screen, Window

LARGE_PRINT: Final = ViewportSize(width=640, height=900)
LETTERS: Final = 16  # pixels, as browsers come

Looks = Mapping[str, tuple[ViewportSize, bool, Any]]

# What sticks out of the window sideways, or is cut off by a box that hides what it cannot hold. A table may
# scroll in a box of its own (WCAG 2.2, 1.4.10), which is named "scroll". So may the line of short cuts over
# the list of tips, "filters": the form below it chooses the same and is as narrow as the window.
TOO_LARGE: Final = """() => {
  const found = [], shown = window.innerWidth;
  if (document.documentElement.scrollWidth > shown)
    found.push(`page is ${document.documentElement.scrollWidth} wide on ${shown}`);
  for (const each of document.body.querySelectorAll("*")) {
    if (!each.checkVisibility() || each.closest(".scroll *, main > .filters *")) continue;
    const style = getComputedStyle(each), box = each.getBoundingClientRect();
    const named = each.tagName.toLowerCase() + (each.id ? "#" + each.id : "." + each.className);
    const away = style.position === "absolute" || !box.width;
    if (!away && box.right > shown + 1) found.push(`${named} sticks out`);
    const hides = style.overflowX === "hidden" || style.overflowY === "hidden";
    if (hides && box.width > 2 && (each.scrollWidth > each.clientWidth + 1
        || each.scrollHeight > each.clientHeight + 1)) found.push(`${named} is cut off`);
  }
  return found;
}"""

# What a visitor may open on the page.
OPEN_ALL: Final = """() => {
  for (const each of document.querySelectorAll("details")) each.open = true;
}"""

# What the Tab key reaches and shows no ring around.
WITHOUT_RING: Final = """() => {
  const found = [];
  for (const each of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
    if (each.type === "hidden" || each.disabled || each.tabIndex < 0) continue;
    if (!each.checkVisibility()) continue;
    each.focus({focusVisible: true});
    const style = getComputedStyle(each);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    if (document.activeElement !== each || !ring) found.push(each.outerHTML.slice(0, 120));
  }
  return found;
}"""

# Every control without a name of its own, and every heading that skips a level, as without a style sheet.
OUTLINE: Final = """() => {
  const found = [], headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")];
  let before = 0;
  for (const each of headings) {
    if (each.closest("[role=alert]")) continue;  // what is wrong stands above everything, the title too
    const level = Number(each.tagName[1]);
    if (level > before + 1) found.push(`h${level} after h${before}: ${each.textContent.trim()}`);
    before = level;
  }
  if (document.querySelectorAll("h1").length !== 1) found.push("not exactly one h1");
  for (const each of document.querySelectorAll("input, select, textarea")) {
    if (each.type === "hidden" || each.hidden || each.labels.length || each.ariaLabel) continue;
    found.push(`no label: ${each.outerHTML.slice(0, 120)}`);
  }
  for (const each of document.querySelectorAll("[aria-invalid=true]")) {
    const group = each.type === "radio" ? each.closest("div[id], fieldset[id]")?.id : each.id;
    if (!document.querySelector(`:is(.summary, .problem) a:is([href="#${each.id}"], [href="#${group}"])`))
      found.push(`no link in the summary to #${each.id}`);
  }
  return found;
}"""


@dataclass(frozen=True)
class Seen:
    """A page in one state and language, and what was found on it."""

    name: str
    language: str
    endpoint: str
    status: int
    title: str
    html: str
    judgements: Mapping[str, axe.Judgement]
    too_large: Sequence[str]
    without_ring: Sequence[str]
    outline: Sequence[str]

    @property
    def called(self) -> str:
        """How a failure names it."""
        return f"{self.name} ({self.language}, {self.status})"


class Walker:
    """One visitor with scripts for the tool's sake, looking closely at each page."""

    def __init__(
        self,
        chromium: Browser,
        trial: Trial,
        site: Flask,
        language: str,
        address: str,
        *,
        base: str = "",
        looks: Looks,
    ) -> None:
        """Walk in a language; `site` is asked which address is which endpoint.

        Args:
            base: where the site is; the public site if none is named.
            looks: by which windows and colours each page is judged.
        """
        self.trial = trial
        self.language = language
        self.base = base or trial.public
        self._looks = looks
        self.seen: list[Seen] = []
        self._addresses = iter(f"{address}{number}" for number in range(1, 255))
        self.window = Window(
            chromium, Screen(NARROW, language, True, next(self._addresses)), trial, for_axe=True
        )
        self.page: Page = self.window.page
        self._map = site.url_map.bind("localhost")
        self._answer: Response | None = None
        self._dark = False
        self._fonts = self.window.context.new_cdp_session(self.page)
        self.page.on("response", self._keep)

    def _keep(self, answer: Response) -> None:
        if answer.request.is_navigation_request() and not 300 <= answer.status < 400:
            self._answer = answer

    def be_somebody_else(self) -> str:
        """Come from another address, without cookies; returns the address."""
        address = next(self._addresses)
        self.window.come_from(address)
        self.window.context.clear_cookies()
        return address

    def paths(self, *, of: str = "", without: Sequence[str] = ()) -> list[str]:
        """Every address that can be opened as it is, of endpoints that begin like this and not like those."""
        return sorted(
            rule.rule
            for rule in self._map.map.iter_rules()
            if "GET" in (rule.methods or ()) and not rule.arguments
            if rule.endpoint.startswith(of) and not rule.endpoint.startswith(tuple(without))
        )

    def go(self, path: str) -> None:
        """Open an address of the site without a look."""
        self.window.go(f"{self.base}{path}")

    def look_at(self, name: str, path: str) -> None:
        """Open an address and look."""
        self.go(path)
        self.look(name)

    def press(self, name: str, selector: str = LAST_BUTTON) -> None:
        """Press something, the last form's last button if nothing else, and look at what comes."""
        self.window.press(selector)
        self.look(name)

    def spoil(self, field: str) -> None:
        """Change a sealed field of the last form, as one is that has run out."""
        sealed = self.page.locator(f"main form input[name={field}] >> nth=-1")
        sealed.evaluate("field => { field.value = 'x' + field.value; }")

    def look(self, name: str) -> None:
        """Keep what there is to say of the page that stands in the window."""
        answer = self._answer
        if answer is None:
            raise AssertionError(f"{name}: no page has come")
        self.page.evaluate(OPEN_ALL)
        self.seen.append(
            Seen(
                name=name,
                language=self.language,
                endpoint=self._endpoint(answer),
                status=answer.status,
                title=self.page.title(),
                html=answer.text(),
                judgements={look: self._judge(*how) for look, how in self._looks.items()},
                too_large=self._too_large(),
                without_ring=self.page.evaluate(WITHOUT_RING),
                outline=self.page.evaluate(OUTLINE),
            )
        )
        if self.window.trouble or answer.status >= 500:
            raise AssertionError(
                f"{name}: {answer.status} {self.window.trouble}\n{self.page.inner_text('main')}"
            )

    def _endpoint(self, answer: Response) -> str:
        try:
            endpoint, _ = self._map.match(urlsplit(answer.url).path, answer.request.method)
        except HTTPException:
            return ""
        return str(endpoint)

    def _judge(self, size: ViewportSize, dark: bool, options: Any) -> axe.Judgement:
        self._show(size, dark)
        return axe.judge(self.page, options)

    def _show(self, size: ViewportSize, dark: bool = False) -> None:
        # Each change takes the browser a moment, and there are hundreds of pages.
        if self.page.viewport_size != size:
            self.page.set_viewport_size(size)
        if self._dark != dark:
            self.page.emulate_media(color_scheme="dark" if dark else "light")
            self._dark = dark

    def _too_large(self) -> list[str]:
        self._show(NARROW)
        found = [f"at 320 px: {each}" for each in self.page.evaluate(TOO_LARGE)]
        self._show(LARGE_PRINT)
        self._set_letters(2 * LETTERS)
        found += [f"with letters twice as large: {each}" for each in self.page.evaluate(TOO_LARGE)]
        self._set_letters(LETTERS)
        self._show(NARROW)
        return found

    def _set_letters(self, pixels: int) -> None:
        """The size that a visitor has chosen in the browser's own settings."""
        self._fonts.send("Page.setFontSizes", {"fontSizes": {"standard": pixels, "fixed": pixels}})

    def close(self) -> None:
        """Close the window."""
        self.window.close()
