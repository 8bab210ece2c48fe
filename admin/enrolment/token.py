"""What stands in an enrolment link, and the key that comes from it."""

import base64
import binascii
import hashlib
from typing import Self

from crypto.hidden import Hidden
from crypto.keys import derive
from crypto.randomness import random_bytes

TOKEN_BYTES = 32


class LinkToken(Hidden):
    """32 random bytes that only the person's link holds."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    @classmethod
    def generate(cls) -> Self:
        """A fresh token."""
        return cls(random_bytes(TOKEN_BYTES))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the end of a link.

        Raises:
            ValueError: not 32 bytes in URL-safe base64.
        """
        try:
            raw = base64.b64decode(text.encode("ascii") + b"=", altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError) as error:
            raise ValueError("not an enrolment token") from error
        if len(raw) != TOKEN_BYTES:
            raise ValueError("not an enrolment token")
        return cls(raw)

    def reveal(self) -> str:
        """The end of the link, 43 characters."""
        return base64.urlsafe_b64encode(self._raw).decode().rstrip("=")

    @property
    def hash(self) -> bytes:
        """What the database knows of it: SHA-256, 32 bytes."""
        return hashlib.sha256(self._raw).digest()

    @property
    def form_key(self) -> bytes:
        """The key of what travels between the two pages of an enrolment."""
        return derive(self._raw, "tipline/enrolment/form")
