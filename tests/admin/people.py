"""What the tests of members do as people would: read pages, follow links, read fingerprints aloud."""

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qs, urlsplit

from pyotp import TOTP
from werkzeug.test import TestResponse

from tests.admin.conftest import Office, Staff
from tests.admin.printing import english

PASSWORD = "quarry lantern seven umbrellas"
LINK = re.compile(r"/enrol/([A-Za-z0-9_-]{43})")
MADE = re.compile(r'name="made" value="([^"]+)"')
OTPAUTH = re.compile(r'href="(otpauth://[^"]+)"')
GROUP = re.compile(r"<span>(\d{5})</span>")
SEEN = re.compile(r'name="seen" value="([0-9a-f]{64})"')
JOINING = re.compile(r"/members/joining/(m[0-9a-f]{8})")


@dataclass
class Enrolling:
    """A person with their own device, between the link and the registrar's signature."""

    page: TestResponse
    secret: str

    @property
    def groups(self) -> list[str]:
        """The fingerprint that they read aloud."""
        return GROUP.findall(self.page.text)


def registrar(office: Office) -> Staff:
    """A registrar who has confirmed just now."""
    return english(office.signed_in("registrar", confirmed=True))


def confirmed(office: Office, name: str) -> Staff:
    """A member who has confirmed just now."""
    return english(office.signed_in(name, confirmed=True))


def invite(office: Office, name: str = "zhang", unit: str = "u2", **more: object) -> str:
    """Have a registrar make a link; returns its token."""
    page = registrar(office).post("/members/new", {"person": name, "unit": unit, **more})
    assert page.status_code == 201, page.text
    return token_on(page)


def token_on(page: TestResponse) -> str:
    """The token of the link on a page."""
    found = LINK.search(page.text)
    assert found, page.text
    return found[1]


def enrol(office: Office, token: str, password: str = PASSWORD) -> Enrolling:
    """Use a link on a device of one's own, to the end."""
    device = english(office.browser())
    page = device.post(f"/enrol/{token}", {"password": password, "again": password})
    assert page.status_code == 200, page.text
    made, uri = MADE.search(page.text), OTPAUTH.search(page.text)
    assert made
    assert uri
    secret = parse_qs(urlsplit(unescape(uri[1])).query)["secret"][0]
    fields = {"made": unescape(made[1]), "otp": TOTP(secret).at(office.clock.unix())}
    done = device.post(f"/enrol/{token}", fields)
    assert done.status_code == 201, done.text
    return Enrolling(done, secret)


def joining_page(office: Office) -> tuple[str, TestResponse]:
    """The address and the page of the only one who is being enrolled, as a registrar sees it."""
    staff = registrar(office)
    found = JOINING.search(staff.get("/members").text)
    assert found
    return found[0], staff.get(found[0])


def compare(office: Office, enrolling: Enrolling, **changes: str) -> TestResponse:
    """A registrar compares and signs."""
    path, page = joining_page(office)
    seen = SEEN.search(page.text)
    assert seen
    fields = {"seen": seen[1], "compared": "yes", "group": enrolling.groups[-1], **changes}
    return registrar(office).post(path, {name: value for name, value in fields.items() if value})
