"""A keeper that lies: it stands between a client and the true keeper, and changes answers on the way."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from tipline.keeper_client import frames

Lie = Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]
"""(request, true answer) -> what is answered."""


@contextmanager
def lying(truth: Path, path: Path, lie: Lie) -> Iterator[None]:
    """Answer at `path`, one connection after the other, while the block runs."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as listener:
        listener.bind(str(path))
        listener.listen()
        thread = threading.Thread(target=_serve, args=(listener, truth, lie))
        thread.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            path.unlink()


def _serve(listener: socket.socket, truth: Path, lie: Lie) -> None:
    with suppress(OSError):  # the end: the listener was shut down
        while True:
            connection, _ = listener.accept()
            with connection, closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as keeper:
                keeper.connect(str(truth))
                connection.settimeout(0.2)
                _forward(connection, keeper, lie)


def _forward(connection: socket.socket, keeper: socket.socket, lie: Lie) -> None:
    with suppress(frames.ConnectionEnded, OSError):
        while True:
            request = frames.receive(connection)
            frames.send(keeper, request)
            frames.send(connection, lie(request, frames.receive(keeper)))
