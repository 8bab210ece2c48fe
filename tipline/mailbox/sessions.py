"""Mailbox sessions: in RAM only, and useless without the cookie.

A file is named by the hash of the cookie's random key and holds the tracking
code's 16 bytes, boxed under a key derived from the cookie, and a coarse end.
Whoever takes the folder learns how many people were there, and nothing else.
"""

import base64
import binascii
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from crypto.boxes import open_box, seal_box
from crypto.errors import CannotOpen
from crypto.keys import derive
from crypto.randomness import random_bytes
from crypto.tracking_codes import TrackingCode
from tipline.clock import Clock
from tipline.mailbox.errors import SignedOut

IDLE_SECONDS = 30 * 60
COARSE_SECONDS = 5 * 60
MAX_SESSIONS = 5_000
"""Of all visitors together. Above it the one that was used longest ago ends: nobody is kept out."""

TOKEN_BYTES = 32

log = structlog.get_logger()

_END_BYTES = 8
_CONTEXT = b"tipline/mailbox/session\n"


class MailboxSessions:
    """The sessions of all workers, in one folder of the RAM folder."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._swept_at = 0
        self._lock = Path(f"{folder}.lock")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock.touch(mode=0o600)

    def start(self, code: TrackingCode) -> str:
        """Open a session; the returned token belongs into the cookie and nowhere else.

        Raises:
            OSError: the RAM folder is full or gone.
        """
        self._sweep()
        token = random_bytes(TOKEN_BYTES)
        with self._alone():
            self._make_room()
            self._write(token, code)
        return base64.urlsafe_b64encode(token).rstrip(b"=").decode()

    def resume(self, text: str) -> TrackingCode:
        """The code of a session that runs; its idle time begins anew.

        Raises:
            SignedOut: no such session, or it has ended.
        """
        token, code, data = self._running(text)
        if int.from_bytes(data[:_END_BYTES], "big") != self._next_end():
            self._prolong(token, code, data)
        return code

    def runs(self, text: str) -> bool:
        """Whether a session runs; its idle time goes on."""
        try:
            self._running(text)
        except SignedOut:
            return False
        return True

    def change_code(self, text: str, code: TrackingCode) -> None:
        """Let a session that runs go on under another code.

        Raises:
            OSError: the RAM folder is full or gone.
            SignedOut: it has been ended meanwhile.
        """
        token = _token(text)
        with self._alone():
            if not self._path(token).exists():
                raise SignedOut
            self._write(token, code)

    def end(self, text: str) -> None:
        """Close a session; one that is not there is no error."""
        try:
            self._path(_token(text)).unlink(missing_ok=True)
        except SignedOut:
            return

    def _running(self, text: str) -> tuple[bytes, TrackingCode, bytes]:
        """The key, the code and the content of a session; one that has ended is taken away.

        Raises:
            SignedOut: no such session, or it has ended.
        """
        token = _token(text)
        try:
            data = self._path(token).read_bytes()
        except FileNotFoundError:
            raise SignedOut from None
        end, box = data[:_END_BYTES], data[_END_BYTES:]
        if int.from_bytes(end, "big") <= self._clock.unix():
            self.end(text)
            raise SignedOut
        try:
            return token, TrackingCode.from_bytes(open_box(_key(token), box, _CONTEXT + end)), data
        except CannotOpen:
            raise SignedOut from None

    def _next_end(self) -> int:
        return -(-(self._clock.unix() + IDLE_SECONDS) // COARSE_SECONDS) * COARSE_SECONDS

    def _prolong(self, token: bytes, code: TrackingCode, seen: bytes) -> None:
        """Move the end on, unless the session has changed since it was read, or is over.

        A RAM folder that is full stops nobody who is here: the session then ends as early as it would have.
        """
        with self._alone():
            try:
                if self._path(token).read_bytes() == seen:
                    self._write(token, code)
            except FileNotFoundError:
                return
            except OSError as error:
                log.error("a mailbox session could not be prolonged", error=type(error).__name__)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _write(self, token: bytes, code: TrackingCode) -> None:
        end = self._next_end().to_bytes(_END_BYTES, "big")
        path = self._path(token)
        fresh = path.with_suffix(f".{random_bytes(4).hex()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(end + seal_box(_key(token), code.raw, _CONTEXT + end))
            fresh.replace(path)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise

    def _make_room(self) -> None:
        if len(os.listdir(self._folder)) < MAX_SESSIONS:  # names alone: this is done at each sign-in
            return
        oldest = min(os.scandir(self._folder), key=lambda entry: entry.stat().st_mtime_ns)
        Path(oldest).unlink(missing_ok=True)

    def _path(self, token: bytes) -> Path:
        return self._folder / hashlib.sha256(token).hexdigest()

    def _sweep(self) -> None:
        now = self._clock.unix()
        if now - self._swept_at < COARSE_SECONDS:
            return
        self._swept_at = now
        for path in self._folder.iterdir():
            try:
                with path.open("rb") as file:
                    end = int.from_bytes(file.read(_END_BYTES), "big")
            except FileNotFoundError:
                continue
            if end <= now:
                path.unlink(missing_ok=True)


def _key(token: bytes) -> bytes:
    return derive(token, "tipline/mailbox/session")


def _token(text: str) -> bytes:
    try:
        token = base64.urlsafe_b64decode(text.encode("ascii") + b"=")
    except (binascii.Error, UnicodeEncodeError):
        raise SignedOut from None
    if len(token) != TOKEN_BYTES:
        raise SignedOut
    return token
