"""A time stamping service on this machine, made with `openssl ts`."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, request

CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[leaf]
extendedKeyUsage = critical, timeStamping
keyUsage = critical, digitalSignature
[tsa]
default_tsa = service
[service]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
crypto_device = builtin
"""


@dataclass(frozen=True)
class Authority:
    """Its folder: root certificate, signing certificate and key."""

    folder: Path

    @classmethod
    def made(cls, folder: Path, name: str = "Test stamps") -> "Authority":
        """Make one."""
        folder.mkdir()
        (folder / "config").write_text(CONFIG.format(name=name, folder=folder))
        (folder / "serial").write_text("01\n")
        made = cls(folder)
        key = ["-newkey", "rsa:2048", "-nodes", "-config", "config"]
        made._run("req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-extensions", "ca")
        made._run("req", *key, "-subj", "/CN=Signer", "-keyout", "tsa.key", "-out", "tsa.csr")
        issued = ["-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-extensions", "leaf"]
        made._run("x509", "-req", "-in", "tsa.csr", *issued, "-extfile", "config", "-out", "tsa.pem")
        return made

    @property
    def roots(self) -> Path:
        """What whoever checks its time stamps needs."""
        return self.folder / "root.pem"

    def reply(self, query: bytes) -> bytes:
        """Its answer to a request."""
        (self.folder / "query").write_bytes(query)
        signer = ["-signer", "tsa.pem", "-inkey", "tsa.key", "-section", "service"]
        self._run("ts", "-reply", "-config", "config", "-queryfile", "query", *signer, "-out", "reply")
        return (self.folder / "reply").read_bytes()

    def verifies(self, note: Path, reply: Path) -> bool:
        """Whether `openssl` itself takes a time stamp."""
        named = ["-data", str(note), "-in", str(reply), "-CAfile", "root.pem"]
        done = subprocess.run(
            ["openssl", "ts", "-verify", *named], cwd=self.folder, check=False, capture_output=True
        )
        return done.returncode == 0

    def site(self, answer: Callable[[bytes], Response] | None = None) -> Flask:
        """It, over HTTP."""
        app = Flask("tsa")

        def stamped(query: bytes) -> Response:
            return Response(self.reply(query), content_type="application/timestamp-reply")

        app.post("/", endpoint="stamp")(lambda: (answer or stamped)(request.get_data()))
        return app

    def _run(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)
