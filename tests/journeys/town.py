"""Both sites over one keeper, under a clock of the tests, and people at windows of a real browser.

For stories that last days: a window on a name, an agreed check-in, an objection's ten days.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import insert
from werkzeug.serving import make_server

from crypto.tracking_codes import TrackingCode
from tests.admin.conftest import Office, sealed_once, wrapped
from tests.clocks import FixedClock
from tests.founded import links_when_asked_for, quick_passwords, share_templates
from tests.journeys.reporting import come_back
from tests.journeys.windows import DESKTOP, PHONE, Screen, Window
from tests.world import NOON, World, member_body, member_id
from tipline.accounts.models import Account, DeskSeal
from tipline.deadlines.look import look_at_clocks
from tipline.directory.service import publish_directory
from tipline.keeper.service import Keeper
from tipline.public.app import create_app
from tipline.public.services import EXTENSION

MEMBER: Final = Screen(DESKTOP, "en", True, "198.51.100.60")
AT_HOME: Final = Screen(PHONE, "en", False, "198.51.100.61")


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

    def __init__(self, office: Office, sites: Addresses, chromium: Browser, keeper: Keeper) -> None:
        self.office = office
        self.keeper = keeper
        self.sites = sites
        self._chromium = chromium
        self._windows: list[Window] = []

    def member(self, name: str, screen: Screen = MEMBER) -> Person:
        """Somebody who has just signed in, and was asked for password and code."""
        cookie = self.office.signed_in(name, confirmed=True).client.get_cookie("tipline_staff")
        assert cookie is not None
        window = self._window(screen)
        window.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.sites.admin}])
        return Person(window, self.sites.admin)

    def join(self, name: str, unit: str, desk: str, beside: str) -> None:
        """Somebody more comes to a desk, signed for by the registrar and a member of it."""
        world, keeper = self.office.world, self.office.keeper()
        keeper.append(world.sign("member", "registrar", member=member_body(name, unit)))
        joins = {"member": member_id(name), "desk": desk, "until": ""}
        keeper.append(world.sign("grant", "registrar", beside, **joins))
        who, key = {"member_id": member_id(name)}, world.desk_keys(desk)[0]
        sealed = sealed_once(world.desks[desk].seed, name)
        with self.office.database.writing() as session:
            account = {"name": name, "name_salt": b"", "wrapped": wrapped(name), "last_step": 0}
            session.execute(insert(Account), [who | account])
            session.execute(insert(DeskSeal), [who | {"desk": key.id, "epoch": key.epoch, "sealed": sealed}])
        publish(self.office)

    def visitor(self, path: str, screen: Screen = AT_HOME) -> Window:
        """Somebody who opens a page of the public site."""
        window = self._window(screen)
        window.go(f"{self.sites.public}{path}")
        window.check()
        return window

    def mailbox(self, code: TrackingCode, screen: Screen = AT_HOME) -> Window:
        """A reporter's telephone, with the messages on it."""
        window = self._window(screen)
        come_back(window, self.sites, code.reveal())
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
        window = Window(self._chromium, screen, self.sites)
        self._windows.append(window)
        return window


@contextmanager
def town_in(folder: Path, chromium: Browser) -> Iterator[Town]:
    """A town in an empty folder, at the tests' noon."""
    clock = FixedClock(NOON)
    with ExitStack() as stack:
        stack.enter_context(quick_passwords())
        world = stack.enter_context(World.made(folder, clock))
        keeper = stack.enter_context(world.keeper())
        office = Office(world, clock)
        office.start()
        stack.callback(office.services.database.dispose)
        stack.callback(office.services.keeper.close)
        publish(office)
        with links_when_asked_for():
            public = create_app(office.settings, clock)
        stack.callback(public.extensions[EXTENSION].keeper.close)
        share_templates(public)
        addresses = [stack.enter_context(served(app)) for app in (public, office.app)]
        yield Town(office, Addresses(*addresses), chromium, keeper)


def publish(office: Office) -> None:
    """The public site finds its directory in the database."""
    with office.database.writing() as session:
        publish_directory(session, office.directory().version, office.keeper().directory())


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
