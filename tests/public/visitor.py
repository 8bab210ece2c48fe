"""A visitor with a browser that fills forms: the test client, and nothing clever."""

import re
from collections.abc import Mapping, Sequence

from flask import Flask
from werkzeug.test import TestResponse

HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"')
CODE = re.compile(r'<p id="tracking-code">((?:[0-9]{6} ){7}[0-9]{6})</p>')


BOUNDARY = "bb"


def parts(fields: Mapping[str, object], files: Sequence[tuple[bytes, str]]) -> bytes:
    """A body of text parts and file parts."""
    body = b""
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{one}\r\n'.encode()
    for content, filename in files:
        head = f'Content-Disposition: form-data; name="files"; filename="{filename}"'
        body += f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


class Visitor:
    """One visitor from one address, with one cookie jar."""

    def __init__(self, app: Flask, address: str = "192.0.2.1", language: str = "en") -> None:
        self.client = app.test_client()
        self.environ = {"REMOTE_ADDR": address}
        self.headers = {"Accept-Language": language}

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers=self.headers, environ_base=self.environ)

    def hidden(self, path: str) -> dict[str, str]:
        """The hidden fields of a page's last form."""
        return dict(HIDDEN.findall(self.get(path).text.split("<form")[-1]))

    def post(self, path: str, data: Mapping[str, object], **headers: str) -> TestResponse:
        """Send a form without files."""
        return self.client.post(
            path, data=dict(data), headers={**self.headers, **headers}, environ_base=self.environ
        )

    def send(self, path: str, body: bytes) -> TestResponse:
        """Send a body of parts as it is."""
        return self.client.post(
            path,
            data=body,
            headers=self.headers,
            environ_base=self.environ,
            content_type=f"multipart/form-data; boundary={BOUNDARY}",
        )

    def report(
        self,
        fields: dict[str, str] | None = None,
        files: Sequence[tuple[bytes, str]] = (),
        **answers: object,
    ) -> TestResponse:
        """Open the form, or take its hidden fields, and send it as a browser does: texts, then files."""
        typed: dict[str, object] = {"description": "They take money.", "official": "no"}
        return self.send(
            "/report", parts({**(fields or self.hidden("/report")), **typed, **answers}, files or [(b"", "")])
        )

    def sign_in(self, code: str) -> TestResponse:
        """Open the mailbox with a code."""
        return self.post("/mailbox", {**self.hidden("/mailbox"), "code": code})

    def write(self, message: str) -> TestResponse:
        """Write back."""
        return self.post("/mailbox/messages", {**self.hidden("/mailbox/messages"), "message": message})


def code_on(page: TestResponse) -> str:
    """The tracking code that a page shows."""
    found = CODE.search(page.text)
    assert found, page.text[:2000]
    return found.group(1)
