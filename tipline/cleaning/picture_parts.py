"""The parts of a picture file, by our own reader: what a cleaned picture may consist of, and nothing else.

Sources: ITU-T T.81 annex B (JPEG markers), PNG third edition section 11, RFC 9649 (WebP), TIFF 6.0 section 2.
"""

import struct
from collections.abc import Iterator

from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason

_JPEG_TABLES = {0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD}
_JPEG_PLAIN_HEADER = b"JFIF\x00\x01\x01"
_JPEG_ADOBE = b"Adobe"
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT"}
_WEBP_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"}
# Size, bits, compression, colours, strips, planes, palette, fill order of bits, samples, JPEG tables, YCbCr.
_TIFF_TAGS = {
    *(256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293, 317, 320, 338, 339, 347),
    *(530, 531, 532),
}
_UPRIGHT_BYTES = 32  # Exif with one tag


def refuse_other_parts(file: memoryview, form: str) -> None:
    """Check that a picture which we wrote holds pixels and what describes them, to its last byte.

    Raises:
        CannotRead: DAMAGED, something else is in it.
    """
    check = {"JPEG": _check_jpeg, "PNG": _check_png, "WEBP": _check_webp, "TIFF": _check_tiff}
    try:
        check[form](file)
    except (struct.error, IndexError):
        raise CannotRead(Reason.DAMAGED) from None


def webp_size(file: memoryview) -> tuple[int, int]:
    """Width and height, before the library makes room for them.

    Raises:
        CannotRead: DAMAGED, no WebP picture.
    """
    kind = bytes(file[12:16])
    head = bytes(file[20:30])
    if len(head) < 10:
        raise CannotRead(Reason.DAMAGED)
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", head[6:10])
        return width & 0x3FFF, height & 0x3FFF
    raise CannotRead(Reason.DAMAGED)


def webp_is_lossless(file: memoryview) -> bool:
    """Whether the picture was packed without loss."""
    return any(kind == b"VP8L" for kind, _ in _riff_chunks(file))


def _check_jpeg(file: memoryview) -> None:
    at = 2
    while True:
        marker = file[at + 1]
        if file[at] != 0xFF:
            raise CannotRead(Reason.DAMAGED)
        if marker == 0xDA:
            break
        (length,) = struct.unpack_from(">H", file, at + 2)
        _check_jpeg_segment(marker, bytes(file[at + 4 : at + 2 + length]))
        at += 2 + length
    scanned = bytes(file[at:])
    end = scanned.find(b"\xff\xd9")
    if end != len(scanned) - 2:
        raise CannotRead(Reason.DAMAGED)


def _check_jpeg_segment(marker: int, content: bytes) -> None:
    header = marker == 0xE0 and content.startswith(_JPEG_PLAIN_HEADER) and len(content) == 14
    adobe = marker == 0xEE and content.startswith(_JPEG_ADOBE) and len(content) == 12
    upright = marker == 0xE1 and content.startswith(b"Exif\x00\x00") and len(content) == _UPRIGHT_BYTES
    if not (marker in _JPEG_TABLES or header or adobe or upright):
        raise CannotRead(Reason.DAMAGED)


def _check_png(file: memoryview) -> None:
    at, kind = len(_PNG_START), b""
    while at < len(file) and kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", file, at)
        if kind not in _PNG_CHUNKS:
            raise CannotRead(Reason.DAMAGED)
        at += 12 + length
    if at != len(file):
        raise CannotRead(Reason.DAMAGED)


def _riff_chunks(file: memoryview) -> Iterator[tuple[bytes, int]]:
    """Each chunk's name and where the next one starts."""
    at = 12
    while at + 8 <= len(file):
        kind, length = struct.unpack_from("<4sI", file, at)
        at += 8 + length + length % 2
        yield kind, at


def _check_webp(file: memoryview) -> None:
    end = 0
    for kind, after in _riff_chunks(file):
        if kind not in _WEBP_CHUNKS:
            raise CannotRead(Reason.DAMAGED)
        end = after
    if end != len(file):
        raise CannotRead(Reason.DAMAGED)


def _check_tiff(file: memoryview) -> None:
    order = ">" if bytes(file[:2]) == b"MM" else "<"
    (at,) = struct.unpack_from(f"{order}I", file, 4)
    while at:
        (count,) = struct.unpack_from(f"{order}H", file, at)
        for number in range(count):
            (tag,) = struct.unpack_from(f"{order}H", file, at + 2 + 12 * number)
            if tag not in _TIFF_TAGS:
                raise CannotRead(Reason.DAMAGED)
        (at,) = struct.unpack_from(f"{order}I", file, at + 2 + 12 * count)
