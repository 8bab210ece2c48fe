"""How often one client may come, report, or try a code.

Every request counts as one visit, and one that was answered with a refusal as
ten more: people seldom err ten times in a row, garbage always does. Who has
used up their visits gets a page that was made before, and no body is read.
Beside that, one client has only a few bodies under way at once, so that slow
senders cannot hold every thread of a worker.

A client is an HMAC of its network address (behind an onion service, of its
circuit) under a random key that lives in RAM and is replaced every hour; no
address is ever kept. There is no limit over everybody: one sender could shut
out the rest.

Source: docs/threat-model.md, T13 (the flooder).
"""

import hmac
import ipaddress
from pathlib import Path
from urllib.parse import quote

from flask import g, request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from tipline.clock import Clock
from tipline.limits_storage import SCHEME, RamCounters
from tipline.public.file_limits import FileAllowance
from tipline.shared_keys import SharedKeys

VISITS_PER_MINUTE = 600
REFUSAL_COUNTS = 10
"""Visits that a refused request counts beside its own."""
REPORTS_PER_MINUTE = 6
STEPS_PER_MINUTE = 60
"""Of the guided form, where going on and back is no report yet, and of files that are added to a mailbox."""
CODE_TRIES_PER_MINUTE = 30
COLLECTS_PER_MINUTE = 6
WINDOW_SECONDS = 60
BODIES_AT_ONCE = 4

KEY_SECONDS = 3600
_VISITS = RateLimitItemPerMinute(VISITS_PER_MINUTE)
_REPORTS = RateLimitItemPerMinute(REPORTS_PER_MINUTE)
_STEPS = RateLimitItemPerMinute(STEPS_PER_MINUTE)
_CODE_TRIES = RateLimitItemPerMinute(CODE_TRIES_PER_MINUTE)
_COLLECTS = RateLimitItemPerMinute(COLLECTS_PER_MINUTE)
_IPV6_PREFIX = 64  # what one household or phone gets; below it a client changes at will
# Tor's HiddenServiceExportCircuitID gives each circuit an address of its own in here (tor(1)).
_CIRCUITS = ipaddress.IPv6Network("fc00:dead:beef:4dad::/64")


class ClientKeys:
    """Names clients by an HMAC of their address."""

    def __init__(self, shared: SharedKeys) -> None:
        self._shared = shared

    def key_of(self, address: str) -> str:
        """The key of a client, good for at most an hour."""
        return hmac.digest(self._shared.pair().current, _network(address).encode(), "sha256").hex()


class Allowances:
    """The limits of the public site; each method counts one use by the client of this request.

    Flask-Limiter counts when a view is called, and by then the check of forms has read the body; so
    the library below it is asked directly.
    """

    def __init__(self, counters: Path, clients: ClientKeys, clock: Clock) -> None:
        storage = RamCounters(f"{SCHEME}://{quote(str(counters))}", clock=clock)
        self._windows = FixedWindowRateLimiter(storage)
        self._clients = clients

    def name_of(self, address: str) -> str:
        """What the client at an address is called here."""
        return self._clients.key_of(address)

    def visit(self) -> bool:
        """Count this request, and remember its client for the rest of it; whether they may go on."""
        g.client = self.name_of(request.remote_addr or "")
        return self._windows.hit(_VISITS, "visit", g.client)

    def refused(self) -> None:
        """Count that this request was refused."""
        self._windows.hit(_VISITS, "visit", g.client, cost=REFUSAL_COUNTS)

    def report(self) -> None:
        """Count a report.

        Raises:
            TooManyRequests: this client has sent six within the minute.
        """
        self._count(_REPORTS, "report")

    def step(self) -> None:
        """Count a screen of the guided form, or files that are added to a mailbox.

        Raises:
            TooManyRequests: this client has sent sixty within the minute.
        """
        self._count(_STEPS, "step")

    def code_try(self) -> None:
        """Count a try of a code or a voucher, or a message.

        Raises:
            TooManyRequests: this client has made thirty within the minute.
        """
        self._count(_CODE_TRIES, "code")

    def collect(self) -> None:
        """Count a press on "Collect".

        Raises:
            TooManyRequests: this client has made six within the minute.
        """
        self._count(_COLLECTS, "collect")

    def files(self) -> FileAllowance:
        """What the client of this request may bring of files."""
        return FileAllowance(self._windows, g.client)

    def _count(self, limit: RateLimitItem, what: str) -> None:
        if not self._windows.hit(limit, what, g.client):
            raise TooManyRequests(retry_after=WINDOW_SECONDS)


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    if parsed.ipv4_mapped is not None:  # a proxy that listens on both families at once writes IPv4 like this
        return str(parsed.ipv4_mapped)
    if parsed in _CIRCUITS:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
