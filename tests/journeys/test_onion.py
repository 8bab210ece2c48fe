"""The public site behind an onion service: each circuit is a client, and nobody else may name one."""

import socket
from collections.abc import Iterator

import pytest

from tests.journeys.browser import Browser
from tests.journeys.conftest import trial_in
from tests.journeys.people import messages, open_mailbox, report
from tests.journeys.tor import circuit, line_of
from tests.journeys.trial import Trial, free_port
from tipline.public.limits import REPORTS_PER_MINUTE

GET = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def onion(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A trial with an onion service beside its ordinary address."""
    address = f"127.0.0.1:{free_port()}"
    with trial_in(tmp_path_factory.mktemp("onion"), TIPLINE_ONION_BIND=address) as running:
        yield running


def onion_bind(trial: Trial) -> str:
    return trial.environment["TIPLINE_ONION_BIND"]


def said(bind: str, data: bytes) -> bytes:
    """Everything that is answered to these bytes."""
    host, _, port = bind.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(data)
        with connection.makefile("rb") as answer:
            return answer.read()


def report_until_refused(base: str, language: str = "en") -> int:
    """Sends reports over one circuit until one is refused; how many were taken."""
    reporter = Browser(base, language)
    page = reporter.get("/report")
    form = page.form("description", "files")
    for taken in range(REPORTS_PER_MINUTE + 2):
        values = {"description": f"They come on Fridays. {taken}", "official": "no"}
        if reporter.submit(page, form, values).status == 429:
            return taken
    raise AssertionError("none was refused")


def test_a_line_about_a_circuit_is_refused_at_the_ordinary_address(onion: Trial) -> None:
    answer = said(onion.public.removeprefix("http://"), line_of(7) + GET)
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"</html>" not in answer


def test_whoever_names_no_circuit_is_refused_at_the_address_for_the_onion_service(onion: Trial) -> None:
    answer = said(onion_bind(onion), GET)
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"Content-Security-Policy: default-src 'none'" in answer
    assert said(onion_bind(onion), line_of(7) + GET).startswith(b"HTTP/1.1 200")


def test_a_second_line_of_the_visitor_changes_nothing(onion: Trial) -> None:
    assert said(onion_bind(onion), line_of(7) + line_of(8) + GET).startswith(b"HTTP/1.1 400")


def test_two_circuits_have_two_allowances(onion: Trial) -> None:
    with circuit(onion_bind(onion), 0x1_0001) as one, circuit(onion_bind(onion), 0x1_0002) as other:
        assert report_until_refused(one) == REPORTS_PER_MINUTE
        assert report_until_refused(other) == REPORTS_PER_MINUTE


def test_what_a_visitor_of_the_onion_service_says_about_themselves_gives_no_new_allowance(
    onion: Trial,
) -> None:
    with circuit(onion_bind(onion), 0x2_0001) as base:
        report_until_refused(base)
        somebody_else = Browser(base, headers={"X-Forwarded-For": "198.51.100.9"})
        page = somebody_else.get("/report")
        form = page.form("description", "files")
        assert somebody_else.submit(page, form, {"description": "x", "official": "no"}).status == 429


def test_the_server_takes_no_path_from_a_visitors_header(onion: Trial) -> None:
    for header in (b"SCRIPT_NAME: /evil", b"X-Forwarded-Prefix: /evil", b"X-Forwarded-Host: evil"):
        answer = said(onion_bind(onion), line_of(9) + GET.replace(b"Host: a", b"Host: a\r\n" + header))
        assert answer.startswith(b"HTTP/1.1 200"), header
        assert b"evil" not in answer, header


def test_a_report_and_its_mailbox_work_through_the_onion_service_and_at_the_ordinary_address(
    onion: Trial,
) -> None:
    with circuit(onion_bind(onion), 0x3_0001) as base:
        reporter = Browser(base)
        code = report(reporter, "They come on Fridays.")
        assert open_mailbox(reporter, code).status == 200
        assert messages(reporter).status == 200
    elsewhere = Browser(onion.public, headers={"X-Forwarded-For": "198.51.100.77"})
    assert open_mailbox(elsewhere, code).status == 200
