"""A name that two people open, in a real browser: granted, refused, expired, in an emergency.

Everybody sits at a window of their own. The keeper is a real one; the clock is ours, for a window is hours
long, and one of which the reporter is told first begins on the next day.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from werkzeug.serving import make_server

from crypto.tracking_codes import TrackingCode
from tests.admin.conftest import Office
from tests.clocks import FixedClock
from tests.founded import links_when_asked_for, quick_passwords, share_templates
from tests.journeys.reporting import come_back
from tests.journeys.windows import DESKTOP, PHONE, Screen, Window
from tests.world import NOON, World
from tipline.deadlines.look import look_at_clocks
from tipline.directory.service import publish_directory
from tipline.public.app import create_app

NAME, CONTACT = "Canary Quillfeather", "the tea house by the north bridge"
WHY, ANSWER = "The payment office pays by name alone.", "Pay to a voucher instead."
HOUR, DAY = 3_600, 86_400
MEMBER, AT_HOME = (
    Screen(DESKTOP, "en", True, "198.51.100.60"),
    Screen(PHONE, "en", False, "198.51.100.61"),
)
CUSTODIAN: Final = Screen(PHONE, "en", False, "198.51.100.62")
NEWS: Final = "There is a new message."


@dataclass(frozen=True)
class Addresses:
    """Where the two sites are."""

    public: str
    admin: str


class Person:
    """Somebody at a window of the staff's site."""

    def __init__(self, window: Window, site: str) -> None:
        self.window = window
        self.page = window.page
        self._site = site

    def go(self, path: str) -> None:
        self.window.go(f"{self._site}{path}")
        self.window.check()

    def press(self, selector: str) -> None:
        self.window.press(f"{selector} >> nth=0")
        self.window.check()

    @property
    def words(self) -> str:
        """What stands on the page."""
        return self.page.inner_text("main")


class Town:
    """Both sites over one keeper."""

    def __init__(self, office: Office, sites: Addresses, chromium: Browser) -> None:
        self.office = office
        self._sites = sites
        self._chromium = chromium
        self._windows: list[Window] = []

    def member(self, name: str, screen: Screen = MEMBER) -> Person:
        """Somebody who has just signed in, and was asked for password and code."""
        cookie = self.office.signed_in(name, confirmed=True).client.get_cookie("tipline_staff")
        assert cookie is not None
        window = self._window(screen)
        window.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self._sites.admin}])
        return Person(window, self._sites.admin)

    def mailbox(self, code: TrackingCode) -> Window:
        """A reporter's telephone, with the messages on it."""
        window = self._window(AT_HOME)
        come_back(window, self._sites, code.reveal())
        return window

    def tell(self) -> None:
        """The clocks' job runs."""
        look_at_clocks(self.office.database, self.office.keeper(), self.office.clock)

    def pass_on(self, seconds: int) -> None:
        """Time goes by; everybody goes home."""
        self.office.clock.advance(seconds)
        self.close()

    def close(self) -> None:
        for window in self._windows:
            window.close()
        self._windows.clear()

    def _window(self, screen: Screen) -> Window:
        window = Window(self._chromium, screen, self._sites)
        self._windows.append(window)
        return window


@pytest.fixture(scope="module")
def running(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    clock = FixedClock(NOON)
    with ExitStack() as stack:
        stack.enter_context(quick_passwords())
        world = stack.enter_context(World.made(tmp_path_factory.mktemp("town"), clock))
        stack.enter_context(world.keeper())
        office = Office(world, clock)
        office.start()
        stack.callback(office.services.database.dispose)
        stack.callback(office.services.keeper.close)
        publish(office)
        with links_when_asked_for():
            public = create_app(office.settings, clock)
        share_templates(public)
        addresses = [stack.enter_context(served(app)) for app in (public, office.app)]
        yield Town(office, Addresses(*addresses), chromium)


def publish(office: Office) -> None:
    """The public site finds its directory in the database."""
    with office.database.writing() as session:
        publish_directory(session, office.directory().version, office.keeper().directory())


@pytest.fixture
def town(running: Town) -> Iterator[Town]:
    yield running
    running.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Matter:
    """A tip that was read, whose reporter has left a name."""

    town: Town
    tip: str
    code: TrackingCode

    @classmethod
    def of(cls, town: Town) -> "Matter":
        """The reporter writes the name into the mailbox; a reviewer reads the tip."""
        tip, code = town.office.put_tip_with_code()
        window = town.mailbox(code)
        window.go(window.page.url.replace("/messages", "/reach"))
        window.page.fill("#name", NAME)
        window.page.fill("#contact", CONTACT)
        window.move_on()
        window.check()
        reader = town.member("reviewer-a")
        reader.go("/tips")
        reader.go(f"/tips/{tip.hex()}")
        reader.press("main form:has([name=purpose]) button >> nth=-1")
        assert NAME not in reader.page.content()
        return cls(town, tip.hex(), code)

    def ask(self, reader: Person, ground: str, tell: str, *, hours: int = 2, emergency: bool = False) -> str:
        """Fill in the form and sign it: the address of the request."""
        reader.go(f"/tips/{self.tip}")
        reader.press("a[href$='/identity']")
        page = reader.page
        page.check(f"#ground-{ground}")
        page.check(f"#tell-{tell}")
        for field, text in (("reason", WHY), ("basis", "Article nine."), ("hours", str(hours))):
            page.fill(f"#{field}", text)
        if tell != "first":
            page.fill("#tell_reason", "He reads what comes to the house.")
        if emergency:
            page.check("#emergency-yes")
        reader.press("form[action$='/identity'] > button")
        expect(page.locator("main")).to_contain_text("Your request is in the log.")
        return "/disclosures/" + page.url.rpartition("/")[2].partition("?")[0]

    def decide(self, request: str, answer: str) -> Person:
        """A custodian reads why, and presses Allow ("yes") or Refuse ("no")."""
        custodian = self.town.member("custodian-1", CUSTODIAN)
        custodian.go("/disclosures")
        custodian.press(f"a[href='{request}']")
        custodian.press("#why button")
        assert WHY in custodian.words
        custodian.page.fill("#reason", ANSWER)
        custodian.press(f"button[name=approved][value={answer}]")
        seen = custodian.page.content()
        assert [word for word in (NAME, CONTACT, self.tip) if word in seen] == []
        return custodian

    def told(self) -> list[str]:
        """What the mailbox tells of disclosures."""
        return [each.inner_text() for each in self.town.mailbox(self.code).page.locator("li.told").all()]


def look(reader: Person, request: str) -> None:
    """Press for the name."""
    reader.go(request)
    reader.press(f"form[action='{request}'] button")


def is_offered(reader: Person, request: str) -> bool:
    """Whether the page of a request has the button behind which the name is."""
    reader.go(request)
    return reader.page.locator(f"form[action='{request}']").count() > 0


def test_a_reporter_reads_of_it_before_anybody_can_look(town: Town) -> None:
    matter = Matter.of(town)
    reader = town.member("reviewer-a")
    request = matter.ask(reader, "reward", "first", hours=24)
    assert matter.told() == []
    matter.decide(request, "yes")
    assert not is_offered(reader, request)
    assert "Allowed, not open yet" in reader.words
    [told] = matter.told()
    assert "They may look from Wednesday, March 4, 2026 on, for 24 hours." in told
    assert "to pay you a reward under your name, as you wish." in told
    assert WHY not in told
    town.pass_on(DAY)
    reader = town.member("reviewer-a")
    look(reader, request)
    assert {NAME, CONTACT} <= set(reader.page.locator("dd.said").all_inner_texts())
    assert "Shown to" in reader.page.inner_text(".shown-to")
    reader.press("p.back a")
    assert NAME not in reader.page.content()
    assert "Looked at\n1 time" in reader.words
    town.pass_on(DAY)
    assert not is_offered(town.member("reviewer-a"), request)
    assert "They could look from" in matter.told()[0]


def test_a_refusal_says_why(town: Town) -> None:
    matter = Matter.of(town)
    reader = town.member("reviewer-a")
    request = matter.ask(reader, "reward", "first")
    matter.decide(request, "no")
    assert not is_offered(reader, request)
    assert ANSWER not in reader.words
    reader.press("#answer button")
    assert ANSWER in reader.words
    town.tell()
    assert matter.told() == []


def test_nothing_opens_when_the_time_is_over(town: Town) -> None:
    matter = Matter.of(town)
    reader = town.member("reviewer-a")
    request = matter.ask(reader, "protection", "after")
    matter.decide(request, "yes")
    look(reader, request)
    assert NAME in reader.words
    town.tell()
    assert matter.told() == []
    town.pass_on(2 * HOUR)
    reader = town.member("reviewer-a")
    assert not is_offered(reader, request)
    assert "a new request is needed" in reader.words
    town.tell()
    [told] = matter.told()
    assert "They could look from" in told
    assert "put somebody in danger before" in told


def test_an_emergency_opens_at_once_and_an_auditor_reviews_it(town: Town) -> None:
    matter = Matter.of(town)
    reader = town.member("reviewer-a")
    request = matter.ask(reader, "life", "after", emergency=True)
    custodian = town.member("custodian-1", CUSTODIAN)
    custodian.go(request)
    assert "Emergency" in custodian.words
    matter.decide(request, "yes")
    look(reader, request)
    assert NAME in reader.words
    auditor = town.member("auditor")
    auditor.go("/log/alerts")
    auditor.press("th a:text-is('An identity was opened in an emergency')")
    assert NAME not in auditor.page.content()
    auditor.page.check("#finding-justified")
    auditor.page.fill("#reason", "Both were right: the house was watched.")
    auditor.press("main form:has(#reason) button")
    auditor.go("/log/alerts")
    assert auditor.page.locator("th a:text-is('An identity was opened in an emergency')").count() == 0
    town.tell()
    assert matter.told() == []
    town.pass_on(DAY)
    town.tell()
    assert "It had to be at once" in matter.told()[0]
