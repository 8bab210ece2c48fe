"""Who is sending how many bodies at once: a slow sender holds a thread for each of them."""

import threading
from collections import Counter


class TooManyBodies(Exception):
    """This client is sending as much at once as one client may."""


class BodiesUnderWay:
    """The requests of each client whose body is still coming in, in this worker process."""

    def __init__(self, most: int) -> None:
        """Let each client have so many at once."""
        self._most = most
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def begin(self, client: str) -> None:
        """Count a body of a client, who is named by an HMAC.

        Raises:
            TooManyBodies: this client has as many as are let.
        """
        with self._lock:
            if self._counts[client] >= self._most:
                raise TooManyBodies
            self._counts[client] += 1

    def end(self, client: str) -> None:
        """Give a place back."""
        with self._lock:
            self._counts[client] -= 1
            if not self._counts[client]:
                del self._counts[client]
