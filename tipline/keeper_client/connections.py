"""Connections to one of the keeper's sockets: kept open, shared by a site's threads, never across a fork."""

import os
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from crypto.errors import BadFormat
from tipline.keeper_client import frames
from tipline.keeper_client.errors import KeeperLied, KeeperStopped, KeeperUnavailable, Refused
from tipline.keeper_client.reasons import Reason

MAX_CONNECTIONS: Final = 32  # of one process; the keeper takes 256 in all
_NEARLY_ALL: Final = 0.95


class Connections:
    """Asks one question at a time on each connection."""

    def __init__(self, path: Path, timeout: float) -> None:
        """Use the socket at `path`; `timeout` in seconds holds for each question as a whole."""
        self._path = path
        self._timeout = timeout
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._idle: deque[socket.socket] = deque()
        self._process = os.getpid()

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request and return what was answered under "ok".

        Raises:
            KeeperUnavailable: no connection, no answer in time, or the keeper says so.
            Refused: the keeper refused it.
            KeeperLied: the answer has no form that an answer may have.
            BadFormat: the request is longer than a frame; nothing was sent.
        """
        deadline = time.monotonic() + self._timeout
        if not self._places.acquire(timeout=self._timeout):
            raise KeeperUnavailable("too many questions to the keeper at once")
        try:
            connection = self._open(deadline)
            try:
                answer = self._exchange(connection, request, deadline)
            except BaseException:
                # An answer may still be under way: on this connection it would answer the next question.
                connection.close()
                raise
            self._idle.append(connection)
        finally:
            self._places.release()
        return _unpacked(answer)

    def close(self) -> None:
        """Close what is not in use."""
        while self._idle:
            with suppress(IndexError):  # another thread has taken it meanwhile
                self._idle.pop().close()

    def _open(self, deadline: float) -> socket.socket:
        if os.getpid() != self._process:
            # Two processes on one connection would read each other's answers.
            self._idle, self._process = deque(), os.getpid()
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return self._connect(deadline)
            if not _is_over(connection):
                return connection
            connection.close()

    def _connect(self, deadline: float) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(_left(deadline))
            connection.connect(str(self._path))
        except OSError as error:
            connection.close()
            raise KeeperUnavailable("the keeper does not listen") from error
        return connection

    def _exchange(
        self, connection: socket.socket, request: Mapping[str, Any], deadline: float
    ) -> dict[str, Any]:
        frame = frames.encode(request)
        try:
            self._limit_waits(connection, deadline)
            connection.sendall(frame)
            self._limit_waits(connection, deadline)
            return _received(connection, deadline)
        except (OSError, frames.ConnectionEnded) as error:
            raise KeeperUnavailable("the keeper did not answer") from error

    def _limit_waits(self, connection: socket.socket, deadline: float) -> None:
        """Nearly always the whole time is left, and the connection is set to that already."""
        left = _left(deadline)
        if left < _NEARLY_ALL * self._timeout:
            connection.settimeout(left)
        elif connection.gettimeout() is not None:
            frames.wait_by_itself(connection, self._timeout)


def _received(connection: socket.socket, deadline: float) -> dict[str, Any]:
    try:
        return frames.receive(connection, deadline=deadline)
    except BadFormat as error:
        raise KeeperLied("what came is no answer") from error


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), 0.001)


def _is_over(connection: socket.socket) -> bool:
    """Whether the keeper closed it: between questions nothing else makes a connection readable."""
    poll = select.poll()  # select itself refuses descriptors above 1,023, and a busy site has more
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


def _unpacked(answer: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(answer.get("ok"), dict):
        return dict(answer["ok"])
    if answer.get("stopped") is True:
        raise KeeperStopped(str(answer.get("unavailable")))
    if "unavailable" in answer:
        raise KeeperUnavailable(str(answer["unavailable"]))
    try:
        reason, index = Reason(answer["refused"]), int(answer["index"])
    except (KeyError, TypeError, ValueError) as error:
        raise KeeperLied("an answer has no form that an answer may have") from error
    raise Refused(reason, index)
