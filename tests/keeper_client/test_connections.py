"""Connections to the keeper: kept, shared, and never trusted with a late answer."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from crypto.errors import BadFormat
from crypto.keys import SigningKey
from crypto.notes import NoteVerifier
from tests.clocks import FixedClock
from tests.keeper_client.liar import lying
from tests.world import NOON, World
from tipline.keeper_client import AdminKeeper, KeeperUnavailable, SeenFile, connections, frames
from tipline.keeper_client.connections import Connections


@contextmanager
def asking(path: Path, timeout: float = 5.0) -> Iterator[Connections]:
    opened = Connections(path, timeout)
    try:
        yield opened
    finally:
        opened.close()


def test_without_a_keeper_it_is_unavailable(tmp_path: Path) -> None:
    with asking(tmp_path / "none.sock") as keeper, pytest.raises(KeeperUnavailable, match="listen"):
        keeper.ask({"op": "hello"})


def test_a_keeper_that_is_silent_is_unavailable(world: World) -> None:
    path = world.settings.ram / "silent.sock"
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as listener:
        listener.bind(str(path))
        listener.listen()
        with asking(path, 0.1) as keeper, pytest.raises(KeeperUnavailable, match="answer"):
            keeper.ask({"op": "hello"})


def test_a_late_answer_never_answers_the_next_question(world: World) -> None:
    first = threading.Event()

    def late(request: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        if not first.is_set():
            first.set()
            time.sleep(0.3)
            return {"ok": {"late": True}}
        return answer

    path = world.settings.ram / "late.sock"
    with lying(world.settings.admin_socket, path, late), asking(path, 0.25) as keeper:
        with pytest.raises(KeeperUnavailable):
            keeper.ask({"op": "hello"})
        assert "late" not in keeper.ask({"op": "hello"})


def test_a_connection_is_used_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = 0
    connect = Connections._connect

    def counted(self: Connections, deadline: float) -> socket.socket:
        nonlocal opened
        opened += 1
        return connect(self, deadline)

    monkeypatch.setattr(Connections, "_connect", counted)
    with asking(world.settings.admin_socket) as keeper:
        for _ in range(5):
            keeper.ask({"op": "hello"})
    assert opened == 1


def test_a_restart_of_the_keeper_goes_unnoticed(tmp_path: Path) -> None:
    with World.made(tmp_path / "other", FixedClock(NOON)) as world:
        client = world.client()
        for _ in range(2):
            with world.keeper():
                client.append(world.sign("audit", "auditor", first=0, count=1))
            with pytest.raises(KeeperUnavailable):
                client.checkpoint()


def test_questions_over_the_limit_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 2)
    with asking(world.settings.admin_socket) as keeper, ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(keeper.ask, {"op": "hello"}) for _ in range(100)]
        assert all(each.result()["log"] == world.settings.origin for each in answers)
        assert len(keeper._idle) <= 2


def test_questions_over_the_limit_do_not_wait_for_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 1)
    with asking(world.settings.admin_socket, 0.1) as keeper:
        with keeper._places, pytest.raises(KeeperUnavailable, match="at once"):
            keeper.ask({"op": "hello"})
        assert keeper.ask({"op": "hello"})


def test_a_connection_does_not_outlive_a_fork(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with asking(world.settings.admin_socket) as keeper:
        keeper.ask({"op": "hello"})
        inherited = keeper._idle
        here = os.getpid()
        monkeypatch.setattr(os, "getpid", lambda: here + 1)
        keeper.ask({"op": "hello"})
        assert keeper._idle is not inherited
        inherited.pop().close()


def test_a_question_that_is_too_long_is_not_sent(world: World) -> None:
    with asking(world.settings.admin_socket) as keeper:
        with pytest.raises(BadFormat):
            keeper.ask({"op": "x" * frames.MAX_FRAME})
        assert keeper.ask({"op": "hello"})


def test_the_key_of_another_log_is_refused(world: World) -> None:
    key = NoteVerifier("other.example/log", SigningKey.generate().public)
    with pytest.raises(BadFormat):
        AdminKeeper(
            world.settings.admin_socket, world.settings.origin, key, SeenFile(world.settings.data / "s")
        )


def test_eight_threads_share_a_client(world: World) -> None:
    client = world.client()
    statements = [world.sign("audit", "auditor", first=0, count=1) for _ in range(100)]
    with ThreadPoolExecutor(8) as pool:
        indices = [each.index for each in pool.map(client.append, statements)]
    assert sorted(indices) == list(range(1, 101))


def test_eight_workers_share_a_memory(world: World) -> None:
    clients = [world.client("shared.json") for _ in range(8)]
    statements = [world.sign("audit", "auditor", first=0, count=1) for _ in range(100)]
    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(clients[at % 8].append, each) for at, each in enumerate(statements)]
    assert sorted(each.result().index for each in done) == list(range(1, 101))
