"""A member of staff at a window of the admin site: what they press, page by page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import Browser, Download, Locator, Page

from tests.journeys.store import rows
from tests.journeys.trial import Trial
from tests.journeys.windows import Screen, Window

REASON: Final = "We talked about it at the desk."
READ: Final = "main form:has([name=purpose]) button >> nth=-1"


@dataclass
class Member:
    """Somebody who works at a window.

    Attributes:
        moves: every move that was made here, as (from, to).
    """

    trial: Trial
    window: Window
    name: str
    moves: set[tuple[str, str]] = field(default_factory=set)

    @property
    def page(self) -> Page:
        """The page that stands in the window."""
        return self.window.page

    def go(self, path: str) -> None:
        """Open an address of the admin site."""
        self.window.go(f"{self.trial.admin}{path}")
        self.window.check()

    def press(self, selector: str) -> None:
        """Press a button or follow a link, opening what it is folded into."""
        self.window.page.locator(selector).first.evaluate(UNFOLD)
        self.window.press(f"{selector} >> nth=0")
        self.window.check()

    def fill(self, **fields: str) -> None:
        """Fill fields in by their ids."""
        for name, value in fields.items():
            self.page.locator(f"#{name}").fill(value)

    def sign_in(self) -> None:
        """Sign in with a fresh code."""
        person = self.trial.codes(self.name)[self.name]
        self.go("/sign-in")
        self.fill(**{name: str(person[name]) for name in ("name", "password", "otp")})
        self.press("main form button")

    def confirm(self) -> None:
        """Give password and a fresh code to the page that asks for them again."""
        person = self.trial.codes(self.name)[self.name]
        self.fill(confirm_password=str(person["password"]), confirm_otp=str(person["otp"]))
        self.press("main form:has(#confirm_otp) button")

    # ------------------------------------------------------------- the list

    def handles(self, state: str) -> list[str]:
        """The handles of the tips in a state, by the list's own button."""
        self.go("/tips")
        if self.page.locator(f"nav.filters a[href$='state={state}']").count() == 0:
            return []
        self.press(f"nav.filters a[href$='state={state}']")
        return [each.inner_text() for each in self.page.locator("tbody th a.handle").all()]

    def open(self, handle: str) -> str:
        """Open a tip from the list that stands in the window, and read it; its id."""
        self.press(f"tbody th a.handle:text-is('{handle}')")
        return self.read()

    def read(self) -> str:
        """Read the tip whose page stands in the window, for what the page proposes; its id."""
        self.press(READ)
        return self.page.url.rpartition("/")[2]

    # ---------------------------------------------------------------- a tip

    def state(self, tip: str) -> str:
        """Where a tip stands now."""
        [(state,)] = rows(self.trial, "SELECT state FROM tips WHERE id = ?", bytes.fromhex(tip))
        return str(state)

    def move(self, tip: str, target: str, **more: str) -> None:
        """Press a move's button, with a reason where the page asks for one, and see that it was made."""
        button = self._filled(f"button[name=move][value={target}]", more)
        self.moving(tip, target, lambda: self.press(button))

    def moving(self, tip: str, target: str, act: Callable[[], object]) -> None:
        """Note the move that something makes."""
        before = self.state(tip)
        act()
        assert self.state(tip) == target, self.page.inner_text("main")
        self.moves.add((before, target))

    def step(self, name: str, **more: str) -> None:
        """Take another step of the page, with a reason where it may have one."""
        self.press(self._filled(f"button[name=step][value={name}]", more))

    def _filled(self, button: str, more: Mapping[str, str]) -> str:
        """Fill in the form that a button sends; the button."""
        form = f"form:has({button})"
        reason = self.page.locator(f"{form} [name=reason]")
        if reason.count():
            reason.evaluate(UNFOLD)
            reason.fill(REASON)
        for name, value in more.items():
            field = self.page.locator(f"{form} [name={name}]")
            field.first.evaluate(UNFOLD)
            _choose(field, value)
        return f"{form} {button}"

    def answer(self) -> str:
        """Send the reporter the template that the page proposes; its text."""
        self.press("button[name=step][value=template]")
        text = self.page.locator("#message").input_value()
        assert text
        self.press("button[name=step][value=message]")
        return text

    def barred(self) -> int:
        """How many moves the page names and keeps from this member."""
        return self.page.locator("p.barred").count()

    def transfer(self, tip: str) -> bytes:
        """Transfer a tip on paper; what the browser downloads."""
        self.press("#move a.go")
        self.page.locator("#body").select_option(index=1)
        self.page.locator("[name=packet][value=paper]").check()
        self.press("#begin button")
        got: list[Download] = []

        def download() -> None:
            self.press("#begin form button")
            with self.page.expect_download() as waiting:
                self.page.locator("a[download]").click()
            got.append(waiting.value)

        self.moving(tip, "transferred", download)
        return got[0].path().read_bytes()


UNFOLD: Final = """element => {
  for (let each = element; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
}"""


def _choose(field: Locator, value: str) -> None:
    if field.first.get_attribute("type") == "radio":
        field.and_(field.page.locator(f"[value={value}]")).check()
    else:
        field.fill(value)


def at_work(chromium: Browser, screen: Screen, trial: Trial, name: str) -> Member:
    """A member who has just signed in at a window of their own."""
    member = Member(trial, Window(chromium, screen, trial), name)
    member.sign_in()
    return member
