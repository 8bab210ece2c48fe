"""People come and go by clicking: a link, a fingerprint read aloud, two signatures, and an end at once."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect
from pyotp import TOTP

from tests.journeys import browser as plain
from tests.journeys.people import report
from tests.journeys.staff import Member, at_work
from tests.journeys.trial import Trial
from tests.journeys.windows import DESKTOP, PHONE, Screen, Window
from tipline.accounts.service import OTP_SECONDS

NAME: Final = "chen"
PASSWORD: Final = "quarry lantern seven umbrellas"
TIP: Final = "They take the stall money on Mondays."
CHANGE: Final = "main form[action$='/change'] button"


@dataclass
class Newcomer:
    """Somebody who is being enrolled, on a telephone of their own."""

    member: Member
    code: TOTP

    def fingerprint(self) -> list[str]:
        """What stands on their page to be read aloud."""
        return self.member.page.inner_text("#fingerprint").split()

    def fresh_code(self) -> str:
        """The next code, which is taken a little early: the present one has confirmed the authenticator."""
        return self.code.at(int(time.time()) + OTP_SECONDS)

    def sign_in(self) -> None:
        """Sign in with what they chose themselves."""
        self.member.go("/sign-in")
        self.member.fill(name=NAME, password=PASSWORD, otp=self.fresh_code())
        self.member.press("main form button")


@pytest.fixture(scope="module")
def registrar(trial: Trial, chromium: Browser) -> Iterator[Member]:
    member = at_work(chromium, Screen(DESKTOP, "zh-CN", False, "198.51.100.192"), trial, "registrar")
    yield member
    member.window.close()


@pytest.fixture(scope="module")
def colleague(trial: Trial, chromium: Browser) -> Iterator[Member]:
    member = at_work(chromium, Screen(DESKTOP, "en", True, "198.51.100.193"), trial, "reviewer-a")
    yield member
    member.window.close()


@pytest.fixture(scope="module")
def newcomer(registrar: Member, trial: Trial, chromium: Browser) -> Iterator[Newcomer]:
    """A person who was invited, has chosen a password, set up an authenticator and made keys."""
    registrar.go("/members")
    registrar.press("a[href='/members/new']")
    registrar.fill(person=NAME)
    registrar.page.locator("#unit").select_option("u7")
    registrar.press("main form button")
    link = registrar.page.inner_text("#link")
    window = Window(chromium, Screen(PHONE, "en", False, "198.51.100.194"), trial)
    member = Member(trial, window, NAME)
    member.go(urlsplit(link).path)
    member.fill(password=PASSWORD, again=PASSWORD)
    member.press("main form button")
    uri = member.page.locator("a[href^='otpauth:']").get_attribute("href") or ""
    code = TOTP(parse_qs(urlsplit(uri).query)["secret"][0])
    member.fill(otp=code.now())
    member.press("main form button")
    yield Newcomer(member, code)
    window.close()


@pytest.fixture(scope="module")
def admitted(newcomer: Newcomer, registrar: Member) -> Newcomer:
    """The registrar has compared the fingerprint face to face and signed; step-up is asked for on the way."""
    groups = newcomer.fingerprint()
    registrar.go("/members")
    registrar.press("a[href^='/members/joining/']")
    shown = registrar.page.inner_text(".fingerprint").split()
    assert shown[:3] == groups[:3]
    assert groups[3] not in registrar.page.inner_text("main"), "the last group is asked for, not shown"
    registrar.page.locator("#compared").check()
    registrar.fill(group="00000")
    registrar.press("main form.card button")
    registrar.confirm()
    expect(registrar.page.locator(".problem[role=alert]")).to_be_visible()
    registrar.page.locator("#compared").check()
    registrar.fill(group=groups[3])
    registrar.press("main form.card button")
    expect(registrar.page.locator(".notice")).to_be_visible()
    return newcomer


@pytest.fixture(scope="module")
def seated(admitted: Newcomer, registrar: Member, colleague: Member) -> Newcomer:
    """Registrar and colleague have given them the desk; they have signed in and stand before the list."""
    report(plain.Browser(admitted.member.trial.public), TIP)
    registrar.page.locator("#desk").select_option("intake")
    registrar.press("main form:has(#desk) button")
    registrar.page.get_by_label(colleague.name).check()
    registrar.press(CHANGE)
    expect(registrar.page.locator(".notice")).to_be_visible()
    colleague.go("/tips")
    colleague.press("nav a[href='/proposals']")
    assert NAME in colleague.page.inner_text(".card")
    colleague.press("form[action$='/sign'] button")
    colleague.confirm()
    expect(colleague.page.locator(".notice")).to_be_visible()
    admitted.sign_in()
    return admitted


def test_keys_sign_nobody_in_before_the_registrar_has_compared_and_signed(newcomer: Newcomer) -> None:
    assert all(re.fullmatch(r"[0-9]{5}", group) for group in newcomer.fingerprint())
    elsewhere = plain.Browser(newcomer.member.trial.admin)
    asked = elsewhere.get("/sign-in")
    values = {"name": NAME, "password": PASSWORD, "otp": newcomer.fresh_code()}
    refused = elsewhere.submit(asked, asked.form("name", "password", "otp"), values)
    assert refused.url.endswith("/sign-in")
    assert elsewhere.get("/tips").url.endswith("/sign-in")


def test_a_new_member_sees_the_list_and_reads_what_came_after_they_did(seated: Newcomer) -> None:
    member = seated.member
    expect(member.page).to_have_url(re.compile("/tips$"))
    links = member.page.locator("tbody th a.handle")
    member.press(f"tbody th a.handle:text-is('{links.first.inner_text()}')")
    member.read()
    expect(member.page.locator("section.card p.said").first).to_be_visible()


def test_suspension_takes_the_list_away_and_removal_the_session_at_the_next_request(
    seated: Newcomer, registrar: Member
) -> None:
    member = seated.member
    member.go("/tips")
    _change(registrar, "suspend")
    member.page.reload()
    assert member.page.locator("a.handle").count() == 0
    member.go("/")
    expect(member.page.get_by_role("link", name="Tips", exact=True)).to_have_count(0)
    _change(registrar, "remove")
    member.go("/account")
    expect(member.page).to_have_url(re.compile("/sign-in$"))


def _change(registrar: Member, what: str) -> None:
    """A change of the newcomer that the registrar signs alone."""
    registrar.go("/members")
    registrar.press(f"main a:text-is('{NAME}')")
    registrar.press(f"button[name=do][value={what}]")
    registrar.press(CHANGE)
    expect(registrar.page.locator(".notice")).to_be_visible()
