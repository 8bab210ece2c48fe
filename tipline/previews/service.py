"""Make pictures of a file, in two limited processes: one reads it, one writes what may be seen.

Nothing of it touches a disk: the file comes as a stream, pixels go from process
to process through pipes, the pictures stay in memory until the answer is sent.
"""

from collections.abc import Iterable
from pathlib import Path

from tipline.confined.errors import CannotRead
from tipline.confined.process import ConfinedProcess
from tipline.confined.slots import Slots
from tipline.confined.types import Reason
from tipline.previews.frames import MAX_FRAME_BYTES, decode_pictures
from tipline.previews.types import MAX_PICTURES, MAX_SHOWN_BYTES, SHOWN_TYPES, Preview

READER = "tipline.previews.reader"
WRITER = "tipline.previews.writer"

SECONDS = 30.0
"""How long one file may take, from its first byte to its last picture."""

WAIT_SECONDS = 20.0
"""How long a file waits for its turn."""


class Previewer:
    """Shows files, two at a time on this machine and one at a time of each member."""

    def __init__(self, slots: Path, *, seconds: float = SECONDS, wait: float = WAIT_SECONDS) -> None:
        """Use lock files in this folder, which lies in RAM."""
        self._slots = Slots(slots)
        self._seconds = seconds
        self._wait = wait

    def show(self, media_type: str, pieces: Iterable[bytes], member: str) -> Preview:
        """Pictures of the file: itself, or its first pages.

        Args:
            media_type: what the file is by its content.
            pieces: the whole file, in pieces of any length.
            member: whose turn it takes.

        Raises:
            CannotRead: there are none, and why.
        """
        if media_type not in SHOWN_TYPES:
            raise CannotRead(Reason.KIND)
        with (
            self._slots.hold(member, self._wait),
            ConfinedProcess(self._seconds, READER, media_type) as reader,
            ConfinedProcess(self._seconds, WRITER) as writer,
        ):
            reader.write_all(pieces, MAX_SHOWN_BYTES)
            _pass_on(reader, writer)
            return decode_pictures(b"".join(writer.read(writer.answer())))


def _pass_on(reader: ConfinedProcess, writer: ConfinedProcess) -> None:
    """Hand the frames on, unread."""
    frames = 0
    while length := reader.answer():
        frames += 1
        if frames > MAX_PICTURES or length > MAX_FRAME_BYTES:
            raise CannotRead(Reason.DAMAGED)
        writer.write_all(reader.read(length), length)
