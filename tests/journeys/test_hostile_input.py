"""Hostile input wherever files are taken: a clear answer, nothing left, little memory, no text lost."""

import io
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pytest

from tests.cleaning.documents import package, pdf_with_stream, zeros
from tests.cleaning.pictures import png_of
from tests.journeys.browser import BOUNDARY, Browser, Form, Page, Upload
from tests.journeys.conftest import trial_in
from tests.journeys.people import open_mailbox, photo, report
from tests.journeys.store import files_below
from tests.journeys.test_cut_submissions import send
from tests.journeys.trial import Trial, children, wait_for
from tipline.bench.accounting import ProcessTree

TEXT: Final = "They come on Fridays & take <everything>."
MOST_GROWTH_MIB: Final = 200
LOOK_SECONDS: Final = 0.02
ADDRESSES: Final = count(1)
ANSWERED: Final = frozenset({200, 201, 400, 413, 422})
MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True)
class Door:
    """A form that takes files: how somebody new comes to it, and what they have typed by then."""

    name: str
    enter: Callable[[Browser], tuple[Page, Form, Mapping[str, str]]]


def one_page(browser: Browser) -> tuple[Page, Form, Mapping[str, str]]:
    page = browser.get("/report")
    return page, page.form("description", "files"), {"description": TEXT, "official": "no"}


def guided(browser: Browser) -> tuple[Page, Form, Mapping[str, str]]:
    page = browser.get("/report/guided")
    for typed in ({}, {"official": "no"}, {"description": TEXT}):
        page = browser.submit(page, page.form("step"), typed)
    return page, page.form("step", "files"), {}


def mailbox(browser: Browser) -> tuple[Page, Form, Mapping[str, str]]:
    open_mailbox(browser, report(browser, TEXT))
    page = browser.get("/mailbox/files")
    form = page.form("files", action="/mailbox/files")
    return page, form, {"message": TEXT} if "message" in form.names else {}


DOORS: Final = [Door("report", one_page), Door("guided", guided), Door("mailbox", mailbox)]


class Growth:
    """How far the memory of a site rises, with every process that it starts meanwhile (MiB)."""

    def __init__(self, root: int) -> None:
        self._tree = ProcessTree([root])
        self._before = {pid: _kib(pid, "VmRSS") for pid in self._tree.pids()}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.highest = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            rises = (_kib(pid, "VmHWM") - self._before.get(pid, 0) for pid in self._tree.pids())
            self.highest = max(self.highest, sum(rise for rise in rises if rise > 0) / 1024)


def _kib(pid: int, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the processes would put temporary files."""
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory, temporary: Path) -> Iterator[Trial]:
    """A trial of its own: what waits in its staging is what these tests sent."""
    with trial_in(tmp_path_factory.mktemp("hostile"), TMPDIR=str(temporary)) as running:
        yield running


def somebody(trial: Trial) -> Browser:
    number = next(ADDRESSES)
    return Browser(trial.public, headers={"X-Forwarded-For": f"198.18.{100 + number // 250}.{number % 250}"})


def zip_of(parts: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return made.getvalue()


def nested(levels: int) -> bytes:
    """A package of packages, which would be thousands of times as large with all of them open."""
    made = zip_of({"0": bytes(10 * MEBIBYTE)})
    for _ in range(levels):
        made = zip_of({f"{number}.zip": made for number in range(8)})
    return made


HOSTILE: Final[Mapping[str, Callable[[], Upload]]] = {
    "a drawing with a script": lambda: Upload(
        "a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
    ),
    "a page with a script": lambda: Upload("a.html", b"<!DOCTYPE html><script>alert(1)</script>"),
    "a picture that is a page": lambda: Upload("a.gif", b"GIF89a/*<script>alert(1)</script>*/=0;"),
    "a picture that is a package": lambda: Upload(
        "a.png", photo("a.png", 7).content + zip_of({"../../evil.sh": b"#!/bin/sh"})
    ),
    "a document that is a page": lambda: Upload("a.pdf", b"%PDF-1.7\n<html><script>alert(1)</script></html>"),
    "packages in packages": lambda: Upload("42.zip", nested(3)),
    "a text document that bursts": lambda: Upload(
        "a.docx", package({"word/document.xml": bytes(300 * MEBIBYTE)})
    ),
    "a document that bursts": lambda: Upload("a.pdf", pdf_with_stream(zeros(400 * MEBIBYTE), "FlateDecode")),
    "a picture of 50,000 by 50,000": lambda: Upload("a.png", png_of(50_000, 50_000)),
    "a name that climbs": lambda: Upload("../../../../etc/cron.d/evil", b"evil"),
    "a name that climbs in Windows": lambda: Upload(r"..\..\evil.exe", b"evil"),
    "a name with a line end": lambda: Upload('a.png"\r\nX-Evil: yes\r\n\r\nevil\r\n--', b"evil"),
    "a name with a zero": lambda: Upload("a\0.png", b"evil"),
    "a name without an end": lambda: Upload("x" * 5_000 + ".png", b"evil"),
    "nothing": lambda: Upload("empty.png", b""),
}


def is_clear(page: Page) -> None:
    """An answer that a person can do something with, and in which nothing of the file is live."""
    assert page.status in ANSWERED, page.status
    assert page.text.rstrip().endswith("</html>")
    assert "<script" not in page.text
    assert "x-evil" not in page.headers
    assert "default-src 'none'" in page.headers["content-security-policy"]


def leave_files_out(browser: Browser, page: Page) -> Page:
    """Press the button of the page that came back, without its files."""
    form = page.form("files")
    left_out = form.choices.get("leave_out", [])
    return browser.submit(page, form, {"leave_out": left_out} if left_out else {})


def strays(trial: Trial) -> set[str]:
    """What lies in staging and is not known to wait for a press of the button."""
    waiting = {path.name for path in files_below(trial.ram / "public" / "staged")}
    return {path.name for path in files_below(trial.data / "staging")} - waiting


def nothing_is_left(trial: Trial, temporary: Path) -> None:
    wait_for("nothing is left in staging", lambda: not strays(trial))
    assert files_below(temporary) == []
    assert list((trial.data / "files").rglob("*evil*")) == []


def has_text(door: Door, page: Page) -> bool:
    """Whether what was typed is on the page, or in what it carries sealed: then a press sends it."""
    if door.name == "guided":
        return "state" in page.form("step").names
    return any(value == TEXT for form in page.forms for _, value in form.fields)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_answered_clearly_leaves_nothing_and_costs_no_text_and_little_memory(
    trial: Trial, temporary: Path, door: Door, what: str
) -> None:
    browser = somebody(trial)
    page, form, typed = door.enter(browser)
    before = set(files_below(trial.data / "files"))
    with Growth(children(trial.process.pid)["public"]) as growth:
        answer = browser.submit(page, form, typed, {"files": [HOSTILE[what]()]})
    is_clear(answer)
    assert growth.highest < MOST_GROWTH_MIB
    if answer.status != 201 and "/messages" not in answer.url:
        assert has_text(door, answer)
        last = leave_files_out(browser, answer)
        assert last.status == (422 if door.name == "mailbox" else 201), last.words
        assert set(files_below(trial.data / "files")) == before
    nothing_is_left(trial, temporary)


def whole_request(trial: Trial, browser: Browser, page: Page, form: Form, body: bytes) -> bytes:
    """A request as it travels."""
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    cookie = f"Cookie: {cookies}\r\n" if cookies else ""
    head = (
        f"POST {form.action} HTTP/1.1\r\nHost: {trial.public.removeprefix('http://')}\r\n"
        f"X-Forwarded-For: {browser.headers['X-Forwarded-For']}\r\n{cookie}Connection: close\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def part(disposition: str, content: bytes) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n"
    return head.encode() + content + b"\r\n"


def fields_of(form: Form, typed: Mapping[str, str]) -> bytes:
    fields = {**dict(form.fields), **typed}
    return b"".join(part(f'name="{name}"', value.encode()) for name, value in fields.items())


END: Final = f"--{BOUNDARY}--\r\n".encode()
BODIES: Final[Mapping[str, bytes]] = {
    "ten thousand parts": b"".join(part(f'name="x{number}"', b"x") for number in range(10_000)) + END,
    "ten thousand files": b"".join(
        part(f'name="files"; filename="{number}.txt"', b"x") for number in range(10_000)
    )
    + END,
    "empty parts": (part('name=""', b"") + part('name="files"; filename="a.png"', b"")) * 20 + END,
    "parts without a head": f"--{BOUNDARY}\r\n\r\n\r\n".encode() * 20 + END,
    "a head without an end": f"--{BOUNDARY}\r\nX: ".encode() + b"x" * 500_000,
    "no end": part('name="files"; filename="a.png"', b"x" * 5_000),
}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
@pytest.mark.parametrize("what", BODIES)
def test_a_hostile_body_is_answered_clearly_and_leaves_nothing(
    trial: Trial, temporary: Path, door: Door, what: str
) -> None:
    browser = somebody(trial)
    page, form, typed = door.enter(browser)
    body = fields_of(form, typed) + BODIES[what]
    with Growth(children(trial.process.pid)["public"]) as growth:
        answer = send(trial, whole_request(trial, browser, page, form, body))
    status = int(answer.split()[1])
    assert status in ANSWERED | {303}, answer[:200]
    assert status == 303 or answer.rstrip().endswith(b"</html>")
    assert growth.highest < MOST_GROWTH_MIB
    nothing_is_left(trial, temporary)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_a_connection_cut_anywhere_leaves_nothing(trial: Trial, temporary: Path, door: Door) -> None:
    before = set(files_below(trial.data / "files"))
    browser = somebody(trial)
    page, form, typed = door.enter(browser)
    before |= set(files_below(trial.data / "files"))
    files = [part(f'name="files"; filename="{number}.png"', photo("", number).content) for number in range(2)]
    whole = whole_request(trial, browser, page, form, fields_of(form, typed) + b"".join(files) + END)
    start = whole.index(b"\r\n\r\n") + 4
    first = whole.index(files[0])
    places = [1, start - 2, start, start + 30, first, first + 70, first + 90, first + 3_000]
    places += [first + len(files[0]), first + len(files[0]) + 2_500, len(whole) - 3, len(whole) - 1]
    for place in places:
        for badly in (False, True):
            said = send(trial, whole[:place], badly=badly)
            assert b"tracking-code" not in said, place
    nothing_is_left(trial, temporary)
    assert set(files_below(trial.data / "files")) == before
