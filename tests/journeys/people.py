"""What reporters and staff do on the two sites, step by step."""

import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from random import Random
from typing import Final

from crypto import passwords
from crypto.keys import MemberSeed
from tests.journeys.browser import Browser, Page, Upload
from tests.journeys.store import rows
from tests.journeys.trial import Trial

CODE = re.compile(r"[0-9]{6}( [0-9]{6}){7}")
SEED_BYTES = 32
TIP_LINK = re.compile(r"/tips/[0-9a-f]{32}(?![0-9a-f/])")


def photo(name: str, seed: int) -> Upload:
    """A photo of noise: a valid PNG of 64 by 64 pixels that no other is equal to."""
    noise = Random(seed)
    rows = b"".join(b"\0" + noise.randbytes(64 * 3) for _ in range(64))
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)),
            (b"IDAT", zlib.compress(rows)),
            (b"IEND", b""),
        )
    )
    return Upload(name, content, "image/png")


def report(
    reporter: Browser, description: str, *, unit: str = "", official: str = "no", files: Sequence[Upload] = ()
) -> str:
    """Send a tip; returns the tracking code as the page shows it."""
    page = reporter.get("/report")
    values = {"description": description, "unit": unit, "official": official}
    received = reporter.submit(page, page.form("description", "files"), values, {"files": files})
    assert received.status == 201, received.words
    code = received.by_id("tracking-code")
    assert CODE.fullmatch(code), code
    return code


def ask_for_protection(person: Browser, description: str, group: str = "witness") -> str:
    """Ask for protection without a tip; returns the tracking code as the page shows it."""
    page = person.get("/protection")
    values: dict[str, str | list[str]] = {"group": group, "description": description, "agrees": ["yes"]}
    received = person.submit(page, page.form("group", "description"), values)
    assert received.status == 201, received.words
    code = received.by_id("tracking-code")
    assert CODE.fullmatch(code), code
    return code


DANGER_FORM: Final[Mapping[str, str | list[str]]] = {
    "danger_since": "2026-01-02",
    "danger_at_once": ["patrol"],
}
"""What a protection desk fills in first, but for the danger itself."""


def open_mailbox(reporter: Browser, code: str) -> Page:
    """Sign in with a code; the first page says only whether there is something new."""
    page = reporter.get("/mailbox")
    return reporter.submit(page, page.form("code"), {"code": code})


def messages(reporter: Browser) -> Page:
    """The thread, one step further than the mailbox's first page."""
    return reporter.get("/mailbox/messages")


def sign_in(trial: Trial, name: str, language: str = "en") -> Browser:
    """Sign in at the admin site with a one-time code that was not used yet."""
    person = trial.codes(name)[name]
    staff = Browser(trial.admin, language)
    page = staff.get("/sign-in")
    values = {"name": name, "password": person["password"], "otp": person["otp"]}
    landed = staff.submit(page, page.form("name", "password", "otp"), values)
    assert landed.status == 200, landed.words
    assert not landed.url.endswith("/sign-in"), landed.words
    return staff


def confirm(trial: Trial, staff: Browser, asked: Page, name: str) -> Page:
    """Give password and a fresh code to a page that asks for them again; what lies behind it."""
    assert asked.status == 428, asked.words
    person = trial.codes(name)[name]
    values = {"confirm_password": person["password"], "confirm_otp": person["otp"]}
    return staff.submit(asked, asked.form("confirm_password", "confirm_otp"), values)


def unlocked_seed(trial: Trial, name: str) -> MemberSeed:
    """A member's keys, as their password opens them on the admin host."""
    password = trial.codes(name)[name]["password"]
    key_file = (trial.data / "admin" / "account.key").read_bytes()
    [(wrapped,)] = rows(trial, "SELECT wrapped FROM accounts WHERE name = ?", name)
    return MemberSeed(passwords.unwrap(wrapped, password, key_file)[:SEED_BYTES])


def listed(staff: Browser) -> list[str]:
    """The addresses of the tips that the list shows."""
    page = staff.get("/tips")
    assert page.status == 200, page.words
    return list(dict.fromkeys(match for address, _ in page.links for match in TIP_LINK.findall(address)))


def read(staff: Browser, address: str, purpose: str = "triage") -> Page:
    """Open a tip's page and read it, naming a purpose."""
    page = staff.get(address)
    assert page.status == 200, page.words
    return staff.submit(page, page.form("purpose"), {"purpose": purpose})


def move(staff: Browser, address: str, *targets: str) -> Page:
    """Read a tip and move it from state to state; the last page."""
    page = read(staff, address)
    for target in targets:
        form = next(
            form
            for form in page.forms
            if ("move", target) in {(each.name, each.value) for each in form.buttons}
        )
        reason = {"reason": "Nothing that we may look into."} if "reason" in form.names else {}
        page = staff.submit(page, form, reason, press=("move", target))
        assert page.status == 200, page.words
    return page


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
