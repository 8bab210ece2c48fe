"""One question over HTTP to a witness or a time stamping service, within limits of time and size.

No redirect is followed and no proxy of the environment asked. The address comes from a statement of two
people or from the settings; nothing of the answer is believed before it was checked.
"""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

SECONDS: Final = 10.0
"""For connecting, and between two pieces of an answer."""
WHOLE_SECONDS: Final = 30.0
MAX_ANSWER: Final = 64 * 1024
_PIECE: Final = 8 * 1024


class AnswerTooLong(OSError):
    """The answer is longer than any that is asked for, or takes too long to come."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    content_type: str
    body: bytes


def post(url: str, body: bytes, content_type: str = "text/plain") -> Answer:
    """Send a body.

    Raises:
        OSError: no answer.
        http.client.HTTPException: one that is no HTTP.
        ValueError: the address is none.
    """
    return _call("POST", url, body, {"Content-Type": content_type})


def get(url: str) -> Answer:
    """Fetch an address; errors as `post`."""
    return _call("GET", url, None, {})


def _call(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
    parts = urlsplit(url)
    ends = time.monotonic() + WHOLE_SECONDS
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    try:
        connection.request(method, parts.path or "/", body, {**headers, "Connection": "close"})
        with connection.getresponse() as response:
            pieces: list[bytes] = []
            while piece := response.read1(_PIECE):
                pieces.append(piece)
                if sum(map(len, pieces)) > MAX_ANSWER or time.monotonic() > ends:
                    raise AnswerTooLong("the answer is too long, or comes too slowly")
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
            return Answer(response.status, kind, b"".join(pieces))
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None) -> HTTPConnection:
    if scheme == "https":
        return HTTPSConnection(host, port, timeout=SECONDS, context=ssl.create_default_context())
    return HTTPConnection(host, port, timeout=SECONDS)
