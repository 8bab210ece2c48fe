"""Code sheets as somebody with the paper sees them, and letters as a clerk types them in."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final
from unittest.mock import patch

from werkzeug.test import TestResponse

from admin.language import COOKIE
from crypto.tracking_codes import TrackingCode
from tests.admin.conftest import Office, Staff

NUMBER = re.compile(r'class="sheet-number">([\d ]+)<')
CODE_ROW = re.compile(r'class="code-row">([\d ]+)<')
FORM = re.compile(r'name="form" value="([^"]+)"')
HANDED = re.compile(r'<a class="handle" href="/tips">([0-9a-f-]+)</a>')

LETTER: Final = "A letter says: a gang runs the quarry."


@dataclass(frozen=True)
class Paper:
    """A printed sheet: what stands outside, and what inside."""

    number: str
    code: TrackingCode


def english(staff: Staff) -> Staff:
    """The same browser, with pages in English."""
    staff.client.set_cookie(COOKIE, "en")
    return staff


def papers(page: TestResponse) -> list[Paper]:
    """The sheets on a page that was printed."""
    rows = CODE_ROW.findall(page.text)
    codes = [TrackingCode.parse(f"{rows[n]} {rows[n + 1]}") for n in range(0, len(rows), 2)]
    # The page lists the numbers on the screen as well; the sheets' own come in the same order.
    return [Paper(number, code) for number, code in zip(NUMBER.findall(page.text), codes, strict=True)]


def print_page(staff: Staff, count: str) -> TestResponse:
    """What a form that was opened just now answers."""
    return staff.post("/sheets", {"form": form_field(staff, "/sheets"), "count": count})


def print_papers(staff: Staff, count: int = 1) -> list[Paper]:
    """Print sheets."""
    page = print_page(staff, str(count))
    assert page.status_code == 201, page.text
    return papers(page)


def letter(**changes: Any) -> dict[str, Any]:
    """The fields of a letter that came without a sheet, unless they are changed; None leaves one out."""
    fields = {
        "channel": "letter",
        "came_on": "2026-03-02",
        "original": "steel cabinet 2",
        "no_sheet": "yes",
        "official": "no",
        "unit": "",
        "category": "",
        "description": LETTER,
    }
    if "sheet" in changes:
        del fields["no_sheet"]
    return {name: value for name, value in (fields | changes).items() if value is not None}


def enter(staff: Staff, **changes: Any) -> TestResponse:
    """Type a letter in."""
    return staff.post("/tips/new", {"form": form_field(staff, "/tips/new"), **letter(**changes)})


def form_field(staff: Staff, path: str) -> str:
    """The hidden field that a page's form is known by."""
    found = FORM.search(staff.get(path).text)
    assert found
    return found[1]


@contextmanager
def keeper_away(office: Office, *, knows_roster: bool = False) -> Iterator[None]:
    """The keeper answers nothing; with `knows_roster` it goes away after the guard of the page has asked."""
    socket, keeper = office.settings.admin_socket, office.services.keeper
    roster, aside = keeper.roster(), socket.with_suffix(".away")
    socket.rename(aside)
    keeper.close()
    with ExitStack() as stack:
        stack.callback(aside.rename, socket)
        if knows_roster:
            stack.enter_context(patch.object(keeper, "roster", lambda: roster))
        yield
