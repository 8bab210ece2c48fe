"""Serving: no banner, no address and no request line in the log, a clean end."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from tipline.public.headers import HEADERS
from tipline.serving import OnlyLifeCycle, write_error

SITE = """
import sys
from flask import Flask
from tipline.serving import serve

def make():
    app = Flask("site")
    @app.get("/")
    def home():
        return "here"
    return app

serve(make, sys.argv[1], workers=1)
"""


@pytest.mark.parametrize(
    ("template", "arguments"),
    [
        ("Invalid request from ip=192.0.2.1: Invalid HTTP request line: 'GET /canary'", ()),
        ("Error handling request %s %s", ("POST", "/canary")),
        ("Exception during worker exit:\n%s", ("canary",)),
    ],
)
def test_what_may_name_a_visitor_is_left_out(template: str, arguments: tuple[str, ...]) -> None:
    try:
        raise ValueError("canary")
    except ValueError:
        trouble = sys.exc_info()
    record = logging.LogRecord("gunicorn.error", logging.ERROR, "x.py", 1, template, arguments, trouble)
    assert OnlyLifeCycle().filter(record)
    text = logging.Formatter().format(record)
    assert "canary" not in text
    assert "192.0.2.1" not in text
    assert "ValueError" in text


def test_a_served_site_shows_no_banner_logs_no_visitor_and_ends_cleanly(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", SITE, f"127.0.0.1:{port}"],
            stdout=output,
            stderr=output,
            cwd=Path(__file__).parent.parent.parent,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
    try:
        response = _get(port)
        assert response.getheader("Server") is None
        with socket.create_connection(("127.0.0.1", port)) as raw:
            raw.sendall(b"NONSENSE-canary\r\n\r\n")
            raw.recv(100)
        _get(port, "/canary?canary")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    text = log.read_text()
    assert "Shutting down" in text
    assert "canary" not in text.lower()
    assert "ip=" not in text


def test_what_the_server_itself_refuses_carries_the_headers_of_a_page() -> None:
    one, other = socket.socketpair()
    with one, other:
        write_error(one, 400, "canary", "canary")
        one.shutdown(socket.SHUT_WR)
        with other.makefile("rb") as answer:
            head, _, body = answer.read().decode().partition("\r\n\r\n")
    given = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    assert HEADERS.keys() <= given.keys()
    assert given["Content-Security-Policy"].startswith("default-src 'none'; ")
    for name in ("Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "X-Frame-Options"):
        assert given[name] == HEADERS[name]
    assert given["Connection"] == "close"
    assert "canary" not in head + body


def _get(port: int, path: str = "/") -> HTTPResponse:
    for _ in range(100):
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            connection.close()
        except ConnectionRefusedError:
            time.sleep(0.1)
            continue
        return response
    raise AssertionError("the site never answered")
