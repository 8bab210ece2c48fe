"""A small site on the loopback address, for tests of who visits it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

FORM = b"""<form method="post"><input type="hidden" name="csrf_token" value="a&amp;b">
<input name="code"><input value="7" type="hidden" name="form"></form>"""


class Pages(BaseHTTPRequestHandler):
    """`/form` gives a form and a cookie, `/moved` leads there, `/bad` refuses, `/hang-up` hangs up."""

    protocol_version = "HTTP/1.1"
    seen: ClassVar[list[tuple[str, str, dict[str, str], bytes]]] = []

    def do_GET(self) -> None:
        self._note(b"")
        self._answer(400 if self.path == "/bad" else 200, FORM)

    def do_POST(self) -> None:
        self._note(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(303 if self.path == "/moved" else 200, b"<p>thank you</p>")

    def log_message(self, *_: Any) -> None:
        """Keep the test's output clean."""

    def _note(self, body: bytes) -> None:
        self.seen.append((self.command, self.path, dict(self.headers), body))

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if status == 303:
            self.send_header("Location", "/form")
        self.send_header("Set-Cookie", "session=one; HttpOnly; Path=/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        # Without a word in a header, as a server does with a connection that was idle too long.
        self.close_connection = self.path == "/hang-up"


@contextmanager
def site() -> Iterator[str]:
    """Its address."""
    Pages.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
