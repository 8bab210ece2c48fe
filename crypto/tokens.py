"""32 random bytes that somebody holds outside, in a cookie or a link; we keep their hash alone."""

import base64
import binascii
import hashlib
from typing import Final, Self

from crypto.hidden import Hidden
from crypto.keys import derive
from crypto.randomness import random_bytes

TOKEN_BYTES: Final = 32


class Token(Hidden):
    """The bytes, and what comes from them. Each use is a class of its own, with its own keys."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    @classmethod
    def generate(cls) -> Self:
        """A fresh token."""
        return cls(random_bytes(TOKEN_BYTES))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a cookie, or the end of a link.

        Raises:
            ValueError: not 32 bytes in URL-safe base64.
        """
        try:
            raw = base64.b64decode(text.encode("ascii") + b"=", altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError) as error:
            raise ValueError("not a token") from error
        token = cls(raw)
        # One spelling for one token: the decoder also takes "+", and any bits after the last byte.
        if len(raw) != TOKEN_BYTES or token.reveal() != text:
            raise ValueError("not a token")
        return token

    def reveal(self) -> str:
        """What its holder keeps, 43 characters."""
        return base64.urlsafe_b64encode(self._raw).decode().rstrip("=")

    @property
    def hash(self) -> bytes:
        """What the database knows of it: SHA-256, 32 bytes."""
        return hashlib.sha256(self._raw).digest()

    def key(self, use: str) -> bytes:
        """A key for one use, 32 bytes."""
        return derive(self._raw, use)
