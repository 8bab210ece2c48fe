"""The sockets: bounded, patient with the idle, and deaf to what is no frame."""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import pytest

from tests.keeper.observed import Observed
from tests.world import World
from tipline.keeper import server
from tipline.keeper.app import MAX_PUBLIC_FRAME
from tipline.keeper_client import KeeperUnavailable, frames
from tipline.keeper_client.connections import Connections


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
