"""What the two processes hand on: pixels from the one that reads, pictures from the one that writes.

    frame      pages (u16), width (u16), height (u16), then width * height * 3 bytes: red, green, blue
    picture    pages (u16), length (u32), then a JPEG of that many bytes

`pages` is how many the file has, not how many are shown. All numbers are big-endian.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason
from tipline.previews.types import MAX_PICTURES, SIDE, Preview

_FRAME = struct.Struct(">HHH")
_PICTURE = struct.Struct(">HI")
_COLOURS = 3
_MOST_PAGES = 65_535
_JPEG_START = b"\xff\xd8\xff"

MAX_FRAME_BYTES = _FRAME.size + SIDE * SIDE * _COLOURS


@dataclass(frozen=True, repr=False)
class Frame:
    """The pixels of one page."""

    pages: int
    width: int
    height: int
    pixels: bytes

    def encode(self) -> bytes:
        """As it travels."""
        return _FRAME.pack(min(self.pages, _MOST_PAGES), self.width, self.height) + self.pixels


def next_frame(read: Callable[[int], bytes]) -> Frame | None:
    """The next frame of a stream; None at its end.

    Args:
        read: gives as many bytes as it is asked for, or fewer where the stream ends.

    Raises:
        CannotRead: DAMAGED, this is no frame. Whoever sent it has read a stranger's file.
    """
    head = read(_FRAME.size)
    if not head:
        return None
    if len(head) < _FRAME.size:
        raise CannotRead(Reason.DAMAGED)
    pages, width, height = _FRAME.unpack(head)
    if not (0 < width <= SIDE and 0 < height <= SIDE):
        raise CannotRead(Reason.DAMAGED)
    pixels = read(width * height * _COLOURS)
    if len(pixels) != width * height * _COLOURS:
        raise CannotRead(Reason.DAMAGED)
    return Frame(pages, width, height, pixels)


def encode_picture(pages: int, jpeg: bytes) -> bytes:
    """A picture as it travels."""
    return _PICTURE.pack(pages, len(jpeg)) + jpeg


def decode_pictures(data: bytes) -> Preview:
    """All pictures of a file.

    Raises:
        CannotRead: DAMAGED, these are none.
    """
    pictures, pages, at = list[bytes](), 0, 0
    while at < len(data):
        try:
            pages, length = _PICTURE.unpack_from(data, at)
        except struct.error:
            raise CannotRead(Reason.DAMAGED) from None
        at += _PICTURE.size
        pictures.append(data[at : at + length])
        at += length
        if len(pictures[-1]) != length or not pictures[-1].startswith(_JPEG_START):
            raise CannotRead(Reason.DAMAGED)
    if not 0 < len(pictures) <= MAX_PICTURES:
        raise CannotRead(Reason.DAMAGED)
    return Preview(tuple(pictures), max(pages, len(pictures)))
