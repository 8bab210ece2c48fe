"""A simulated visitor: requests over one kept connection, as the trusted proxy in front of a site holds it.

Lean on purpose: pages are searched, not parsed, and multipart bodies are built by hand, so that
the two cores are left to the servers.
"""

import html
import http.client
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlencode

from crypto.randomness import random_bytes
from tipline.bench.errors import OperationFailed

TIMEOUT: Final = 60.0  # seconds
SEE_OTHER: Final = 303
MOST_STEPS: Final = 3
"""How far a visitor follows where a page leads."""

SUCCESS: Final = range(200, 300)
_HIDDEN = re.compile(rb"<input\b[^>]*\btype=\"?hidden\b[^>]*>")
_NAME = re.compile(rb"\bname=\"([^\"]*)\"")
_VALUE = re.compile(rb"\bvalue=\"([^\"]*)\"")
_BOUNDARY: Final = "tipline-bench-9f1c6b0e5d7a"
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Page:
    """What a site answered."""

    status: int
    body: bytes

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page's forms, the last form's winning."""
        fields = {}
        for tag in _HIDDEN.findall(self.body):
            name, value = _NAME.search(tag), _VALUE.search(tag)
            if name:
                fields[_text(name[1])] = _text(value[1]) if value else ""
        return fields


@dataclass(frozen=True)
class Upload:
    """A file to send: its field, its name, and its content as `count` times one block."""

    field: str
    name: str
    block: bytes = b""
    count: int = 0

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.block) * self.count


class Visitor:
    """Somebody at one of the sites; `become_new` makes them somebody else at another address."""

    def __init__(self, bind: str, language: str) -> None:
        """Visit the site at an address like "127.0.0.1:8000"; nothing is asked yet."""
        self.cookies: dict[str, str] = {}
        self._connection = http.client.HTTPConnection(bind, timeout=TIMEOUT)
        self._host = bind
        self._language = language
        self._address = _new_address()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def become_new(self) -> None:
        """Forget every cookie and come from an address that nobody had before."""
        self.cookies.clear()
        self._address = _new_address()

    def get(self, path: str) -> Page:
        """Open a page.

        Raises:
            OperationFailed: the site did not answer it with a page.
        """
        return self._ask("GET", path, None, {})

    def post(self, path: str, fields: Mapping[str, str]) -> Page:
        """Send a form, and follow where it leads.

        Raises:
            OperationFailed: the site did not accept it.
        """
        body = urlencode(fields).encode()
        return self._ask("POST", path, body, {"Content-Type": _FORM, "Content-Length": str(len(body))})

    def post_multipart(self, path: str, fields: Mapping[str, str], upload: Upload) -> Page:
        """Send a form with a file field, which may be empty as a browser sends it.

        Raises:
            OperationFailed: the site did not accept it.
        """
        start, end = _around(fields, upload)
        headers = {
            "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
            "Content-Length": str(len(start) + upload.size + len(end)),
        }
        body = _Streamed(start, upload, end) if upload.count else start + end
        return self._ask("POST", path, body, headers)

    def _ask(
        self, method: str, path: str, body: "bytes | _Streamed | None", headers: Mapping[str, str]
    ) -> Page:
        status, content, place = self._exchange(method, path, body, headers)
        for _ in range(MOST_STEPS):
            if status == SEE_OTHER:
                status, content, place = self._exchange("GET", place, None, {})
        if status not in SUCCESS:
            raise OperationFailed(f"{method} {path} was answered with {status}")
        return Page(status, content)

    def _exchange(
        self, method: str, path: str, body: "bytes | _Streamed | None", headers: Mapping[str, str]
    ) -> tuple[int, bytes, str]:
        all_headers = {
            "Host": self._host,
            "Accept-Language": self._language,
            "X-Forwarded-For": self._address,
            **headers,
        }
        if self.cookies:
            all_headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        kept = self._connection.sock is not None
        try:
            response = self._sent(method, path, body, all_headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._connection.close()
            if not kept:
                raise
            # The site ended a connection that had been idle: what a proxy does is ask again on a new one.
            response = self._sent(method, path, body, all_headers)
        content = response.read()
        self._keep_cookies(response)
        return response.status, content, response.headers.get("Location", "")

    def _sent(
        self, method: str, path: str, body: "bytes | _Streamed | None", headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        self._connection.request(method, path, body, headers)
        return self._connection.getresponse()

    def _keep_cookies(self, response: http.client.HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)


class _Streamed:
    """A body with a file in the middle, never whole in memory, and sent anew when asked again."""

    def __init__(self, start: bytes, upload: Upload, end: bytes) -> None:
        self._start = start
        self._upload = upload
        self._end = end

    def __iter__(self) -> Iterator[bytes]:
        yield self._start
        for _ in range(self._upload.count):
            yield self._upload.block
        yield self._end


def _around(fields: Mapping[str, str], upload: Upload) -> tuple[bytes, bytes]:
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    parts.append(
        f"--{_BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="{upload.field}"; filename="{upload.name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return "".join(parts).encode(), f"\r\n--{_BOUNDARY}--\r\n".encode()


@contextmanager
def visitors(bind: str, language: str, count: int) -> Iterator[list[Visitor]]:
    """So many visitors of one site, whose connections end with the block."""
    with ExitStack() as open_ones:
        yield [open_ones.enter_context(Visitor(bind, language)) for _ in range(count)]


def _new_address() -> str:
    return "10." + ".".join(str(part) for part in random_bytes(3))


def _text(raw: bytes) -> str:
    return html.unescape(raw.decode())
