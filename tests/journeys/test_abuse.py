"""Five hundred garbage requests a second from fifty clients: whoever takes their time comes through."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.journeys.browser import Browser
from tests.journeys.conftest import trial_in
from tests.journeys.people import open_mailbox, report
from tests.journeys.trial import Trial
from tipline.bench.crowd import drivers
from tipline.bench.flood import CLIENTS, RATE, Flood
from tipline.bench.operations.flood import endure
from tipline.public.limits import CODE_TRIES_PER_MINUTE

SECONDS = 15.0
SLOW_EACH = 5
ENOUGH = 0.99


@pytest.fixture(scope="module")
def flooded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A trial of its own: what a flood leaves behind must not meet the other journeys."""
    with trial_in(tmp_path_factory.mktemp("flooded")) as running:
        yield running


def bind(trial: Trial) -> str:
    return trial.public.removeprefix("http://")


def test_reporters_come_through_a_flood_of_garbage(flooded: Trial) -> None:
    with drivers() as executor:
        endured = endure(executor, Flood(bind(flooded), SECONDS))
    assert endured.requests == RATE * SECONDS
    assert endured.answers["429"] > endured.requests / 3, endured.answers
    assert endured.reporters.done > 0, endured.reporters
    assert endured.reporters.done >= ENOUGH * endured.reporters.tried, endured.reporters


def test_slow_senders_from_fifty_clients_hold_up_nobody(flooded: Trial) -> None:
    head = (
        "POST /mailbox HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.{}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ncode="
    )
    host, _, port = bind(flooded).rpartition(":")
    with ExitStack() as slow:
        for number in range(CLIENTS * SLOW_EACH):
            connection = slow.enter_context(socket.create_connection((host, int(port)), timeout=30))
            connection.sendall(head.format(100 + number % CLIENTS).encode())
        reporter = Browser(flooded.public, headers={"X-Forwarded-For": "198.51.100.31"})
        assert open_mailbox(reporter, report(reporter, "They come on Fridays.")).status == 200


def test_who_guesses_codes_is_slowed_and_the_reporter_still_comes_in(flooded: Trial) -> None:
    reporter = Browser(flooded.public, headers={"X-Forwarded-For": "198.51.100.32"})
    code = report(reporter, "They come on Fridays.")
    guesser = Browser(flooded.public, headers={"X-Forwarded-For": "198.51.100.66"})
    door = guesser.get("/mailbox")
    wrong = " ".join(f"{11 * 4711 + place:06}" for place in range(8))
    answers = [
        guesser.submit(door, door.form("code"), {"code": wrong}).status
        for _ in range(CODE_TRIES_PER_MINUTE + 5)
    ]
    assert answers[0] == 422
    assert answers.count(429) > 0
    assert open_mailbox(reporter, code).status == 200
