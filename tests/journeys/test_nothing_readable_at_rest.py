"""Promise 1: what people type is nowhere on a disk, and in RAM only under keys that their browsers hold.

One instance whose data, temporary files, output and RAM are watched. Words with marks in them go into every
field and header; afterwards, in between, and after every kind of refusal, all bytes are searched for them.
"""

import base64
import http.client
import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crypto.tracking_codes import TrackingCode
from tests.journeys.browser import BOUNDARY, Browser, Form, Page, Upload
from tests.journeys.canaries import MARKS, Search, canary, code_forms, forms, raw_forms
from tests.journeys.conftest import trial_in
from tests.journeys.people import CODE, DANGER_FORM, listed, messages, open_mailbox, read, sign_in
from tests.journeys.store import tip_of
from tests.journeys.trial import Trial, wait_for

BIG = 1_500_000
"""Bytes of a file that the framework alone would write down in the clear (it does from 500 KB on)."""

CATEGORY = "market-bullies"
INCIDENT_FORM = {"incident_on": "2026-01-02", "incident_kinds": ["threat"]}
NETWORK = "198.51.100."
"""How the address of every visitor begins."""


@dataclass
class Watched:
    """A trial, and the search through everything that it can write to."""

    trial: Trial
    search: Search
    visitors: int = field(default=0)

    def visitor(self) -> Browser:
        """A reporter whose every header is marked, from an address of their own."""
        self.visitors += 1
        address = f"{NETWORK}{self.visitors}"
        return Browser(
            self.trial.public,
            f"en, {MARKS[0]};q=0.1",
            {
                "X-Forwarded-For": address,
                "User-Agent": f"{MARKS[0]}/1.0",
                "Referer": f"{self.trial.public}/{MARKS[0]}",
            },
        )

    def hold_code(self, code: str) -> None:
        """Look for a tracking code from now on."""
        self.search.add(code_forms(code))

    def hold_cookies(self, browser: Browser) -> None:
        """Look for a browser's session keys from now on."""
        for name, value in browser.cookies.items():
            raw = base64.urlsafe_b64decode(value.partition(".")[0] + "==")
            self.search.add({f"the cookie {name}": forms(value) | raw_forms(raw)})

    def change(self, sql: str) -> None:
        """Change a row by hand."""
        with closing(sqlite3.connect(self.trial.data / "main.db")) as database, database:
            database.execute(sql)

    def staged(self) -> list[Path]:
        """Sealed files that no tip holds yet, and that wait for no press of a button."""
        register = self.trial.ram / "public" / "staged"
        waiting = {path.name for path in register.iterdir()} if register.exists() else set()
        found = (path for path in (self.trial.data / "staging").iterdir() if path.name not in waiting)
        return [path for path in found if _size(path) > 0]


def _size(path: Path) -> int:
    """Bytes of a file; none when the site has just taken it away."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    temporary = folder / "temporary"
    temporary.mkdir()
    with trial_in(folder, TMPDIR=str(temporary)) as trial:
        search = Search((folder, trial.ram), trial.process.pid)
        search.add({"an address": forms(NETWORK)})
        yield Watched(trial, search)


def answers(description: str) -> dict[str, str | list[str]]:
    """A report with words of ours in every field that takes words."""
    return {
        "description": description,
        "exclude_text": canary("exclude"),
        "category": CATEGORY,
        "unit": "u8",
        "official": "yes",
        "exclude": ["u9"],
        "danger": "yes",
    }


def files() -> list[Upload]:
    """Files whose names and contents are marked, a small one and one that streams."""
    words = canary("content").encode()
    return [
        Upload(f"{canary('name')}.txt", words, f"text/{MARKS[0]}"),
        Upload(f"{canary('name-2')}.bin", words * (BIG // len(words))),
    ]


def report(watched: Watched, reporter: Browser, description: str) -> str:
    """Send a marked report; look for its code from now on."""
    page = reporter.get("/report")
    received = reporter.submit(page, report_form(page), answers(description), {"files": files()})
    assert received.status == 201, received.words
    code = received.by_id("tracking-code")
    assert CODE.fullmatch(code)
    watched.hold_code(code)
    return code


def leave_name(reporter: Browser, address: str = "/mailbox/reach") -> None:
    """Leave a marked name in the open mailbox, which does not show it again."""
    page = reporter.get(address)
    left = {field: canary(field) for field in ("name", "contact", "details", "safely")}
    kept = reporter.submit(page, page.form("contact"), left)
    assert "It is kept." in kept.words
    assert MARKS[0] not in kept.words


def report_form(page: Page) -> Form:
    return page.form("description", "files")


def test_the_search_finds_words_in_every_form(tmp_path: Path) -> None:
    raw = bytes(range(40, 80))
    search = Search((tmp_path,))
    search.add({"bytes": raw_forms(raw)})
    for form in forms(canary("search")) | raw_forms(raw):
        (tmp_path / "file").write_bytes(b"before" + form + b"after")
        assert search.findings(), form


def test_the_search_finds_words_in_deleted_files_and_in_names(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+") as file:
        file.write(canary("deleted"))
        file.flush()
        (tmp_path / "file").unlink()
        assert Search((), os.getpid()).findings()
    (tmp_path / canary("name")).touch()
    assert Search((tmp_path,)).findings()


def mark_name(member: Browser, address: str, name: str) -> None:
    """Mark a reported person's name, which a message has, and look at it on the page of names."""
    page = read(member, address)
    assert name in page.words
    typed = {"accused_names": name, "accused_position": canary("position")}
    marked = member.submit(page, page.form("accused_names"), typed)
    assert marked.status == 200, marked.words
    assert name not in marked.words
    door = member.get(f"{address}/accused")
    names = member.submit(door, door.form("purpose"))
    assert {name, canary("position")} <= set(names.words.split())


def test_nothing_that_people_write_is_readable_anywhere_at_rest(watched: Watched) -> None:
    trial = watched.trial
    reporter = watched.visitor()
    reporter.cookies["noise"] = MARKS[0]
    code = report(watched, reporter, canary("description"))
    watched.search.add({"the category": forms(CATEGORY)})
    assert watched.search.findings() == []

    member = sign_in(trial, "integrity")
    member.headers["User-Agent"] = MARKS[0]
    watched.hold_cookies(member)
    address = listed(member)[0]
    page = read(member, address)
    assert canary("description") in page.words
    assert canary("exclude") in page.words
    download = next(form for form in page.forms if "/files/" in form.action)
    assert canary("content").encode() in member.submit(page, download).body
    replied = member.submit(page, page.form("message"), {"message": canary("reply")})
    assert canary("reply") in replied.words
    moved = member.submit(replied, replied.form("move"), press=("move", "screening"))
    away = member.submit(moved, moved.form("move"), press=("move", "triage"))
    reason = next(form for form in away.forms if "reason" in form.names and form.buttons[-1].name == "move")
    assert member.submit(away, reason, {"reason": canary("reason")}).status == 200
    excluding = away.form("exclude")
    assert member.submit(away, excluding, {"exclude": "u10", "reason": canary("exclusion")}).status == 200
    assert watched.search.findings() == []

    back = watched.visitor()
    open_mailbox(back, code)
    watched.hold_cookies(back)
    thread = messages(back)
    assert canary("reply") in thread.words
    assert back.submit(thread, thread.form("message"), {"message": canary("message")}).status == 200
    leave_name(back)
    assert watched.search.findings() == []
    assert canary("message") in back.get("/mailbox/messages?own=1").words
    mark_name(member, address, canary("message"))
    auditor = sign_in(trial, "auditor")
    assert auditor.get("/log").status == 200
    assert watched.search.findings() == []


def test_nothing_of_a_protection_case_is_readable_anywhere_at_rest(watched: Watched) -> None:
    person = watched.visitor()
    code = report(watched, person, canary("before"))
    watched.hold_code(TrackingCode.parse(code).for_protection().reveal())
    open_mailbox(person, code)
    watched.hold_cookies(person)
    page = person.get("/mailbox/protection")
    asked = person.submit(
        page, page.form("message", "agrees"), {"message": canary("fear"), "agrees": ["yes"]}
    )
    assert asked.status == 200, asked.words
    leave_name(person, "/mailbox/protection/reach")
    page = person.get("/mailbox/protection/relative")
    handed = person.submit(page, page.form("message"), {"message": canary("relative")})
    watched.hold_code(handed.by_id("tracking-code"))
    page = person.get("/mailbox/protection/incident")
    assert person.submit(page, page.form("message"), {"message": canary("incident")}).status == 200
    assert watched.search.findings() == []

    member = sign_in(watched.trial, "protection")
    watched.hold_cookies(member)
    member.get("/protection")
    case = tip_of(watched.trial, TrackingCode.parse(code).for_protection().reveal()).hex()
    page = read(member, f"/protection/{case}", "protection")
    assert {canary("fear"), canary("incident")} <= set(page.words.split())
    for form, values in (
        ("danger_what", {**DANGER_FORM, "danger_what": canary("threat")}),
        ("incident_what", {**INCIDENT_FORM, "incident_what": canary("since")}),
        ("message", {"message": canary("answer")}),
        ("note", {"note": canary("among-us")}),
        ("exclude", {"exclude": "u10", "reason": canary("why")}),
    ):
        page = member.submit(page, page.form(form), values)
        assert page.status == 200, page.words
    assert all(canary(said) in page.words for said in ("threat", "since", "answer", "among-us"))
    assert watched.search.findings() == []


def test_nothing_is_readable_while_an_upload_is_half_way_or_when_it_is_cut(watched: Watched) -> None:
    for cut in (False, True):
        reporter = watched.visitor()
        page = reporter.get("/report")
        head, body = _raw_report(watched, reporter, page)
        place = urlsplit(watched.trial.public)
        with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
            connection.sendall(head + body[: BIG // 2])
            wait_for("sealed bytes are staged", watched.staged)
            assert watched.search.findings() == []
            if not cut:
                connection.sendall(body[BIG // 2 :])
                answer = http.client.HTTPResponse(connection)
                answer.begin()
                text = answer.read().decode()
                assert answer.status == 201, text
                watched.hold_code(
                    Page("", 201, {"content-type": "text/html"}, text.encode()).by_id("tracking-code")
                )
        wait_for("nothing is staged any more", lambda: not watched.staged())
        assert watched.search.findings() == []


def test_nothing_is_readable_after_any_refusal(watched: Watched) -> None:
    statuses = {
        400: _bad_token,
        404: _unknown_address,
        405: _wrong_method,
        413: _too_many_files,
        422: _empty_description,
        429: _too_often,
        503: _database_away,
    }
    for status, refused in statuses.items():
        answer = refused(watched)
        assert answer.status == status, answer.words
        assert watched.search.findings() == [], status
    assert not watched.staged()


def test_nothing_is_readable_after_an_error_of_our_own(watched: Watched) -> None:
    reporter = watched.visitor()
    page = reporter.get("/report")
    first = reporter.submit(page, report_form(page), answers(canary("first")))
    code = first.by_id("tracking-code")
    watched.hold_code(code)
    # What no path of ours expects: no day where the column holds one.
    watched.change("update items set day = 'x'")
    again = reporter.submit(page, report_form(page), answers(canary("second")), {"files": files()})
    assert again.status == 500, again.words
    back = watched.visitor()
    open_mailbox(back, code)
    assert messages(back).status == 500
    assert "request failed" in watched.trial.output.read_text()
    assert watched.search.findings() == []
    assert not watched.staged()


def test_nothing_is_readable_after_requests_that_are_none(watched: Watched) -> None:
    for site in (watched.trial.public, watched.trial.admin):
        place = urlsplit(site)
        for raw in (
            f"GET /{MARKS[0]} HTTP/9.9\r\nHost: x\r\n\r\n",
            f"GET / HTTP/1.1\r\n{MARKS[0]} x: y\r\n\r\n",
            f"{MARKS[0]}\r\n\r\n",
        ):
            with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
                connection.sendall(raw.encode())
                assert b"400" in connection.recv(4096)[:20] or b"505" in connection.recv(4096)[:20]
    assert watched.search.findings() == []


def _raw_report(watched: Watched, reporter: Browser, page: Page) -> tuple[bytes, bytes]:
    """A report's head and body as bytes, the big file last."""
    form = report_form(page)
    filled = [*form.fields, ("description", canary("half"))]
    body = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in filled
        if value
    )
    for upload in files():
        body += (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{upload.name}"\r\n\r\n'
        ).encode()
        body += upload.content + b"\r\n"
    body += f"--{BOUNDARY}--\r\n".encode()
    lines = {
        "Host": urlsplit(watched.trial.public).netloc,
        "Origin": watched.trial.public,
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **reporter.headers,
    }
    head = "POST /report HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return head.encode() + b"\r\n", body


def _bad_token(watched: Watched) -> Page:
    reporter = watched.visitor()
    page = reporter.get("/report")
    form = report_form(page)
    form.fields = [(name, "" if name == "csrf_token" else value) for name, value in form.fields]
    return reporter.submit(page, form, answers(canary("400")), {"files": files()})


def _unknown_address(watched: Watched) -> Page:
    return watched.visitor().get(f"/{MARKS[0]}?{MARKS[0]}={MARKS[0]}")


def _wrong_method(watched: Watched) -> Page:
    reporter = watched.visitor()
    page = reporter.get("/report")
    form = report_form(page)
    form.action = f"/safety?{MARKS[0]}"
    return reporter.submit(page, form, answers(canary("405")))


def _too_many_files(watched: Watched) -> Page:
    reporter = watched.visitor()
    page = reporter.get("/report")
    return reporter.submit(page, report_form(page), answers(canary("413")), {"files": files() * 6})


def _empty_description(watched: Watched) -> Page:
    reporter = watched.visitor()
    page = reporter.get("/report")
    return reporter.submit(page, report_form(page), answers(" "), {"files": files()})


def _too_often(watched: Watched) -> Page:
    reporter = watched.visitor()
    page = reporter.get("/report")
    for _ in range(6):
        reporter.submit(page, report_form(page), answers(" "))
    return reporter.submit(page, report_form(page), answers(canary("429")), {"files": files()})


def _database_away(watched: Watched) -> Page:
    reporter = watched.visitor()
    page = reporter.get("/report")
    watched.change("alter table slips rename to away")
    try:
        return reporter.submit(page, report_form(page), answers(canary("503")), {"files": files()})
    finally:
        watched.change("alter table away rename to slips")
