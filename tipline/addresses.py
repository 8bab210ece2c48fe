"""Addresses of the three processes: whether one is free, and whether something answers there."""

import http.client
import socket
from collections.abc import Callable
from pathlib import Path

PROBE_SECONDS = 2.0


class BadAddress(Exception):
    """An address cannot be used; the sentence says which setting names it."""


def refuse_taken(bind: str, variable: str) -> None:
    """Check that an address can be bound.

    Raises:
        BadAddress: something else answers there, or it is not an address of this machine.
    """
    host, port = split_bind(bind, variable)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadAddress(
                f"The address {bind} cannot be used ({error.strerror}). "
                f"Name another one: {variable}=127.0.0.1:8080"
            ) from error


def split_bind(bind: str, variable: str) -> tuple[str, int]:
    """The host and port of "127.0.0.1:8000" or "[::1]:8000".

    Raises:
        BadAddress: it is not of this shape.
    """
    host, _, port = bind.rpartition(":")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        raise BadAddress(f"{variable} is an address with a port, like 127.0.0.1:8000, not {bind!r}.")
    return host.strip("[]") or "127.0.0.1", int(port)


def answers_http(bind: str, variable: str, path: str) -> Callable[[], bool]:
    """A probe: whether something answers a request for a page there."""
    host, port = split_bind(bind, variable)

    def probe() -> bool:
        connection = http.client.HTTPConnection(host, port, timeout=PROBE_SECONDS)
        try:
            connection.request("GET", path)
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return probe


def answers_socket(path: Path) -> Callable[[], bool]:
    """A probe: whether something listens on a Unix socket."""

    def probe() -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PROBE_SECONDS)
            try:
                connection.connect(str(path))
            except OSError:
                return False
            return True

    return probe
