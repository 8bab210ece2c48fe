"""A statement's body on its way through the page on which a passkey answers over it.

It travels in a hidden field, boxed under a key of the session's cookie and bound to the address that it came
from: what comes back is what was shown. The keeper takes its nonce once, so an answer counts once.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from crypto import canonical
from crypto.boxes import open_box, seal_box
from crypto.errors import CryptoError


def seal_body(key: bytes, path: str, body: Mapping[str, Any]) -> str:
    """A body as the hidden field holds it."""
    return base64.b64encode(seal_box(key, canonical.encode(dict(body)), _context(path))).decode()


def open_body(key: bytes, path: str, field: str) -> Mapping[str, Any] | None:
    """The body in a hidden field; None when it was not boxed by this session for this address."""
    try:
        box = base64.b64decode(field.encode("ascii"), validate=True)
        return canonical.decode(open_box(key, box, _context(path)))
    except (binascii.Error, UnicodeEncodeError, CryptoError):
        return None


def _context(path: str) -> bytes:
    return canonical.encode({"prepared": path})
