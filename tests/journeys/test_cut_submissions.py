"""A submission that is cut, wherever it is cut, leaves nothing; neither does a worker killed half way."""

import os
import signal
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import urlencode

from tests.journeys.browser import BOUNDARY, Browser
from tests.journeys.people import messages, open_mailbox, report
from tests.journeys.store import files_below, rows
from tests.journeys.trial import Trial, answers, children, wait_for
from tipline.bench.accounting import ProcessTree

CLOSING: Final = f"--{BOUNDARY}--\r\n".encode()
CLOSE_BADLY: Final = struct.pack("ii", 1, 0)  # SO_LINGER: the connection is reset, not ended
FILE: Final = Random(1).randbytes(150_000)
ADDRESSES: Final = count(1)


@dataclass(frozen=True)
class Stored:
    """How much a trial holds of reporters."""

    tips: int
    items: int
    slips: int
    files: frozenset[Path]

    @classmethod
    def now(cls, trial: Trial) -> "Stored":
        [counted] = rows(
            trial,
            "SELECT (SELECT count(*) FROM tips), (SELECT count(*) FROM items), (SELECT count(*) FROM slips)",
        )
        tips, items, slips = counted
        return cls(tips, items, slips, frozenset(files_below(trial.data / "files")))


def address() -> str:
    """Somebody new each time."""
    number = next(ADDRESSES)
    return f"198.18.{number // 250}.{number % 250}"


def nothing_staged(trial: Trial) -> bool:
    return not files_below(trial.data / "staging")


def request(trial: Trial) -> bytes:
    """A whole submission as it travels, with texts, two files and a closing boundary."""
    browser = Browser(trial.public)
    page = browser.get("/report")
    form = page.form("description", "files")
    fields = {**dict(form.fields), "official": "no", "description": "They come on Fridays."}
    del fields["review"]  # noise cannot be cleaned, and would be named first
    parts = [f'name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
    parts += [b'name="files"; filename="%d.bin"\r\n\r\n%b\r\n' % (number, FILE) for number in range(2)]
    start = f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode()
    body = b"".join(start + part for part in parts) + CLOSING
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    head = (
        f"POST /report HTTP/1.1\r\nHost: {trial.public.removeprefix('http://')}\r\n"
        f"X-Forwarded-For: {address()}\r\nCookie: {cookies}\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def places(whole: bytes) -> list[int]:
    """Where to cut, in order."""
    return sorted({place for place in _places(whole) if place < len(whole)})


def _places(whole: bytes) -> Iterator[int]:
    """In the request line, in headers, at every boundary and around it, in texts, in files."""
    chance = Random(7)
    body = whole.index(b"\r\n\r\n") + 4
    yield from (1, 20, body - 3, body - 1, body, body + 1)
    at = whole.find(b"--" + BOUNDARY.encode())
    while at >= 0:
        yield from (at, at + 2, at + len(BOUNDARY) + 2, at + len(BOUNDARY) + 50)
        at = whole.find(b"--" + BOUNDARY.encode(), at + 1)
    first = whole.index(FILE)
    yield from (first + 1, first + 2047, first + 65_536, first + len(FILE) - 1, first + len(FILE))
    yield from (len(whole) - len(CLOSING) + 1, len(whole) - 3, len(whole) - 2, len(whole) - 1)
    yield from (chance.randrange(body, len(whole)) for _ in range(10))


def connected(trial: Trial) -> socket.socket:
    host, _, port = trial.public.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=30)


def send(trial: Trial, data: bytes, *, badly: bool = False) -> bytes:
    """Send, hang up, and wait for whatever the site still says."""
    with connected(trial) as connection:
        connection.sendall(data)
        if badly:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, CLOSE_BADLY)
            return b""
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answer:
            return answer.read()


def test_a_submission_cut_at_any_point_leaves_no_tip_no_file_and_nothing_staged(proxied: Trial) -> None:
    before = Stored.now(proxied)
    number_of_places = len(places(request(proxied)))
    assert number_of_places > 50
    for number in range(number_of_places):
        for badly in (False, True):
            whole = request(proxied)
            place = places(whole)[number]
            said = send(proxied, whole[:place], badly=badly)
            assert b"tracking-code" not in said, place
    wait_for("nothing is staged", partial(nothing_staged, proxied))
    assert Stored.now(proxied) == before


def test_the_same_submission_whole_is_a_tip_with_its_files(proxied: Trial) -> None:
    before = Stored.now(proxied)
    said = send(proxied, request(proxied))
    assert said.startswith(b"HTTP/1.1 201")
    assert b'id="tracking-code"' in said
    after = Stored.now(proxied)
    assert (after.tips, after.items, len(after.files)) == (
        before.tips + 1,
        before.items + 4,
        len(before.files) + 2,
    )
    assert nothing_staged(proxied)


def holders(trial: Trial) -> Sequence[int]:
    """The processes of the public site that have something in staging open."""
    staging = str(trial.data / "staging")
    return [
        pid for pid in ProcessTree([children(trial.process.pid)["public"]]).pids() if _holds(pid, staging)
    ]


def _holds(pid: int, folder: str) -> bool:
    return any(_target(entry).startswith(folder) for entry in Path(f"/proc/{pid}/fd").iterdir())


def _target(descriptor: Path) -> str:
    """What is open under it; nothing where the worker closed it meanwhile."""
    try:
        return os.readlink(descriptor)
    except FileNotFoundError:
        return ""


def test_a_worker_killed_in_the_middle_of_an_upload_leaves_nothing_after_the_restart(proxied: Trial) -> None:
    before = Stored.now(proxied)
    whole = request(proxied)
    with closing(connected(proxied)) as reporter:
        reporter.sendall(whole[: whole.rindex(FILE) + 100_000])
        wait_for("a worker holds the upload", lambda: holders(proxied))
        [worker] = holders(proxied)
        os.kill(worker, signal.SIGKILL)
        with reporter.makefile("rb") as answer:
            assert b"tracking-code" not in answer.read()
    assert answers(proxied.public)  # by the other worker, or the one that took its place
    site = children(proxied.process.pid)["public"]
    os.kill(site, signal.SIGTERM)
    wait_for("the site is back", lambda: children(proxied.process.pid).get("public", site) != site)
    wait_for("the site answers", lambda: answers(proxied.public))
    assert nothing_staged(proxied)
    assert Stored.now(proxied) == before
    assert send(proxied, request(proxied)).startswith(b"HTTP/1.1 201")


def test_half_a_message_is_not_taken_for_a_whole_one(proxied: Trial) -> None:
    reporter = Browser(proxied.public, headers={"X-Forwarded-For": address()})
    open_mailbox(reporter, report(reporter, "They come on Fridays."))
    form = messages(reporter).form("message")
    body = urlencode({**dict(form.fields), "message": "We meet at eight, not at nine."}).encode()
    cookies = "; ".join(f"{name}={value}" for name, value in reporter.cookies.items())
    head = (
        f"POST {form.action} HTTP/1.1\r\nHost: {proxied.public.removeprefix('http://')}\r\n"
        f"Cookie: {cookies}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    before = Stored.now(proxied)
    assert send(proxied, head + body[:-18]).startswith(b"HTTP/1.1 400")
    assert Stored.now(proxied) == before
    assert send(proxied, head + body).startswith(b"HTTP/1.1 303")
    assert Stored.now(proxied).items == before.items + 1
