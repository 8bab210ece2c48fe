"""A mail server and a web address on this machine, with a certificate, and settings that name them."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tipline.notices.settings import FILE, FOLDER

USER, PASSWORD, SECRET = "desk", "a long password", "a secret of the webhook"


class MailServer:
    """Takes mail and notes what it was told. `refuse` are addresses that it takes nothing for."""

    def __init__(self) -> None:
        self.mails: list[tuple[Envelope, str]] = []
        self.refuse: set[str] = set()
        self.broken = False
        self.users: list[tuple[bytes, bytes]] = []

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuse:
            return "550 no such box"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        if self.broken:
            return "451 later"
        self.mails.append((envelope, str(session.host_name)))
        return "250 OK"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _kind: str, data: Any
    ) -> AuthResult:
        self.users.append((data.login, data.password))
        return AuthResult(success=self.users[-1] == (USER.encode(), PASSWORD.encode()), handled=False)


@dataclass
class HookServer:
    """Answers POSTs over TLS and notes them."""

    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200
    location: str = ""
    port: int = 0


@dataclass(frozen=True)
class Certificate:
    """Of 127.0.0.1 and localhost, signed by itself."""

    file: Path

    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file)
        return context

    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.file))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return Certificate(file)


@contextmanager
def mail_server(server: MailServer, **options: Any) -> Iterator[int]:
    """Run it; the port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    controller = Controller(server, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def starttls(certificate: Certificate) -> Iterator[tuple[MailServer, int]]:
    """A mail server that asks for STARTTLS, name and password."""
    server = MailServer()
    options = {
        "tls_context": certificate.server(),
        "require_starttls": True,
        "auth_required": True,
        "authenticator": server.authenticate,
    }
    with mail_server(server, **options) as port:
        yield server, port


@pytest.fixture
def hook(certificate: Certificate) -> Iterator[HookServer]:
    noted = HookServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            noted.calls.append((self.path, dict(self.headers.items()), body))
            self.send_response(noted.status)
            if noted.location:
                self.send_header("Location", noted.location)
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - the name that the library calls

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = certificate.server().wrap_socket(server.socket, server_side=True)
    noted.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield noted
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def write_settings(data: Path, text: str) -> None:
    """The file, and the two secrets."""
    folder = data / FOLDER
    folder.mkdir(exist_ok=True)
    for name, content in (
        (FILE, text),
        ("mail-password", f"{PASSWORD}\n"),
        ("webhook-secret", f"{SECRET}\n"),
    ):
        (folder / name).write_text(content, "utf-8")
        (folder / name).chmod(0o600)


def mail_table(port: int, **changes: str) -> str:
    fields = {
        "host": '"127.0.0.1"',
        "port": str(port),
        "security": '"starttls"',
        "user": f'"{USER}"',
        "password_file": '"mail-password"',
        "from": '"notice@office.example"',
        "to": '["one@desk.example", "two@desk.example"]',
    } | changes
    return "[mail]\n" + "".join(f"{name} = {value}\n" for name, value in fields.items())


def hook_table(port: int, path: str = "/in?key=HOOKKEY") -> str:
    return f'[webhook]\nurl = "https://127.0.0.1:{port}{path}"\nsecret_file = "webhook-secret"\n'
