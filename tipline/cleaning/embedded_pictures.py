"""Pictures inside a PDF, freed of what stands around their pixels without touching a pixel.

Sources: ITU-T T.81 annex B (JPEG), ITU-T T.800 annex I (JPEG 2000 boxes).
"""

import re
import struct

from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason

_NEXT_MARKER = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")  # not a stuffed zero, not a restart
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_JFIF, _ADOBE = 0xE0, 0xEE
_ENDING = b"\xff\xd9"
_JFIF_BYTES = 14
_ADOBE_BYTES = 12

_BOX_START = b"\x00\x00\x00\x0cjP  "
_BOXES = {b"jP  ", b"ftyp", b"jp2h", b"jp2c"}


def bare_jpeg(file: bytes) -> bytes:
    """Tables, frame and scans alone.

    Raises:
        CannotRead: DAMAGED, it cannot be read to its end.
    """
    if file[:2] != b"\xff\xd8":
        raise CannotRead(Reason.DAMAGED)
    parts = [file[:2]]
    at = 2
    while found := _NEXT_MARKER.search(file, at):
        marker = found.group()[-1]
        parts.append(file[at : found.start()])  # the scan before it
        if marker == _END:
            return b"".join([*parts, _ENDING])
        at = found.end() + struct.unpack_from(">H", file.ljust(found.end() + 2), found.end())[0]
        parts.append(_segment(marker, file[found.end() + 2 : at]))
    raise CannotRead(Reason.DAMAGED)


def _segment(marker: int, content: bytes) -> bytes:
    if marker == _JFIF and content.startswith(b"JFIF\x00"):
        content = content[: _JFIF_BYTES - 2] + b"\x00\x00"  # no thumbnail
    elif marker == _ADOBE and content.startswith(b"Adobe"):
        content = content[:_ADOBE_BYTES]
    elif marker >= _JFIF:
        return b""  # what programs and people say of the picture
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def bare_jpeg2000(file: bytes) -> bytes:
    """Header and code stream alone, without the boxes that hold XML or a maker's data.

    Raises:
        CannotRead: DAMAGED, it cannot be read to its end.
    """
    if not file.startswith(_BOX_START):
        return file  # a bare code stream
    parts, at = [], 0
    while at + 8 <= len(file):
        length, kind = struct.unpack_from(">I4s", file, at)
        if length == 1:
            (length,) = struct.unpack_from(">Q", file.ljust(at + 16), at + 8)
        end = at + length if length else len(file)
        if end <= at or end > len(file):
            raise CannotRead(Reason.DAMAGED)
        if kind in _BOXES:
            parts.append(file[at:end])
        at = end
    return b"".join(parts)
