"""The sockets: bounded, patient with the idle, and deaf to what is no frame."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import Any

import pytest

from tests.keeper.observed import Observed
from tests.keeper.test_writer import batch_held
from tests.world import World
from tipline.keeper import server
from tipline.keeper.app import MAX_PUBLIC_FRAME
from tipline.keeper.peers import Peer
from tipline.keeper.server import Server
from tipline.keeper.service import Keeper
from tipline.keeper_client import KeeperUnavailable, frames
from tipline.keeper_client.connections import Connections

LONG = "x" * 4_000_000
"""More than a socket holds."""


def append(world: World) -> dict[str, Any]:
    """A question that waits for the log."""
    statement = world.sign("audit", "auditor", first=0, count=1)
    return {"op": "append", "statement": frames.to_text(statement.encode()), "seen": 0, "slip": ""}


def broken_by_a_fault(*_arguments: object) -> None:
    """In the place of a method of the keeper."""
    raise ZeroDivisionError("a fault of the program")


@contextmanager
def connected(world: World) -> Iterator[socket.socket]:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as connection:
        connection.settimeout(5)
        connection.connect(str(world.settings.admin_socket))
        yield connection


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">I", frames.MAX_FRAME + 1),
        struct.pack(">I", 4) + b"null",
        struct.pack(">I", 3) + b"{ }",
        struct.pack(">I", 2) + b"\xff\xff",
        struct.pack(">I", 0),
    ],
    ids=["too-long", "no-object", "not-canonical", "not-utf-8", "empty"],
)
def test_what_is_no_frame_ends_the_connection(world: World, keeper: Observed, data: bytes) -> None:
    with connected(world) as connection:
        connection.sendall(data)
        assert frames.receive(connection) == {"refused": "malformed", "index": -1}
        with pytest.raises(frames.ConnectionEnded):
            frames.receive(connection)
    assert keeper.ask("hello")


def test_half_a_frame_ends_with_its_connection(world: World, keeper: Observed) -> None:
    with connected(world) as connection:
        connection.sendall(struct.pack(">I", 100) + b"{")
    assert keeper.ask("hello")


def test_half_a_frame_holds_its_place_for_a_while_only(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "FRAME_SECONDS", 0.1)
    with world.keeper(), connected(world) as connection:
        connection.sendall(struct.pack(">I", 100) + b"{")
        with pytest.raises(frames.ConnectionEnded):
            frames.receive(connection)


def test_a_frame_that_trickles_in_has_one_deadline_in_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "FRAME_SECONDS", 0.3)
    with world.keeper(), connected(world) as connection:
        connection.sendall(struct.pack(">I", 100))
        connection.settimeout(0.1)  # each byte comes well within the time
        sent = 0
        with suppress(BrokenPipeError, ConnectionResetError):
            while sent < 100:
                with suppress(TimeoutError):
                    assert connection.recv(1) == b""
                    break
                connection.sendall(b"{")
                sent += 1
    assert sent < 100


def test_a_question_that_does_not_wait_for_the_last_answer_ends_the_connection(
    world: World, keeper: Observed
) -> None:
    with batch_held(world), connected(world) as connection:
        frames.send(connection, append(world))
        time.sleep(0.1)  # it is taken: both at once would be no frame
        frames.send(connection, {"op": "hello"})
        assert frames.receive(connection) == {"refused": "malformed", "index": -1}
        with pytest.raises(frames.ConnectionEnded):
            frames.receive(connection)
    assert keeper.ask("hello")


@pytest.mark.parametrize("broken", ["_checkpoint", "_asked", "_made"])
def test_a_fault_ends_the_connection_that_met_it_and_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    reported = threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda _fault: reported.set())
    monkeypatch.setattr(Keeper, broken, broken_by_a_fault)
    with world.keeper(), connected(world) as other, connected(world) as connection:
        frames.send(other, {"op": "hello"})
        assert frames.receive(other)["ok"]
        frames.send(connection, {"op": "checkpoint"} if broken == "_checkpoint" else append(world))
        with pytest.raises(frames.ConnectionEnded):
            frames.receive(connection)
        frames.send(other, {"op": "hello"})
        assert frames.receive(other)["ok"]
        assert reported.wait(5)


def test_a_long_answer_leaves_as_it_is_taken_and_keeps_nobody_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Keeper, "_hello", lambda _self, _request: {"long": LONG})
    with world.keeper(), connected(world) as slow, connected(world) as other:
        frames.send(slow, {"op": "hello"})
        frames.send(other, {"op": "checkpoint", "seen": 0})
        assert frames.receive(other)["ok"]
        assert frames.receive(slow) == {"ok": {"long": LONG}}
        frames.send(slow, {"op": "checkpoint", "seen": 0})
        assert frames.receive(slow)["ok"]


def test_an_answer_that_nobody_takes_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "FRAME_SECONDS", 0.1)
    monkeypatch.setattr(Keeper, "_hello", lambda _self, _request: {"long": LONG})
    with world.keeper(), connected(world) as connection:
        frames.send(connection, {"op": "hello"})
        time.sleep(0.5)
        taken = 0
        with suppress(ConnectionResetError):
            while piece := connection.recv(1 << 20):
                taken += len(piece)
    assert taken < len(LONG)


def test_an_answer_still_leaves_to_whoever_asks_no_more(
    world: World, keeper: Observed, monkeypatch: pytest.MonkeyPatch
) -> None:
    served, serve = 0, Server._serve

    def counted(self: Server, peer: Peer) -> None:
        nonlocal served
        served += 1
        serve(self, peer)

    monkeypatch.setattr(Server, "_serve", counted)
    with connected(world) as connection:
        with batch_held(world):
            frames.send(connection, append(world))
            connection.shutdown(socket.SHUT_WR)
            time.sleep(0.2)
        assert served < 10  # an end that was seen is not looked at again and again
        assert frames.receive(connection)["ok"]["index"] == 1
        with pytest.raises(frames.ConnectionEnded):
            frames.receive(connection)
    assert keeper.size() == 2


def test_questions_beyond_the_workers_wait_their_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "WORKERS", 2)
    with world.keeper(), ExitStack() as stack:
        connections = [stack.enter_context(connected(world)) for _ in range(20)]
        for connection in connections:
            frames.send(connection, {"op": "checkpoint", "seen": 0})
        assert all(frames.receive(connection)["ok"] for connection in connections)


def test_the_public_site_sends_small_frames_only(world: World, keeper: Observed) -> None:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as connection:
        connection.settimeout(5)
        connection.connect(str(world.settings.public_socket))
        connection.sendall(struct.pack(">I", MAX_PUBLIC_FRAME + 1))
        assert frames.receive(connection) == {"refused": "malformed", "index": -1}


def test_an_idle_connection_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "FRAME_SECONDS", 0.05)
    with world.keeper(), connected(world) as connection:
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            frames.receive(connection)
        connection.settimeout(5)
        frames.send(connection, {"op": "hello"})
        assert "ok" in frames.receive(connection)


def test_connections_over_the_limit_are_told_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MAX_CONNECTIONS", 2)
    with world.keeper():
        with connected(world) as first, connected(world) as second:
            for connection in (first, second):
                frames.send(connection, {"op": "hello"})
                assert frames.receive(connection)
            asking = closing(Connections(world.settings.admin_socket, 5.0))
            with asking as connections, pytest.raises(KeeperUnavailable):
                connections.ask({"op": "hello"})
        assert answers_again(world)


def answers_again(world: World) -> bool:
    """Whether the keeper takes a connection within five seconds of others having ended."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with suppress(KeeperUnavailable):
            return bool(Observed(world).client.checkpoint())
    return False


def test_a_socket_file_that_was_left_behind_is_replaced(world: World) -> None:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as left:
        left.bind(str(world.settings.admin_socket))
    with world.keeper():
        assert Observed(world).ask("hello")
    assert not world.settings.admin_socket.exists()


def test_an_end_answers_what_is_under_way(world: World) -> None:
    with world.keeper(), connected(world) as connection:
        frames.send(connection, {"op": "hello"})
        assert frames.receive(connection)["ok"]
    with pytest.raises(KeeperUnavailable):
        Connections(world.settings.admin_socket, 1.0).ask({"op": "hello"})
