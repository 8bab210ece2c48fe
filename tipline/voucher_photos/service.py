"""Read the texts of the QR codes on a photo, in a limited process of its own. The photo stays in memory."""

import time
from pathlib import Path
from typing import Final

from tipline.cleaning.service import NOBODY, Sender
from tipline.confined.errors import CannotRead
from tipline.confined.process import ConfinedProcess
from tipline.confined.slots import Slots
from tipline.confined.types import Reason
from tipline.voucher_photos.types import MAX_PHOTO_BYTES, MAX_TEXT_BYTES

CHILD: Final = "tipline.voucher_photos.child"
SECONDS: Final = 15.0
"""How long one photo may take."""
WAIT_SECONDS: Final = 15.0
"""How long a photo waits for its turn."""


class VoucherPhotos:
    """Reads photos, two at a time on this machine and one at a time of each sender."""

    def __init__(self, slots: Path) -> None:
        """Use lock files in this folder, which lies in RAM."""
        self._slots = Slots(slots)

    def read(self, photo: bytes, sender: Sender = NOBODY) -> str:
        """The texts of all QR codes on a photo, one a line, without white space; empty for none.

        Raises:
            CannotRead: it is no photo that can be read, or there was no turn for it.
        """
        with self._slots.hold(sender.name, WAIT_SECONDS):
            begun = time.monotonic()
            try:
                with ConfinedProcess(SECONDS, CHILD) as process:
                    process.write_all([photo], MAX_PHOTO_BYTES)
                    length = process.answer()
                    if length > MAX_TEXT_BYTES:
                        raise CannotRead(Reason.DAMAGED)
                    return b"".join(process.read(length)).decode("utf-8", "replace")
            finally:
                sender.spend(time.monotonic() - begun)
