"""Tor, as a relay that says before each connection which circuit it belongs to (tor(1))."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_WR, create_connection, socket


def line_of(circuit: int) -> bytes:
    """What Tor says under HiddenServiceExportCircuitID haproxy."""
    source = f"fc00:dead:beef:4dad::{circuit >> 16:x}:{circuit & 0xFFFF:x}"
    return f"PROXY TCP6 {source} ::1 {1 + circuit % 65_535} 80\r\n".encode()


@contextmanager
def circuit(bind: str, number: int) -> Iterator[str]:
    """The address of a site, seen through one circuit."""
    host, _, port = bind.rpartition(":")

    class Stream(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with create_connection((host, int(port))) as site:
                site.sendall(line_of(number))
                there = threading.Thread(target=_carry, args=(self.request, site))
                there.start()
                _carry(site, self.request)
                there.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Stream) as relay:
        thread = threading.Thread(target=relay.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{relay.server_address[1]}"
        finally:
            relay.shutdown()
            thread.join()


def _carry(one: socket, other: socket) -> None:
    with suppress(OSError):
        while data := one.recv(65_536):
            other.sendall(data)
    with suppress(OSError):
        other.shutdown(SHUT_WR)
