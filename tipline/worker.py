"""gunicorn's threaded worker without the places where a silent client would hold up everybody.

    accepted ─▶ parked until it says something ─▶ thread: head ─▶ body, answer ─▶ kept, or heard out ─▶ closed
                                                        └ ten seconds in all     └ parked, at most two seconds

As it comes, the worker gives a thread to each connection before a byte has come, waits for the end of a head
without end, and hears a closing connection out in its one main loop: a connection that says nothing, and four
that say half a word, stop a small site. A proxy in front hides that; an onion service has none.
"""

import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from selectors import EVENT_READ
from typing import Any, Final

from gunicorn.workers.gthread import _DEFER, TConn, ThreadWorker

HEAD_SECONDS: Final = 10.0
"""For the request line and all headers together."""
SILENCE_SECONDS: Final = 60.0
"""Within a body, or while an answer is taken: the network of a telephone may be gone that long."""
DRAIN_SECONDS: Final = 0.05
"""For a body that nobody wanted to read, before its connection is closed instead of kept."""
LEAVE_SECONDS: Final = 2.0
"""How long a closing connection is heard out, so that the last answer is not lost (RFC 9112, 9.6)."""
MOST_LEAVING: Final = 256
MOST_HEARD: Final = 1024 * 1024
"""Bytes that are read of a closing connection, and thrown away."""

_PIECE: Final = 64 * 1024


@dataclass
class _Leaving:
    """A connection that is heard out: until when (monotonic seconds), and how many bytes it has sent."""

    ends: float
    heard: int = 0


class SteadyWorker(ThreadWorker):
    """A worker whose threads belong to whoever has something to say."""

    poller: Any

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)  # type: ignore[no-untyped-call]  # the library is untyped
        self._heads: dict[TConn, float] = {}
        self._leaving: dict[TConn, _Leaving] = {}  # in the order in which they end
        self._looked_at = 0.0

    def handle(self, conn: TConn) -> object:
        """One request of a connection, in a thread; a connection that says nothing yet is parked."""
        if not conn.initialized and not conn.wait_for_data(0):  # type: ignore[no-untyped-call]
            return _DEFER
        self._heads[conn] = time.monotonic() + HEAD_SECONDS
        try:
            return super().handle(conn)  # type: ignore[no-untyped-call]
        finally:
            self._heads.pop(conn, None)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """What the site answers, once the head is whole."""
        self._heads.pop(conn, None)
        conn.sock.settimeout(SILENCE_SECONDS)
        return super().handle_request(req, conn)  # type: ignore[no-untyped-call]

    def finish_request(self, conn: TConn, fs: "Future[object]") -> None:
        """In the main loop, after a request: keep the connection, or part from it without waiting."""
        if fs.cancelled() or fs.exception() is not None or fs.result() is not False:
            super().finish_request(conn, fs)  # type: ignore[no-untyped-call]
            if not conn.initialized:  # parked: not as short as a kept connection, which may be not at all
                conn.timeout = time.monotonic() + HEAD_SECONDS
            return
        self.nr_conns -= 1
        self._part_from(conn)

    def murder_pending(self) -> None:
        """In the main loop, every now and then: end what has taken too long."""
        super().murder_pending()  # type: ignore[no-untyped-call]
        now = time.monotonic()
        if now - self._looked_at < LEAVE_SECONDS / 2:
            return
        self._looked_at = now
        for conn, end in tuple(self._heads.items()):
            if end < now:
                with suppress(OSError):  # its thread wakes up, finds the end, and closes it
                    conn.sock.shutdown(socket.SHUT_RDWR)
        for conn, leaving in tuple(self._leaving.items()):
            if leaving.ends < now:
                self._close(conn)

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        return keepalive and bool(conn.parser.finish_body(deadline=time.monotonic() + DRAIN_SECONDS))

    def _part_from(self, conn: TConn) -> None:
        """Say that no more comes, and hear out what the other side still sends, or its answer is lost."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, EVENT_READ, partial(self._hear_out, conn))
        except (OSError, ValueError):  # it is gone already
            conn.sock.close()
            return
        self._leaving[conn] = _Leaving(time.monotonic() + LEAVE_SECONDS)
        if len(self._leaving) > MOST_LEAVING:
            self._close(next(iter(self._leaving)))

    def _hear_out(self, conn: TConn, sock: socket.socket) -> None:
        try:
            data = sock.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        leaving = self._leaving[conn]
        leaving.heard += len(data)
        if not data or leaving.heard > MOST_HEARD:
            self._close(conn)

    def _close(self, conn: TConn) -> None:
        del self._leaving[conn]
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        conn.sock.close()
