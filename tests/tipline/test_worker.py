"""A connection that says nothing, half a word, or does not hang up holds up nobody: the site has one thread.

What the server would wait for without our worker takes an hour here, so that it would be seen.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.journeys.trial import free_port, wait_for

SITE = """
import sys, time
from flask import Flask, request
from gunicorn import util
from gunicorn.workers import gthread
from tipline import serving, worker

gthread.DEFAULT_WORKER_DATA_TIMEOUT = 3600.0
util.close_graceful = lambda sock: time.sleep(3600)
serving._OPTIONS["threads"] = 1
worker.HEAD_SECONDS = worker.SILENCE_SECONDS = 1.0

def make():
    app = Flask("site")
    app.add_url_rule("/", "home", lambda: "here")
    app.add_url_rule("/read", "read", lambda: str(len(request.get_data())), methods=["POST"])
    app.add_url_rule("/unread", "unread", lambda: "refused", methods=["POST"])
    return app

serving.serve(make, sys.argv[1], workers=1)
"""
PATIENCE = 20.0


class Site:
    """The site's port, and what a visitor does there."""

    def __init__(self, port: int) -> None:
        self.port = port

    def connected(self, said: bytes = b"") -> socket.socket:
        """A connection that has said this and says no more."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection.sendall(said)
        return connection

    def answers(self) -> bool:
        """Whether somebody else gets the page."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/")
            return connection.getresponse().read() == b"here"
        except OSError:
            return False
        finally:
            connection.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    port = free_port()
    with (tmp_path_factory.mktemp("worker") / "log").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", SITE, f"127.0.0.1:{port}"],
            stdout=output,
            stderr=output,
            cwd=Path(__file__).parent.parent.parent,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
    try:
        wait_for("the site answers", Site(port).answers)
        yield Site(port)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def test_connections_that_say_nothing_hold_no_thread(site: Site) -> None:
    with ExitStack() as silent:
        for _ in range(20):
            silent.enter_context(site.connected())
        assert site.answers()


def test_connections_that_do_not_hang_up_after_their_answer_hold_nobody_up(site: Site) -> None:
    with ExitStack() as staying:
        for _ in range(5):
            connection = staying.enter_context(
                site.connected(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            )
            assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        assert site.answers()


def test_half_a_head_ends_and_its_thread_is_free_again(site: Site) -> None:
    with site.connected(b"GET / HT") as connection:
        assert connection.recv(1000) == b""
    assert site.answers()


def test_a_head_that_trickles_ends_too(site: Site) -> None:
    with site.connected(b"GET / HTTP/1.1\r\n") as connection:
        connection.settimeout(0.2)
        ended = False
        for number in range(100):
            try:
                connection.sendall(b"X-%d: a\r\n" % number)
                ended = connection.recv(1000) == b""
            except TimeoutError:
                continue
            except OSError:
                ended = True
            if ended:
                break
        assert ended
    assert site.answers()


def test_a_body_that_falls_silent_ends_and_its_thread_is_free_again(site: Site) -> None:
    head = b"POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"
    with site.connected(head + b"half of it") as connection, connection.makefile("rb") as answer:
        assert b"HTTP/1.1 200" not in answer.read()
    assert site.answers()


def test_a_body_that_nobody_reads_is_answered_and_holds_no_thread(site: Site) -> None:
    head = b"POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"
    with site.connected(head + b"half of it") as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        assert site.answers()


def test_the_answer_reaches_who_is_still_sending_a_body_that_nobody_reads(site: Site) -> None:
    body = b"x" * 200_000
    with site.connected(b"POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n") as connection:
        connection.sendall(body[:60_000])
        with connection.makefile("rb") as answer:
            assert answer.readline().startswith(b"HTTP/1.1 200")
