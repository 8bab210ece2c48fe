"""Adding and removing a member in a real browser: three people, each with a window of their own."""

import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect
from pyotp import TOTP

from tests.journeys import axe
from tests.journeys.people import sign_in
from tests.journeys.trial import Trial
from tests.journeys.windows import DESKTOP, PHONE, Screen, Window

PASSWORD: Final = "quarry lantern seven umbrellas"
SIGN: Final = "main form[method=post] >> nth=-1 >> button"
OFFICE: Final = Screen(DESKTOP, "en", False, "198.51.100.170")
AT_HOME: Final = Screen(PHONE, "zh-CN", False, "198.51.100.171")
COLLEAGUE: Final = Screen(PHONE, "en", False, "198.51.100.172")


def fill(window: Window, **fields: str) -> None:
    """Type into fields."""
    for field, value in fields.items():
        window.page.locator(f"#{field}").fill(value)


def press(window: Window, selector: str) -> None:
    """Press, and look at the page that comes."""
    window.press(selector)
    window.check()


def enter(window: Window, trial: Trial, name: str) -> None:
    """Sign in."""
    person = trial.codes(name)[name]
    window.go(f"{trial.admin}/sign-in")
    fill(window, name=name, password=person["password"], otp=person["otp"])
    press(window, "main form button")


def confirm(window: Window, trial: Trial, name: str) -> None:
    """Give password and a fresh code where the page asks for them again."""
    person = trial.codes(name)[name]
    fill(window, confirm_password=person["password"], confirm_otp=person["otp"])
    press(window, "form:has(#confirm_otp) button")


def invite(registrar: Window, trial: Trial) -> str:
    """Add a person; the link."""
    registrar.go(f"{trial.admin}/members")
    registrar.check()
    press(registrar, "a[href='/members/new']")
    fill(registrar, person="wang-fang")
    registrar.page.locator("#unit").select_option("u7")
    press(registrar, "form[action='/members/new'] button")
    return registrar.page.locator("#link").inner_text().strip()


def enrol(person: Window, link: str) -> tuple[list[str], TOTP]:
    """Use the link at home; the fingerprint to read aloud, and the authenticator."""
    person.go(link)
    person.check()
    fill(person, password=PASSWORD, again=PASSWORD)
    press(person, "main form button")
    address = person.page.locator("a[href^='otpauth:']").get_attribute("href")
    assert address
    codes = TOTP(parse_qs(urlsplit(address).query)["secret"][0])
    fill(person, otp=codes.now())
    press(person, "main form button")
    return re.findall(r"\d{5}", person.page.locator("#fingerprint").inner_text()), codes


def compare(registrar: Window, trial: Trial, groups: list[str]) -> None:
    """Compare the fingerprint and sign."""
    registrar.go(f"{trial.admin}/members")
    press(registrar, "a[href^='/members/joining/']")
    shown = re.findall(r"\d{5}", registrar.page.locator("form:has(#group) .fingerprint").inner_text())
    assert shown == groups[:3]
    registrar.page.locator("#compared").check()
    fill(registrar, group=groups[3])
    press(registrar, "form:has(#group) button")


@pytest.fixture
def windows(trial: Trial, chromium: Browser) -> tuple[Window, Window, Window]:
    return tuple(Window(chromium, screen, trial) for screen in (OFFICE, AT_HOME, COLLEAGUE))  # type: ignore[return-value]


def test_a_person_is_added_reads_and_is_removed(trial: Trial, windows: tuple[Window, Window, Window]) -> None:
    registrar, person, colleague = windows
    enter(registrar, trial, "registrar")
    groups, codes = enrol(person, invite(registrar, trial))
    compare(registrar, trial, groups)
    confirm(registrar, trial, "registrar")
    expect(registrar.page.get_by_role("heading", name="wang-fang")).to_be_visible()
    address = registrar.page.url.partition("?")[0]

    registrar.page.locator("#desk").select_option("intake")
    press(registrar, "form:has(#desk) button >> nth=0")
    registrar.page.get_by_label("reviewer-a").check()
    press(registrar, SIGN)

    enter(colleague, trial, "reviewer-a")
    press(colleague, "a[href='/proposals']")
    expect(colleague.page.get_by_text("wang-fang joins the desk “Intake”.")).to_be_visible()
    press(colleague, "form[action$='/sign'] button")
    confirm(colleague, trial, "reviewer-a")
    colleague.go(f"{trial.admin}/tips")  # whoever holds the desk passes its keys on at their next page

    person.go(f"{trial.admin}/sign-in")
    fill(person, name="wang-fang", password=PASSWORD, otp=codes.now())
    press(person, "main form button")
    assert person.page.url.endswith("/tips")

    registrar.go(address)
    press(registrar, "button[value=remove]")
    press(registrar, SIGN)
    person.go(f"{trial.admin}/tips")
    assert person.page.url.endswith("/sign-in")
    for window in windows:
        window.close()


@pytest.mark.parametrize(
    "screen",
    [
        Screen(DESKTOP, "en", True, "198.51.100.173"),
        Screen(PHONE, "zh-CN", True, "198.51.100.174", dark=True),
    ],
    ids=["light-desktop-en", "dark-phone-zh"],
)
def test_the_accessibility_rules_find_nothing_wrong_on_the_registrars_pages(
    trial: Trial, chromium: Browser, screen: Screen
) -> None:
    known = sign_in(trial, "registrar")
    window = Window(chromium, screen, trial, for_axe=True)
    window.context.add_cookies(
        [{"name": name, "value": value, "url": known.base} for name, value in known.cookies.items()]
    )
    window.go(f"{trial.admin}/members")
    member = window.page.locator("tbody a", has_text="reviewer-a").get_attribute("href")
    found = []
    for path in (
        *("/", "/members", "/members/new", "/members/desks", "/members/calendar", "/proposals"),
        *(f"{member}", f"{member}/change?do=remove", f"{member}/change?do=role&role=liaison"),
    ):
        window.go(f"{trial.admin}{path}")
        found += [f"{path}: {each}" for each in axe.judge(window.page).wrong]
    window.close()
    assert found == [], "\n".join(found)
