"""A Unix socket and its connections: one thread moves the bytes, a few others answer what takes long.

The socket is 0600: who may ask is decided by the account that owns it. Questions that only wait for the log
(`Early`) need no thread of their own while they wait; all others are answered by a bounded number of workers.
"""

import os
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog

from crypto.errors import BadFormat
from tipline.keeper.errors import CannotListen
from tipline.keeper.peers import Peer
from tipline.keeper_client import frames

MAX_CONNECTIONS: Final = 256
WORKERS: Final = 32
"""Questions of one socket that are answered at the same time, those that only wait for the log apart."""

FRAME_SECONDS: Final = 30.0  # for the rest of a frame, once it has begun, and for an answer to be taken
BUSY: Final = "The keeper has too many connections."
_BACKLOG: Final = 128
_IN: Final = selectors.EVENT_READ
_OUT: Final = selectors.EVENT_WRITE

Answer = Callable[[Mapping[str, Any]], dict[str, Any]]
Finish = Callable[[], dict[str, Any]]
"""Makes an answer, when all that it waited for is there."""
Early = Callable[[Mapping[str, Any], Callable[[Finish], None]], bool]
"""Begins a question that only waits for the log, and is told whom to hand what makes its answer. False when
the question is none of these: it was not begun."""

log = structlog.get_logger()


class Server:
    """Answers one site on one socket until it is closed."""

    def __init__(
        self, path: Path, answer: Answer, max_frame: int = frames.MAX_FRAME, early: Early | None = None
    ) -> None:
        """Answer at `path`; a request takes at most `max_frame` bytes."""
        self._max_frame = max_frame
        self._path = path
        self._answer = answer
        self._early = early
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._selector = selectors.DefaultSelector()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._rung = False
        self._guard = threading.Lock()
        self._ready: deque[tuple[Peer, Callable[[], bytes] | None]] = deque()
        self._peers: set[Peer] = set()
        self._deadlines: dict[Peer, float] = {}
        self._current: Peer | None = None
        self._closing = threading.Event()
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="keeper-worker")
        self._ended = threading.Event()

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
        self._listener.setblocking(False)
        self._selector.register(self._listener, _IN)
        self._selector.register(self._bell, _IN)
        self._start_thread()

    def close(self) -> None:
        """Stop listening, let what is being answered finish, and close every connection."""
        self._closing.set()
        self._ring()
        self._ended.wait()
        self._workers.shutdown()
        self._listener.close()
        self._path.unlink(missing_ok=True)
        self._selector.close()
        with self._guard:  # the log may still tell of a question whose connection is gone
            os.close(self._bell)
            self._bell = -1

    def _start_thread(self) -> None:
        threading.Thread(target=self._run, name=f"keeper-{self._path.stem}", daemon=True).start()

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                self._turn()
            self._watch_no_more()
            while self._peers:
                self._turn()
            self._ended.set()
        finally:
            if not self._ended.is_set():  # a fault: it ends the connection that it met, and the others go on
                if self._current is not None:
                    self._drop(self._current)
                self._start_thread()
                self._ring()

    def _watch_no_more(self) -> None:
        if self._listener in self._selector.get_map():
            self._selector.unregister(self._listener)
        for peer in list(self._peers):
            self._end(peer)

    def _turn(self) -> None:
        """Wait until something happens, and do what there is to do."""
        for key, _ in self._selector.select(self._patience()):
            if key.fileobj is self._listener:
                self._accept()
            elif key.fileobj == self._bell:
                self._send_ready()
            elif (peer := key.data) in self._peers:
                self._current = peer
                self._serve(peer)
        self._current = None

    def _patience(self) -> float | None:
        """Seconds until the next deadline; connections whose deadline has passed are closed."""
        if not self._deadlines:
            return None
        now = time.monotonic()
        for peer in [peer for peer, deadline in self._deadlines.items() if deadline <= now]:
            self._drop(peer)
        return min(self._deadlines.values(), default=now) - now

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except BlockingIOError:
            return  # it has gone again
        except OSError:
            log.warning("connection not accepted")
            return
        peer = Peer(connection, self._max_frame)
        self._peers.add(peer)
        if len(self._peers) > MAX_CONNECTIONS:
            self._dismiss(peer, {"unavailable": BUSY})
        else:
            self._watch(peer, _IN)

    def _serve(self, peer: Peer) -> None:
        if peer.watched == _OUT:
            self._send(peer, peer.send)
            return
        try:
            request = peer.read()
            if peer.busy:
                raise BadFormat("a question does not wait for the answer to the last one")
        except (frames.ConnectionEnded, OSError):
            self._end(peer)
        except BadFormat:
            # Where the next frame begins is not known any more.
            self._dismiss(peer, {"refused": "malformed", "index": -1})
        else:
            self._take(peer, request)

    def _take(self, peer: Peer, request: Mapping[str, Any] | None) -> None:
        if request is None:
            # Of the frame as a whole, however it trickles in.
            self._deadlines.setdefault(peer, time.monotonic() + FRAME_SECONDS)
            return
        self._deadlines.pop(peer, None)
        peer.busy = True
        if self._early is None or not self._early(request, partial(self._finished, peer)):
            self._workers.submit(self._work, request).add_done_callback(partial(self._worked, peer))

    def _work(self, request: Mapping[str, Any]) -> bytes:
        return frames.encode(self._answer(request))

    def _worked(self, peer: Peer, future: "Future[bytes]") -> None:
        fault = future.exception()
        if fault is not None:
            reported = (type(fault), fault, fault.__traceback__, threading.current_thread())
            threading.excepthook(threading.ExceptHookArgs(reported))
        self._hand_over(peer, future.result if fault is None else None)

    def _finished(self, peer: Peer, finish: Finish) -> None:
        self._hand_over(peer, lambda: frames.encode(finish()))

    def _hand_over(self, peer: Peer, answer: Callable[[], bytes] | None) -> None:
        """From another thread: an answer can be made, or never will be."""
        self._ready.append((peer, answer))
        self._ring()

    def _ring(self) -> None:
        with self._guard:
            if self._rung or self._bell < 0:
                return
            self._rung = True
            os.eventfd_write(self._bell, 1)

    def _send_ready(self) -> None:
        os.eventfd_read(self._bell)
        self._rung = False  # before looking: what comes after that rings again
        while self._ready:
            peer, answer = self._ready.popleft()
            self._current = peer
            if not peer.busy:
                continue  # it was dropped meanwhile
            if answer is None:
                self._drop(peer)
            else:
                self._send(peer, partial(peer.answer, answer()))

    def _send(self, peer: Peer, sending: Callable[[], bool]) -> None:
        try:
            all_sent = sending()
        except OSError:
            self._drop(peer)
            return
        if not all_sent:
            self._deadlines.setdefault(peer, time.monotonic() + FRAME_SECONDS)
            self._watch(peer, _OUT)
            return
        self._deadlines.pop(peer, None)
        if peer.ended:
            self._drop(peer)
        else:
            self._watch(peer, _IN)

    def _dismiss(self, peer: Peer, words: Mapping[str, Any]) -> None:
        peer.ended = True
        self._send(peer, partial(peer.answer, frames.encode(words)))

    def _end(self, peer: Peer) -> None:
        """Take no further question; what is owed may still leave."""
        peer.ended = True
        if not peer.owed:
            self._drop(peer)
        elif peer.watched == _IN:
            self._watch(peer, 0)

    def _drop(self, peer: Peer) -> None:
        self._watch(peer, 0)
        self._deadlines.pop(peer, None)
        self._peers.discard(peer)
        peer.busy = False
        peer.connection.close()

    def _watch(self, peer: Peer, events: int) -> None:
        if events == peer.watched:
            return
        if not peer.watched:
            self._selector.register(peer.connection, events, peer)
        elif events:
            self._selector.modify(peer.connection, events, peer)
        else:
            self._selector.unregister(peer.connection)
        peer.watched = events
