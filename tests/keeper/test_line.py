"""Requests wait together while several callers are at work; whoever is alone does not wait."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.journeys.trial import wait_for
from tipline.keeper import line
from tipline.keeper.asked import APPEND, Asked
from tipline.keeper.errors import Unavailable
from tipline.keeper.line import Line, Waiting

LONG = 30.0
"""Seconds of patience that no test lasts."""


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> Line:
    """A line whose patience never ends."""
    monkeypatch.setattr(line, "PATIENCE", LONG)
    return Line()


def join(waiting: Line, number: int) -> None:
    for _ in range(number):
        waiting.join(Asked(APPEND), lambda _outcome: None)


def test_nobody_joins_a_closed_line_and_who_waits_is_told() -> None:
    told: list[object] = []
    waiting = Line()
    waiting.join(Asked(APPEND), told.append)
    waiting.close()
    with pytest.raises(Unavailable):
        waiting.join(Asked(APPEND), told.append)
    waiting.refuse_all([])
    assert [type(each) for each in told] == [Unavailable]


def test_whoever_is_alone_does_not_wait(joined: Line) -> None:
    with ThreadPoolExecutor(1) as pool:
        for _ in range(3):
            batch = pool.submit(joined.next_batch)
            wait_for("the writer waits", lambda: joined._wanted == 1)
            join(joined, 1)
            assert len(batch.result(timeout=LONG / 3)) == 1


def test_half_of_those_who_are_at_work_are_waited_for(joined: Line) -> None:
    join(joined, 8)
    assert len(joined.next_batch()) == 8
    join(joined, 2)
    with ThreadPoolExecutor(1) as pool:
        batch = pool.submit(joined.next_batch)  # of 8 who were answered and 2 who came meanwhile
        wait_for("the writer waits", lambda: joined._wanted == 5)
        join(joined, 2)
        assert not threading.Event().wait(0.05)
        assert not batch.done()
        join(joined, 1)
        assert len(batch.result(timeout=LONG / 3)) == 5


def test_who_comes_after_the_moment_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "PATIENCE", 0.0)
    waiting = Line()
    join(waiting, 8)
    waiting.next_batch()
    with ThreadPoolExecutor(1) as pool:
        batch = pool.submit(waiting.next_batch)
        wait_for("the moment is over", lambda: waiting._wanted == 1)
        join(waiting, 1)
        assert len(batch.result(timeout=LONG / 3)) == 1


def test_a_batch_has_an_end(joined: Line) -> None:
    join(joined, line.MAX_BATCH + 1)
    assert len(joined.next_batch()) == line.MAX_BATCH


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "PATIENCE", 0.01)
    waiting = Line()
    join(waiting, 8)
    waiting.next_batch()
    join(waiting, 1)
    assert len(waiting.next_batch()) == 1


def test_a_closed_line_gives_what_waited_and_then_nothing(joined: Line) -> None:
    join(joined, 8)
    joined.next_batch()
    join(joined, 1)
    joined.close()
    batch: list[Waiting] = joined.next_batch()
    assert (len(batch), joined.next_batch()) == (1, [])
