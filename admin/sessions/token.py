"""What a session's cookie holds, and the keys that come from it."""

import base64
import binascii
import hashlib
from typing import Self

from crypto.hidden import Hidden
from crypto.keys import derive
from crypto.randomness import random_bytes

TOKEN_BYTES = 32


class SessionToken(Hidden):
    """32 random bytes that only the member's browser keeps."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    @classmethod
    def generate(cls) -> Self:
        """A fresh token."""
        return cls(random_bytes(TOKEN_BYTES))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a cookie.

        Raises:
            ValueError: not 32 bytes in URL-safe base64.
        """
        try:
            raw = base64.b64decode(text.encode("ascii") + b"=", altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError) as error:
            raise ValueError("not a session token") from error
        if len(raw) != TOKEN_BYTES:
            raise ValueError("not a session token")
        return cls(raw)

    def reveal(self) -> str:
        """The cookie's value, 43 characters."""
        return base64.urlsafe_b64encode(self._raw).decode().rstrip("=")

    @property
    def hash(self) -> bytes:
        """What the database knows of it: SHA-256, 32 bytes."""
        return hashlib.sha256(self._raw).digest()

    @property
    def seed_key(self) -> bytes:
        """The key of the box that holds the member's seed."""
        return derive(self._raw, "tipline/session/seed")

    @property
    def cards_key(self) -> bytes:
        """The key of the box that holds the card keys."""
        return derive(self._raw, "tipline/session/cards")

    @property
    def challenge(self) -> bytes:
        """What a passkey must answer before a sign-in under this token goes on, 32 bytes."""
        return derive(self._raw, "tipline/session/challenge")

    @property
    def form_key(self) -> bytes:
        """The key of what travels in hidden fields of this session's pages."""
        return derive(self._raw, "tipline/session/form")
