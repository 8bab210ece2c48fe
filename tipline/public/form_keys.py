"""The sealed field of a report form, and the secret of the CSRF tokens.

The field carries the tracking code that the form will get, and the id of its
tip, under a key that lives in RAM for four to eight hours. So sending a form
twice gives one tip, and nothing is stored for a form that is never sent.
"""

import base64
import binascii
from dataclasses import dataclass

from crypto.boxes import open_box, seal_box
from crypto.errors import CannotOpen
from crypto.keys import derive
from crypto.tracking_codes import TrackingCode
from tipline.clock import Clock
from tipline.ids import ID_BYTES, TipId, new_tip_id
from tipline.shared_keys import SharedKeys

PERIOD_SECONDS = 4 * 3600

_HOUR = 3600
_HOUR_BYTES = 4
_LIFE_HOURS = 2 * PERIOD_SECONDS // _HOUR
_CONTEXT = b"tipline/report-form\n"


class ExpiredForm(Exception):
    """The field is missing, too old, or not ours."""


@dataclass(frozen=True)
class IssuedForm:
    """What the field carries."""

    code: TrackingCode
    tip: TipId


class FormKeys:
    """Makes and opens the sealed field of report forms."""

    def __init__(self, shared: SharedKeys, clock: Clock) -> None:
        self._shared = shared
        self._clock = clock

    def issue(self) -> str:
        """A field for a new form: a fresh code and a fresh tip id, and the hour it ends."""
        end = (self._clock.unix() // _HOUR + _LIFE_HOURS).to_bytes(_HOUR_BYTES, "big")
        content = TrackingCode.generate().raw + new_tip_id() + end
        box = seal_box(_form_key(self._shared.pair().current), content, _CONTEXT)
        return base64.urlsafe_b64encode(box).decode()

    def open(self, field: str) -> IssuedForm:
        """Read a field.

        Raises:
            ExpiredForm: it is not one of ours, or its time is over.
        """
        content = self._content(field)
        code, tip, end = content[:ID_BYTES], content[ID_BYTES:-_HOUR_BYTES], content[-_HOUR_BYTES:]
        if int.from_bytes(end, "big") <= self._clock.unix() // _HOUR:
            raise ExpiredForm
        return IssuedForm(TrackingCode.from_bytes(code), TipId(tip))

    def csrf_secrets(self) -> list[bytes]:
        """The secrets of the CSRF tokens, the newest last."""
        keys = self._shared.pair()
        return [derive(key, "tipline/csrf") for key in (keys.previous, keys.current)]

    def _content(self, field: str) -> bytes:
        try:
            box = base64.urlsafe_b64decode(field.encode("ascii"))
        except (binascii.Error, UnicodeEncodeError):
            raise ExpiredForm from None
        for key in self._shared.pair():
            try:
                return open_box(_form_key(key), box, _CONTEXT)
            except CannotOpen:
                continue
        raise ExpiredForm


def _form_key(key: bytes) -> bytes:
    return derive(key, "tipline/report-form")
