"""Serving a site with gunicorn, without writing down who came and what they asked for."""

import gc
import logging
import resource
import socket
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from gunicorn import util
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.http.unreader import SocketUnreader
from gunicorn.http.wsgi import Response

from tipline.worker import SteadyWorker

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  # only the workers' heartbeats, which hold nothing
STOP_SECONDS = 15
THREADS = 256
"""Requests that one worker process handles at once. A thread is made when all others are busy.

Slow senders hold one each: with four bodies at once for each client (`tipline.public.limits`), fifty clients
leave some for everybody else.
"""
CONNECTIONS = 4096
"""Connections that one worker process keeps open, nearly all of them idle."""
OPEN_FILES = 8192
"""Connections, files and databases of one process; the usual 1,024 are fewer than its connections."""
READ_AHEAD = 64 * 1024
"""Bytes of a body that the server takes from the socket at once: as many as an upload reads of it.

The server's own step of 1 MiB is copied whole at each of these reads, which is half of what a large file
costs (docs/performance.md).
"""

_LIFE_CYCLE = (
    "Booting worker with pid: %s",
    "Handling signal: %s",
    "Listening at: %s (%s)",
    "Shutting down: %s",
    "Starting gunicorn %s",
    "Using worker: %s",
    "WORKER TIMEOUT (pid:%s)",
    "Worker (pid:%s) exited with code %s.",
    "Worker (pid:%s) was sent %s!",
    "Worker exiting (pid: %s)",
)
_ERROR = b"This request could not be answered.\n"
_ERROR_HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
"""What both sites put on their pages, as far as it makes sense for a line of text."""
_ADDRESS_TROUBLE = ("Connection in use: ", "Invalid address: ", "Can't connect to ", "connection to ")


class OnlyLifeCycle(logging.Filter):
    """Lets through what the server says about itself.

    Everything else may hold a client's address, a request line or what
    somebody typed (in an error's message): only that something happened, and
    the class of the error, is left of it.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Reduce a record."""
        template = str(record.msg)
        if template in _LIFE_CYCLE or template.startswith(_ADDRESS_TROUBLE):
            return True
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "no error class"
        record.msg, record.args = "a request or a worker failed (%s); details are not logged", (kind,)
        record.exc_info = record.exc_text = record.stack_info = None
        return True


class QuietLogger(Logger):
    """gunicorn's logger with the filter on, and without an access log."""

    def setup(self, cfg: Any) -> None:
        """Set up and filter."""
        super().setup(cfg)  # type: ignore[no-untyped-call]  # the library is untyped
        self.error_log.filters = [OnlyLifeCycle()]


_OPTIONS: dict[str, object] = {
    "threads": THREADS,
    "worker_connections": CONNECTIONS,
    "worker_class": SteadyWorker,
    "preload_app": True,
    # What was made before the workers part is shared by them; the collector would only copy it.
    "pre_fork": lambda _arbiter, _worker: gc.freeze(),
    "graceful_timeout": STOP_SECONDS,
    "keepalive": 5,
    # Nobody's headers speak for the server itself: what a trusted proxy says is read by the site alone.
    "forwarded_allow_ips": "",
    "control_socket_disable": True,
    "worker_tmp_dir": str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None,
    "accesslog": None,
    "errorlog": "-",
    "logger_class": QuietLogger,
    "limit_request_line": 4094,
    "limit_request_fields": 60,
}
_ONION: dict[str, object] = {
    "proxy_protocol": "v1",
    # The line stands before the first request of a connection, and the server forgets it after that one.
    "keepalive": 0,
}


class _Server(BaseApplication):
    def __init__(self, factory: Callable[[], Flask], options: dict[str, object], *, onion: bool) -> None:
        self._factory = factory
        self._options = options
        self._onion = onion
        super().__init__()  # type: ignore[no-untyped-call]  # the library is untyped

    def load_config(self) -> None:
        config: Any = self.cfg
        for name, value in self._options.items():
            config.set(name, value)

    def load(self) -> "WSGIApplication":
        site = _whole_bodies(self._factory())
        return _through_the_onion(site) if self._onion else site


def _whole_bodies(site: Flask) -> "WSGIApplication":
    """The site, which refuses a body that ends before its announced length.

    gunicorn says that its input ends by itself, and Werkzeug then takes a form
    that was cut on its way for the whole one: half a message would be sealed.
    """

    def checked(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ.pop("wsgi.input_terminated", None)
        return site(environ, start_response)

    return checked


def _through_the_onion(site: "WSGIApplication") -> "WSGIApplication":
    """The site, for whoever came through the onion service: the line that names the circuit must be there."""

    def checked(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if "PROXY_PROTOCOL" in environ:
            return site(environ, start_response)
        start_response("400 Bad Request", [*_ERROR_HEADERS.items(), ("Content-Length", str(len(_ERROR)))])
        return [_ERROR]

    return checked


def serve(
    factory: Callable[[], Flask], bind: str, *, workers: int = 2, timeout: int = 60, onion: bool = False
) -> None:
    """Serve a site until SIGTERM or SIGINT; requests that run may end.

    Args:
        factory: makes the site, once, before the workers part.
        bind: host and port, or `unix:` and a path.
        timeout: seconds after which a worker that hangs as a whole is replaced.
        onion: only an onion service connects here, and says in a PROXY line which circuit it speaks for.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold what is being read or typed
    _allow_open_files()
    _drop_banner()
    util.write_error = write_error
    SocketUnreader.max_body_chunk = READ_AHEAD
    server = _Server(
        factory,
        {**_OPTIONS, **(_ONION if onion else {}), "bind": bind, "workers": workers, "timeout": timeout},
        onion=onion,
    )
    server.run()  # type: ignore[no-untyped-call]  # the library is untyped


def write_error(client: socket.socket, status: int, _reason: str, _message: str) -> None:
    """Answer what no site got to see: gunicorn's own repeats the request and has no headers of ours."""
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"Content-Length: {len(_ERROR)}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in _ERROR_HEADERS.items()),
    )
    util.write_nonblock(client, "\r\n".join((*head, "", "")).encode() + _ERROR)  # type: ignore[no-untyped-call]  # the library is untyped


def _allow_open_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _drop_banner() -> None:
    """Leave the server's name out of its responses: it tells an attacker which holes to try."""
    response_class: Any = Response
    original = response_class.default_headers

    def without_banner(response: Response) -> list[str]:
        return [line for line in original(response) if not line.startswith("Server: ")]

    response_class.default_headers = without_banner
