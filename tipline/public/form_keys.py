"""The two sealed fields of a form, the seal of its mark, and the secret of the CSRF tokens.

`form` carries the tracking code that the form will get, and the id of its tip;
`state` what earlier screens were told. Both are sealed under keys that live in
RAM for four to eight hours. So sending a form twice gives one tip, and nothing
is stored for a form that is never sent.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from crypto.boxes import open_box, seal_box
from crypto.errors import BadFormat, CannotOpen
from crypto.keys import derive
from crypto.tracking_codes import TrackingCode
from tipline.clock import Clock
from tipline.ids import ID_BYTES, TipId, new_tip_id
from tipline.public.form_state import FormState
from tipline.shared_keys import SharedKeys

PERIOD_SECONDS = 4 * 3600

_HOUR = 3600
_HOUR_BYTES = 4
_LIFE_HOURS = 2 * PERIOD_SECONDS // _HOUR
_FORM_INFO = "tipline/report-form"
_FORM_CONTEXT = b"tipline/report-form\n"
_STATE_INFO = "tipline/form-state"
_STATE_CONTEXT = b"tipline/form-state\n"
_MARK_CONTEXT = b"tipline/form-mark\n"
_MARK_SEAL_DIGITS = 8


class ExpiredForm(Exception):
    """A sealed field is missing, too old, not ours, or another form's."""


@dataclass(frozen=True)
class IssuedForm:
    """What the `form` field carries."""

    code: TrackingCode
    tip: TipId


class FormKeys:
    """Makes and opens the sealed fields of forms."""

    def __init__(self, shared: SharedKeys, clock: Clock) -> None:
        self._shared = shared
        self._clock = clock

    def issue(self, tip: TipId | None = None) -> str:
        """A `form` field: a fresh code, the hour it ends, and a fresh tip id or the one that is given."""
        end = (self._clock.unix() // _HOUR + _LIFE_HOURS).to_bytes(_HOUR_BYTES, "big")
        content = TrackingCode.generate().raw + (tip or new_tip_id()) + end
        return self._seal(_FORM_INFO, content, _FORM_CONTEXT)

    def open(self, field: str) -> IssuedForm:
        """Read a `form` field.

        Raises:
            ExpiredForm: it is not one of ours, or its time is over.
        """
        content = self._content(_FORM_INFO, field, _FORM_CONTEXT)
        code, tip, end = content[:ID_BYTES], content[ID_BYTES:-_HOUR_BYTES], content[-_HOUR_BYTES:]
        if int.from_bytes(end, "big") <= self._clock.unix() // _HOUR:
            raise ExpiredForm
        return IssuedForm(TrackingCode.from_bytes(code), TipId(tip))

    def seal_state(self, issued: IssuedForm, state: FormState) -> str:
        """A `state` field that opens beside the same form's `form` field and no other.

        Raises:
            BadFormat: an answer is nothing that canonical JSON holds.
        """
        return self._seal(_STATE_INFO, state.encode(), _state_context(issued))

    def open_state(self, issued: IssuedForm, field: str) -> FormState:
        """Read a `state` field.

        Raises:
            ExpiredForm: it is not one of ours, another form's, or too old.
        """
        data = self._content(_STATE_INFO, field, _state_context(issued))
        try:
            return FormState.decode(data, issued.tip)
        except BadFormat:
            # Ours, and of another version: the site was updated in between.
            raise ExpiredForm from None

    def seal_mark(self, mark: bytes) -> str:
        """A mark as hex, with a short seal: strangers could otherwise fill the table of what was left."""
        return _with_seal(mark, self._shared.pair().current)

    def marks_in(self, texts: Iterable[str]) -> list[str]:
        """Those of some texts that `seal_mark` made within the last hours."""
        return [text for text in texts if any(_is_sealed(text, key) for key in self._shared.pair())]

    def csrf_secrets(self) -> list[bytes]:
        """The secrets of the CSRF tokens, the newest last."""
        keys = self._shared.pair()
        return [derive(key, "tipline/csrf") for key in (keys.previous, keys.current)]

    def _seal(self, info: str, content: bytes, context: bytes) -> str:
        key = derive(self._shared.pair().current, info)
        return base64.urlsafe_b64encode(seal_box(key, content, context)).decode()

    def _content(self, info: str, field: str, context: bytes) -> bytes:
        try:
            box = base64.b64decode(field.encode("ascii"), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError):
            raise ExpiredForm from None
        for key in self._shared.pair():
            try:
                return open_box(derive(key, info), box, context)
            except CannotOpen:
                continue
        raise ExpiredForm


def _with_seal(mark: bytes, key: bytes) -> str:
    return mark.hex() + hmac.digest(key, _MARK_CONTEXT + mark, "sha256").hex()[:_MARK_SEAL_DIGITS]


def _is_sealed(text: str, key: bytes) -> bool:
    try:
        mark = bytes.fromhex(text[:-_MARK_SEAL_DIGITS])
    except ValueError:
        return False
    return text.isascii() and hmac.compare_digest(_with_seal(mark, key), text)


def _state_context(issued: IssuedForm) -> bytes:
    return _STATE_CONTEXT + issued.tip + issued.code.locator_hash
