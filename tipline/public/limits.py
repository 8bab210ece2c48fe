"""How often one client may report or try a code.

Beside that, one client has only a few bodies under way at once, so that slow
senders cannot hold every thread of a worker.

A client is an HMAC of its network address under a random key that lives in RAM
and is replaced every hour; no address is ever kept. Counting happens before a
body is read. There is no limit over everybody: one sender could shut out the rest.
"""

import hmac
import ipaddress
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import quote

from flask import request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from tipline.clock import Clock
from tipline.limits_storage import SCHEME, RamCounters
from tipline.shared_keys import SharedKeys

REPORTS_PER_MINUTE = 6
CODE_TRIES_PER_MINUTE = 30
WINDOW_SECONDS = 60
BODIES_AT_ONCE = 4

KEY_SECONDS = 3600
_REPORTS = RateLimitItemPerMinute(REPORTS_PER_MINUTE)
_CODE_TRIES = RateLimitItemPerMinute(CODE_TRIES_PER_MINUTE)
_IPV6_PREFIX = 64  # what one household or phone gets; below it a client changes at will


class ClientKeys:
    """Names clients by an HMAC of their address."""

    def __init__(self, shared: SharedKeys) -> None:
        self._shared = shared

    def key_of(self, address: str) -> str:
        """The key of a client, good for at most an hour."""
        return hmac.digest(self._shared.pair().current, _network(address).encode(), "sha256").hex()


class BodiesUnderWay:
    """The requests of each client whose body is still coming in, in this worker process."""

    def __init__(self, clients: ClientKeys) -> None:
        self._clients = clients
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def begin(self, address: str) -> str:
        """Count a body; what is returned goes to `end`.

        Raises:
            TooManyRequests: this client has four under way.
        """
        client = self._clients.key_of(address)
        with self._lock:
            if self._counts[client] >= BODIES_AT_ONCE:
                raise TooManyRequests(retry_after=WINDOW_SECONDS)
            self._counts[client] += 1
        return client

    def end(self, client: str) -> None:
        """Give a place back."""
        with self._lock:
            self._counts[client] -= 1
            if not self._counts[client]:
                del self._counts[client]


class Allowances:
    """The limits of the public site; each method counts one use by the client of this request.

    Flask-Limiter counts when a view is called, and by then the check of forms has read the body; so
    the library below it is asked directly.
    """

    def __init__(self, counters: Path, clients: ClientKeys, clock: Clock) -> None:
        storage = RamCounters(f"{SCHEME}://{quote(str(counters))}", clock=clock)
        self._windows = FixedWindowRateLimiter(storage)
        self._clients = clients

    def report(self) -> None:
        """Count a report.

        Raises:
            TooManyRequests: this client has sent six within the minute.
        """
        self._count(_REPORTS, "report")

    def code_try(self) -> None:
        """Count a try of a code, or a message.

        Raises:
            TooManyRequests: this client has made thirty within the minute.
        """
        self._count(_CODE_TRIES, "code")

    def _count(self, limit: RateLimitItem, what: str) -> None:
        if not self._windows.hit(limit, what, self._clients.key_of(request.remote_addr or "")):
            raise TooManyRequests(retry_after=WINDOW_SECONDS)


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
