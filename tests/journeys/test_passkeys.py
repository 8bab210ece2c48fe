"""A passkey in a real browser: made, used to sign in, and used to sign what changes people's rights.

The authenticator is Chromium's own virtual one (Chrome DevTools Protocol, domain WebAuthn).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, expect

from tests.journeys import axe
from tests.journeys.conftest import trial_in
from tests.journeys.trial import Trial
from tests.journeys.windows import DESKTOP, PHONE, Screen, Window

OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": False,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
USE = "#passkey button"


@dataclass
class Desk:
    """A window with an authenticator, in front of the admin site at a host that may have passkeys."""

    window: Window
    trial: Trial
    cdp: CDPSession
    authenticator: str

    def go(self, path: str) -> None:
        self.window.go(f"{self.trial.admin}{path}")
        self.window.check()

    def press(self, selector: str) -> None:
        self.window.press(selector)
        self.window.check()

    def fill(self, **fields: str) -> None:
        for field, value in fields.items():
            self.window.page.locator(f"#{field}").fill(value)

    def person(self, name: str) -> dict[str, Any]:
        """Their password and a code that was not used."""
        return self.trial.codes(name)[name]

    def sign_in(self, name: str, *, code: bool) -> None:
        person = self.person(name)
        self.go("/sign-in")
        self.fill(name=name, password=person["password"], otp=person["otp"] if code else "")
        self.press("main form button")

    def confirm(self, name: str) -> None:
        """Give password and code on the page that asks for them."""
        person = self.person(name)
        self.fill(confirm_password=person["password"], confirm_otp=person["otp"])
        self.press("main form:has(#confirm_otp) button")

    def look(self) -> list[str]:
        """What the accessibility rules find wrong on this page."""
        return [f"{self.window.page.url}: {each}" for each in axe.judge(self.window.page).wrong]

    def verified(self, *, person: bool) -> None:
        """Whether the authenticator recognises its owner."""
        self.cdp.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self.authenticator, "isUserVerified": person}
        )


@pytest.fixture(scope="module")
def by_name(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A trial of its own, whose admin site is opened as localhost: browsers make no passkey for 127.0.0.1."""
    with trial_in(tmp_path_factory.mktemp("passkeys")) as running:
        yield replace(running, admin=running.admin.replace("127.0.0.1", "localhost"))


@pytest.fixture
def desk(by_name: Trial, chromium: Browser) -> Iterator[Desk]:
    with_axe = Window(chromium, Screen(DESKTOP, "en", True, "198.51.100.180"), by_name, for_axe=True)
    cdp = with_axe.context.new_cdp_session(with_axe.page)
    cdp.send("WebAuthn.enable")
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS})
    yield Desk(with_axe, by_name, cdp, made["authenticatorId"])
    with_axe.close()


def make_passkey(desk: Desk, name: str) -> list[str]:
    """Add a passkey on the account's page; what the accessibility rules find on the way."""
    desk.go("/account")
    wrong = desk.look()
    desk.press("#passkey form button")
    wrong += desk.look()
    desk.confirm(name)
    wrong += desk.look()
    desk.press(USE)  # the browser makes it …
    expect(desk.window.page.get_by_role("heading", name="Confirm with your passkey")).to_be_visible()
    wrong += desk.look()
    desk.press(USE)  # … and it signs that it is theirs
    expect(desk.window.page.locator(".notice")).to_contain_text("in the roster")
    return wrong


def logged(trial: Trial, folder: Path, kind: str) -> list[dict[str, Any]]:
    """The done statements of a type, from an export that verifies elsewhere."""
    export = folder / "log.txt"
    trial.run("log", "export", str(export))
    assert "consistent" in trial.run("log", "verify", str(export)).stdout
    entries = [
        json.loads(line)["entry"]
        for line in export.read_text("utf-8").splitlines()
        if line[:9] == '{"entry":'
    ]
    return [entry for entry in entries if (entry["body"]["type"], entry["outcome"]) == (kind, "done")]


def test_a_passkey_is_made_signs_in_and_signs_what_changes_peoples_rights(desk: Desk, tmp_path: Path) -> None:
    page = desk.window.page
    desk.sign_in("registrar", code=True)
    assert make_passkey(desk, "registrar") == []
    desk.press("form[action='/sign-out'] button")

    desk.sign_in("registrar", code=False)
    assert desk.look() == []
    desk.verified(person=False)
    page.locator(USE).click()
    expect(page.locator("[data-said=refused]")).to_be_visible()
    desk.verified(person=True)
    desk.press(USE)
    expect(page.get_by_role("link", name="registrar", exact=True)).to_be_visible()

    (brought,) = logged(desk.trial, tmp_path, "passkey")
    registrar = brought["body"]["member"]
    desk.go("/members")
    desk.press("main a:text-is('reviewer-b')")
    reviewer = page.url.rpartition("/")[2]
    desk.go(f"/members/{reviewer}/change?do=revoke&desk=intake")
    desk.press(f"form[action='/members/{reviewer}/change'] button")
    expect(page.locator("dd strong")).to_contain_text("reviewer-b")
    desk.press(USE)
    expect(page.locator(".notice")).to_be_visible()
    (revoked,) = logged(desk.trial, tmp_path, "revoke")
    assert revoked["body"]["member"] == reviewer
    assert revoked["assertions"].keys() == brought["assertions"].keys() == {registrar}


def test_without_scripts_a_code_works_and_the_passkey_s_page_says_why_it_does_not(
    by_name: Trial, chromium: Browser
) -> None:
    window = Window(chromium, Screen(PHONE, "zh-CN", False, "198.51.100.181"), by_name)
    person = by_name.codes("reviewer-a")["reviewer-a"]
    window.go(f"{by_name.admin}/sign-in")
    for field in ("name", "password", "otp"):
        window.page.locator(f"#{field}").fill(person[field])
    window.press("main form button")
    window.go(f"{by_name.admin}/account")
    window.check()
    window.press("#passkey form button")
    fresh = by_name.codes("reviewer-a")["reviewer-a"]
    window.page.locator("#confirm_password").fill(fresh["password"])
    window.page.locator("#confirm_otp").fill(fresh["otp"])
    window.press("main form:has(#confirm_otp) button")
    window.check()
    expect(window.page.locator("noscript, .problem").first).to_be_visible()
    window.close()
