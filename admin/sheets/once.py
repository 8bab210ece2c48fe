"""A form that prints once: a page that is reloaded sends its form again, and that must make no other sheets.

The form carries, boxed under the session's key, how many prints came before it in this session. The session's
row counts them in its own box; reading and counting on are one transaction, whichever worker does it.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from admin.errors import BadForm
from admin.sheets.errors import SentBefore
from admin.visit import Visit
from crypto.boxes import open_box, seal_box
from crypto.canonical import decode, encode
from crypto.errors import CryptoError

PRINTS: Final = "prints"
"""The name under which a session keeps the count."""


def fresh_field(visit: Visit) -> str:
    """The hidden field of a form that has not been sent."""
    count = visit.session.held.get(PRINTS, 0)
    box = seal_box(visit.session.token.form_key, encode({PRINTS: count}), _context(visit))
    return base64.urlsafe_b64encode(box).decode()


def spend(visit: Visit, field: str) -> None:
    """Take a form's only turn.

    Raises:
        SentBefore: it was taken, or a form that was opened later took its own.
        BadForm: it was made in another session, or not by us.
    """
    try:
        box = base64.b64decode(field.encode("ascii"), altchars=b"-_", validate=True)
        before = decode(open_box(visit.session.token.form_key, box, _context(visit)))[PRINTS]
    except (CryptoError, UnicodeEncodeError, binascii.Error) as error:
        raise BadForm from error

    def count_on(held: Mapping[str, Any]) -> Mapping[str, Any]:
        if held.get(PRINTS, 0) != before:
            raise SentBefore
        return {**held, PRINTS: before + 1}

    visit.services.sessions.hold(visit.session, count_on)


def _context(visit: Visit) -> bytes:
    return encode({"sheets": visit.session.member.id})
