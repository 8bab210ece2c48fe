"""From the tracking code in force to the first one.

All keys of a tip come from its first code: what is sealed to the reporter, the
claim key, the read position. A code that replaces it finds the tip's row and
opens one box in it, and in the box is the first code. So replacing a code
writes two values of one row, and leaves items, slips and log as they are.
"""

from crypto.boxes import NONCE_LENGTH, TAG_LENGTH, open_box, seal_box
from crypto.errors import CannotOpen
from crypto.randomness import random_bytes
from crypto.tracking_codes import RAW_LENGTH, TrackingCode
from tipline.ids import TipId
from tipline.mailbox.errors import DamagedMailbox

ROOT_BYTES = NONCE_LENGTH + RAW_LENGTH + TAG_LENGTH

_CONTEXT = b"tipline/root\n"


def seal_root(code: TrackingCode, tip: TipId, first: TrackingCode) -> bytes:
    """The box for a tip's row, of ROOT_BYTES bytes: the first code under the one in force."""
    return seal_box(code.root_key, first.raw, _CONTEXT + tip)


def open_root(code: TrackingCode, tip: TipId, root: bytes) -> TrackingCode:
    """The first code of a tip that was found by the code in force.

    An empty box is a row's from before the column existed: its code was never replaced.

    Raises:
        DamagedMailbox: somebody has written over the box.
    """
    if not root:
        return code
    try:
        return TrackingCode.from_bytes(open_box(code.root_key, root, _CONTEXT + tip))
    except CannotOpen:
        raise DamagedMailbox from None


def closed_root() -> bytes:
    """A box that no code opens, of the size that all have."""
    return random_bytes(ROOT_BYTES)
