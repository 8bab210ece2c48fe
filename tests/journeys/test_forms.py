"""Forms of the running site: a mistake comes back filled in, too much is thrown away, limits hold."""

import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from tests.journeys.browser import BOUNDARY, Browser, Form, Page, Upload
from tests.journeys.people import CODE
from tests.journeys.store import files_below, rows
from tests.journeys.trial import Trial, wait_for
from tipline.public.limits import CODE_TRIES_PER_MINUTE, REPORTS_PER_MINUTE
from tipline.public.uploads.body import MAX_FILE_BYTES

LANGUAGES: Final = ("en", "zh-CN")
TEXT: Final = "They collect money at the fish market."
SERVER_HEADERS: Final = (
    b"Content-Security-Policy: default-src 'none'; form-action 'none'; frame-ancestors 'none'",
    b"X-Content-Type-Options: nosniff",
    b"Referrer-Policy: same-origin",
    b"Cache-Control: no-store",
    b"Connection: close",
)
EXCLUDED: Final = "the driver's brother & <his> friend"


def visitor(trial: Trial, address: str, language: str = "en") -> Browser:
    return Browser(trial.public, language, {"X-Forwarded-For": address})


def tips(trial: Trial) -> int:
    [(count,)] = rows(trial, "SELECT count(*) FROM tips")
    return int(count)


def report_form(page: Page) -> Form:
    return page.form("description", "files")


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (b"<canary> NONSENSE", 400),
        (b"GET /canary" + b"x" * 5000 + b" HTTP/1.1", 414),
        (b"GET / HTTP/1.1\r\nExpect: canary", 417),
        (b"GET / HTTP/1.1\r\n" + b"\r\n".join(b"X-%d: canary" % number for number in range(70)), 431),
    ],
)
def test_what_the_server_refuses_by_itself_is_not_repeated_and_carries_headers(
    proxied: Trial, request_head: bytes, status: int
) -> None:
    host = urlsplit(proxied.public)
    with socket.create_connection((host.hostname or "", host.port or 0), timeout=20) as connection:
        connection.sendall(request_head + b"\r\n\r\n")
        with connection.makefile("rb") as answer:
            head, _, body = answer.read().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert set(SERVER_HEADERS) <= set(head.split(b"\r\n"))
    assert body == b"This request could not be answered.\n"
    assert b"canary" not in head


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("field", "text"), [("description", " \n "), ("exclude_text", EXCLUDED * 80)])
def test_a_form_with_a_mistake_comes_back_filled_in_with_the_error_on_top_and_at_the_field(
    proxied: Trial, language: str, field: str, text: str
) -> None:
    before = tips(proxied)
    reporter = visitor(proxied, f"198.51.103.{LANGUAGES.index(language)}", language)
    page = reporter.get("/report")
    answers: dict[str, str | list[str]] = {
        "description": TEXT,
        "exclude_text": EXCLUDED,
        "exclude": ["u8", "u9"],
        "unit": "u10",
        "category": "usury",
        "official": "yes",
        "danger": "yes",
        field: text,
    }
    back = reporter.submit(page, report_form(page), answers, {"files": [Upload("a.txt", b"a" * 3000)]})
    assert back.status == 422
    top = back.text.index(f'href="#{field}"')
    at_field = back.text.index(f'id="{field}-error"')
    assert back.text.index('role="alert"') < top < at_field < back.text.index(f'name="{field}"')
    sentence = next(words for address, words in back.links if address == f"#{field}")
    assert sentence
    assert back.by_id(f"{field}-error") == sentence
    kept = report_form(back).fields
    for name, value in answers.items():
        for each in [value] if isinstance(value, str) else value:
            assert (name, each) in kept
    assert tips(proxied) == before
    assert len(files_below(proxied.data / "staging")) == 1
    sent = reporter.submit(back, report_form(back), {field: TEXT})
    assert sent.status == 201
    assert nothing_staged(proxied)
    assert CODE.fullmatch(sent.by_id("tracking-code"))


def test_the_two_languages_say_an_error_in_their_own_words(proxied: Trial) -> None:
    said = set()
    for number, language in enumerate(LANGUAGES):
        reporter = visitor(proxied, f"198.51.104.{number}", language)
        page = reporter.get("/report")
        said.add(reporter.submit(page, report_form(page), {}).by_id("description-error"))
    assert len(said) == len(LANGUAGES)


def body_around(form: Form) -> tuple[bytes, bytes]:
    """A report's body before and after the content of its one file."""
    fields = {**dict(form.fields), "description": TEXT, "official": "no"}
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    file = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="film.mp4"\r\n\r\n'
    return "".join([*parts, file]).encode(), f"\r\n--{BOUNDARY}--\r\n".encode()


@pytest.fixture
def film(tmp_path: Path) -> Iterator[Path]:
    """A file of one byte more than may be sent, which takes no room here: all of it is a hole."""
    path = tmp_path / "film"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    yield path
    path.unlink()


def test_more_bytes_than_may_be_sent_are_thrown_away_and_the_text_comes_back(
    proxied: Trial, film: Path
) -> None:
    before = tips(proxied), files_below(proxied.data / "files")
    reporter = visitor(proxied, "198.51.105.1")
    start, end = body_around(report_form(reporter.get("/report")))
    cookies = "; ".join(f"{name}={value}" for name, value in reporter.cookies.items())
    host = urlsplit(proxied.public)
    head = (
        f"POST /report HTTP/1.1\r\nHost: {host.netloc}\r\nX-Forwarded-For: 198.51.105.1\r\n"
        f"Accept-Language: en\r\nCookie: {cookies}\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        f"Content-Length: {len(start) + film.stat().st_size + len(end)}\r\n\r\n"
    )
    with socket.create_connection((host.hostname or "", host.port or 0), timeout=60) as connection:
        connection.sendall(head.encode() + start)
        with film.open("rb") as source:
            connection.sendfile(source)
        connection.sendall(end)
        with connection.makefile("rb") as answer:
            said = answer.read()
    assert said.startswith(b"HTTP/1.1 413")
    assert TEXT.encode() in said
    assert b"500 MB together" in said
    assert b"tracking-code" not in said
    wait_for("nothing is staged", partial(nothing_staged, proxied))
    assert (tips(proxied), files_below(proxied.data / "files")) == before


def nothing_staged(trial: Trial) -> bool:
    return not files_below(trial.data / "staging")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_seventh_report_in_a_minute_waits_keeps_its_text_and_disturbs_nobody_else(
    proxied: Trial, language: str
) -> None:
    busy = visitor(proxied, f"198.51.106.{LANGUAGES.index(language)}", language)
    other = visitor(proxied, f"198.51.107.{LANGUAGES.index(language)}", language)
    for _ in range(REPORTS_PER_MINUTE):
        page = busy.get("/report")
        assert busy.submit(page, report_form(page), {"description": TEXT}).status == 201
    before = tips(proxied)
    page = busy.get("/report")
    waits = busy.submit(page, report_form(page), {"description": TEXT, "unit": "u10"})
    assert waits.status == 429
    assert {("description", TEXT), ("unit", "u10")} <= set(report_form(waits).fields)
    assert tips(proxied) == before
    page = other.get("/report")
    assert other.submit(page, report_form(page), {"description": TEXT}).status == 201


def test_the_thirty_first_code_in_a_minute_waits_and_disturbs_nobody_else(proxied: Trial) -> None:
    busy, other = visitor(proxied, "198.51.108.1"), visitor(proxied, "198.51.108.2")
    page = busy.get("/mailbox")
    tries = [busy.submit(page, page.form("code"), {"code": "123456"}) for _ in range(CODE_TRIES_PER_MINUTE)]
    assert {each.status for each in tries} == {422}
    assert busy.submit(page, page.form("code"), {"code": "123456"}).status == 429
    page = other.get("/mailbox")
    assert other.submit(page, page.form("code"), {"code": "123456"}).status == 422


def test_the_limits_are_six_reports_and_thirty_codes() -> None:
    assert (REPORTS_PER_MINUTE, CODE_TRIES_PER_MINUTE) == (6, 30)
