"""A flood of garbage from few clients, as a proxy in front of the site passes it on: each request on a
connection of its own, begun on time whether or not the earlier ones were answered.

The tokens in it are real: whoever floods can open a page first.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final
from urllib.parse import urlencode

from tipline.bench.visitor import Visitor

RATE: Final = 500
CLIENTS: Final = 50
SLOW_SECONDS: Final = 10
"""How long a slow sender goes on, with a byte in each second."""
PATIENCE: Final = 30.0  # seconds until an answer that does not come is given up
CUT_BYTES: Final = 100_000
BIG_BYTES: Final = 5_000_000
SLOW_BYTES: Final = 1_000
_BOUNDARY: Final = "flood"


class Manner(Enum):
    """What a flooder does with a request."""

    WHOLE = auto()
    CUT = auto()
    SLOW = auto()


@dataclass(frozen=True)
class Garbage:
    """One kind of request; a body that is longer than what is sent of it is announced in whole."""

    method: str
    path: str
    body: bytes = b""
    media_type: str = "application/x-www-form-urlencoded"
    manner: Manner = Manner.WHOLE
    announced: int = 0


@dataclass(frozen=True)
class Flood:
    """So many requests a second from so many clients, for so many seconds."""

    bind: str
    seconds: float
    rate: int = RATE
    clients: int = CLIENTS

    @property
    def requests(self) -> int:
        """How many in all."""
        return int(self.rate * self.seconds)


def pour(flood: Flood, share: int, shares: int) -> Counter[str]:
    """Send every `shares`-th request, from the `share`-th on; how often each answer came."""
    return asyncio.run(_pour(flood, kinds_of_garbage(flood.bind), range(share, flood.requests, shares)))


def kinds_of_garbage(bind: str) -> Sequence[Garbage]:
    """Pages, unknown pages, forms with and without tokens, guesses, bodies that are cut and that trickle."""
    with Visitor(bind, "en") as visitor:
        report, door = visitor.get("/report").hidden(), visitor.get("/mailbox").hidden()
    guess = urlencode({**door, "code": " ".join(f"{11 * 4711 + place:06}" for place in range(8))}).encode()
    empty = urlencode({**report, "description": ""}).encode()
    parts = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="description"\r\n\r\n{"x" * 20_000}\r\n'
    multipart = f"multipart/form-data; boundary={_BOUNDARY}"
    return (
        Garbage("GET", "/"),
        Garbage("POST", "/report", b"description=garbage"),
        Garbage("GET", "/report"),
        Garbage("POST", "/report", empty),
        Garbage("GET", "/no-such-page"),
        Garbage("POST", "/mailbox", guess),
        Garbage("POST", "/report", parts.encode() + f"--{_BOUNDARY}--\r\n".encode(), multipart),
        Garbage("POST", "/mailbox", b"code=1"),
        Garbage("POST", "/report", b"x" * CUT_BYTES, multipart, Manner.CUT, BIG_BYTES),
        Garbage("POST", "/report/guided", b"step=1&description=garbage"),
        Garbage("POST", "/mailbox", b"code=" + b"1" * SLOW_SECONDS, manner=Manner.SLOW, announced=SLOW_BYTES),
    )


async def _pour(flood: Flood, kinds: Sequence[Garbage], numbers: range) -> Counter[str]:
    loop = asyncio.get_running_loop()
    begin = loop.time()
    tasks = []
    for number in numbers:
        await asyncio.sleep(max(0.0, begin + number / flood.rate - loop.time()))
        kind = kinds[number // flood.clients % len(kinds)]
        tasks.append(asyncio.create_task(_throw(flood.bind, kind, f"203.0.113.{number % flood.clients}")))
    return Counter(await asyncio.gather(*tasks))


async def _throw(bind: str, kind: Garbage, client: str) -> str:
    """Send one request; the status that came back, or why none did."""
    host, _, port = bind.rpartition(":")
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(host, int(port))
            try:
                writer.write(_head(bind, kind, client))
                return await _answer(kind, reader, writer)
            finally:
                writer.close()
    except TimeoutError:
        return "no answer"
    except OSError:
        return "connection ended"


async def _answer(kind: Garbage, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
    if kind.manner is Manner.SLOW:
        for byte in kind.body:
            writer.write(bytes([byte]))
            await writer.drain()
            with suppress(TimeoutError):
                return _status(await asyncio.wait_for(reader.readline(), 1.0))
        return "gave up"
    writer.write(kind.body)
    await writer.drain()
    if kind.manner is Manner.CUT:
        return "cut"
    line = await reader.readline()
    while await reader.read(1 << 16):
        pass
    return _status(line)


def _head(bind: str, kind: Garbage, client: str) -> bytes:
    lines = [
        f"{kind.method} {kind.path} HTTP/1.1",
        f"Host: {bind}",
        f"X-Forwarded-For: {client}",
        "Connection: close",
    ]
    if kind.body:
        lines += [
            f"Content-Type: {kind.media_type}",
            f"Content-Length: {kind.announced or len(kind.body)}",
        ]
    return "\r\n".join((*lines, "", "")).encode()


def _status(line: bytes) -> str:
    words = line.split()
    return words[1].decode() if len(words) > 1 else "connection ended"
