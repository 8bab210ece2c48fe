"""A Unix socket, one thread a connection, a bounded number of them.

The socket is 0600: who may ask is decided by the account that owns it.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import structlog

from crypto.errors import BadFormat
from tipline.keeper.errors import CannotListen
from tipline.keeper_client import frames

MAX_CONNECTIONS: Final = 256
FRAME_SECONDS: Final = 30.0  # for the rest of a frame, once it has begun, and for an answer to be taken
BUSY: Final = "The keeper has too many connections."
_BACKLOG: Final = 128

Answer = Callable[[Mapping[str, Any]], dict[str, Any]]

log = structlog.get_logger()


class Server:
    """Answers one site on one socket until it is closed."""

    def __init__(self, path: Path, answer: Answer, max_frame: int = frames.MAX_FRAME) -> None:
        """Answer at `path`; a request takes at most `max_frame` bytes."""
        self._max_frame = max_frame
        self._path = path
        self._answer = answer
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._guard = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._accept, name=f"keeper-{path.stem}", daemon=True)

    def start(self) -> None:
        """Listen. A socket file that an earlier keeper left behind is replaced.

        Raises:
            CannotListen: there is no such folder, or it is not ours.
        """
        before = os.umask(0o177)  # the file must never be open to others, not for a moment
        try:
            self._path.unlink(missing_ok=True)
            self._listener.bind(str(self._path))
            self._listener.listen(_BACKLOG)
        except OSError as error:
            self._listener.close()
            raise CannotListen(f"The keeper cannot listen on {self._path}: {error.strerror}.") from error
        finally:
            os.umask(before)
        self._thread.start()

    def close(self) -> None:
        """Stop listening, let what is being answered finish, and close every connection."""
        self._closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        self._path.unlink(missing_ok=True)
        with self._guard:
            threads = list(self._open.values())
            for connection in self._open:
                with suppress(OSError):  # the other end may have gone first
                    connection.shutdown(socket.SHUT_RD)  # no further request; an answer may still leave
        for thread in threads:
            thread.join()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                if self._closing.is_set():
                    return
                log.warning("connection not accepted")
                continue
            self._take(connection)

    def _take(self, connection: socket.socket) -> None:
        if not self._places.acquire(blocking=False):
            with connection:
                _try_to_send(connection, {"unavailable": BUSY})
            return
        thread = threading.Thread(
            target=self._serve, args=(connection,), name="keeper-connection", daemon=True
        )
        with self._guard:
            self._open[connection] = thread
        thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                while not self._closing.is_set() and self._exchange(connection):
                    pass
        finally:
            with self._guard:
                del self._open[connection]
            self._places.release()

    def _exchange(self, connection: socket.socket) -> bool:
        """One request and its answer; False when the connection is over."""
        try:
            connection.settimeout(FRAME_SECONDS)
            if not _begun(connection):
                return True
            deadline = time.monotonic() + FRAME_SECONDS  # of the frame as a whole, however it trickles
            request = frames.receive(connection, limit=self._max_frame, deadline=deadline)
            connection.settimeout(FRAME_SECONDS)
        except (frames.ConnectionEnded, OSError):
            return False
        except BadFormat:
            # Where the next frame begins is not known any more.
            _try_to_send(connection, {"refused": "malformed", "index": -1})
            return False
        return _try_to_send(connection, self._answer(request))


def _begun(connection: socket.socket) -> bool:
    """Whether a frame begins; a connection may be idle for as long as it likes."""
    try:
        connection.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        return False
    return True


def _try_to_send(connection: socket.socket, answer: Mapping[str, Any]) -> bool:
    try:
        frames.send(connection, answer)
    except OSError:
        return False
    return True
