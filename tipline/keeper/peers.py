"""One connection of the keeper's: what has come of a question, and what has yet to leave of an answer."""

import socket
from typing import Any

from tipline.keeper_client import frames


class Peer:
    """The other end, which sends one question and waits for its answer before it sends the next.

    Attributes:
        busy: a question is being answered.
        ended: no further question is taken; an answer may still leave.
        watched: what the selector is told to look for; 0 for nothing.
    """

    def __init__(self, connection: socket.socket, limit: int) -> None:
        """Take a connection over, whose questions have at most `limit` bytes."""
        connection.setblocking(False)
        self.connection = connection
        self.busy = False
        self.ended = False
        self.watched = 0
        self._limit = limit
        self._incoming = frames.Incoming(limit)
        self._outgoing = memoryview(b"")

    @property
    def owed(self) -> bool:
        """Whether an answer has yet to be made, or to leave."""
        return self.busy or bool(self._outgoing)

    def read(self) -> dict[str, Any] | None:
        """Take in what has come; a question, once it is whole.

        Raises:
            BadFormat: it is no frame, or does not wait for the answer to the last one.
            ConnectionEnded: nothing will come any more.
            OSError: the connection broke.
        """
        piece = self.connection.recv(self._incoming.wanted)
        if not piece:
            raise frames.ConnectionEnded(midway=self._incoming.begun)
        request = self._incoming.take(piece)
        if request is not None:
            self._incoming = frames.Incoming(self._limit)
        return request

    def answer(self, frame: bytes) -> bool:
        """Send an answer, as far as it can leave now; whether all of it did.

        Raises:
            OSError: the connection broke.
        """
        self.busy = False
        self._outgoing = memoryview(frame)
        return self.send()

    def send(self) -> bool:
        """Send more of the answer; whether all of it has left.

        Raises:
            OSError: the connection broke.
        """
        try:
            self._outgoing = self._outgoing[self.connection.send(self._outgoing) :]
        except BlockingIOError:
            return False
        return not self._outgoing
