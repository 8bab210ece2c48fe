"""The hidden field of a form that makes one tip however often it is sent: the id of one without a sheet."""

import base64
import binascii

from admin.visit import Visit
from crypto.boxes import open_box, seal_box
from crypto.canonical import encode
from crypto.errors import CryptoError
from tipline.ids import TipId, new_tip_id


def sealed(visit: Visit, spare: TipId) -> str:
    """The field that holds an id, for this session alone."""
    box = seal_box(visit.session.token.form_key, spare, _context(visit))
    return base64.urlsafe_b64encode(box).decode()


def field_and_id(visit: Visit, text: str) -> tuple[str, TipId]:
    """The form's hidden field and the id in it; fresh ones for a field of another session."""
    try:
        box = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        return text, TipId(open_box(visit.session.token.form_key, box, _context(visit)))
    except (CryptoError, UnicodeEncodeError, binascii.Error):
        spare = new_tip_id()
        return sealed(visit, spare), spare


def _context(visit: Visit) -> bytes:
    return encode({"entry": visit.session.member.id})
