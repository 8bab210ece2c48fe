"""The zip that a pack is: files stored one behind the other, without times or owners, so that the same files
give the same bytes, and a byte that was changed anywhere is found by writing it again.

Source: APPNOTE.TXT 6.3.3 (PKWARE), sections 4.3.7, 4.3.12 and 4.3.16.
"""

import struct
import zlib
from collections.abc import Mapping
from typing import Final

from tipline.evidence.errors import VerificationFailed

MAX_PACK: Final = 64 * 1024 * 1024  # bytes

_VERSION: Final = 20  # 2.0: what every program reads
_MIDNIGHT_1980: Final = (0, 33)  # the first moment that the format knows
_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")


def write_container(files: Mapping[str, bytes]) -> bytes:
    """Write files (ASCII names) in their order."""
    local, central = bytearray(), bytearray()
    for name, data in files.items():
        raw, size = name.encode("ascii"), len(data)
        common = (_VERSION, 0, 0, *_MIDNIGHT_1980, zlib.crc32(data), size, size, len(raw), 0)
        central += _CENTRAL.pack(b"PK\x01\x02", _VERSION, *common, 0, 0, 0, 0, len(local)) + raw
        local += _LOCAL.pack(b"PK\x03\x04", *common) + raw + data
    count = len(files)
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(central), len(local), 0)
    return bytes(local + central + end)


def read_container(data: bytes) -> dict[str, bytes]:
    """Read what `write_container` wrote.

    Raises:
        VerificationFailed: a byte of it is not as it would have been written.
    """
    files: dict[str, bytes] = {}
    place = 0
    while data[place : place + 4] == b"PK\x03\x04":
        if len(data) > MAX_PACK or place + _LOCAL.size > len(data):
            raise VerificationFailed(None, "the file is no pack, or was cut")
        fields = _LOCAL.unpack_from(data, place)
        start = place + _LOCAL.size + fields[9]
        name = data[place + _LOCAL.size : start].decode("ascii", "replace")
        place = start + fields[7]
        files[name] = data[start:place]
    if not all(name.isascii() for name in files) or write_container(files) != data:
        raise VerificationFailed(None, "the file is no pack, or was changed")
    return files
