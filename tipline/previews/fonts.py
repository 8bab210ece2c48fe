"""One font for the letters of a PDF that brings none of its own: the confined process can open no file later.

PDFium has Latin fonts built in. Chinese, Japanese and Korean ones it looks for on the machine, by callbacks
that read from a file which was opened in time.

Source: fpdf_sysfontinfo.h of PDFium; the start of a font collection, OpenType 1.9, "Font Collections".
"""

import ctypes
import os
import struct
from pathlib import Path
from typing import Any

from pypdfium2 import raw

PLACES = tuple(
    Path("/usr/share/fonts", name)
    for name in (
        "opentype/noto/NotoSansCJK-Regular.ttc",
        "truetype/wqy/wqy-zenhei.ttc",
        "truetype/droid/DroidSansFallbackFull.ttf",
    )
)
"""Where the packages fonts-noto-cjk, fonts-wqy-zenhei and fonts-droid-fallback put them."""

_SERVED = {
    raw.FXFONT_GB2312_CHARSET,
    raw.FXFONT_CHINESEBIG5_CHARSET,
    raw.FXFONT_SHIFTJIS_CHARSET,
    raw.FXFONT_HANGEUL_CHARSET,
}
_COLLECTION = 0x74746366  # "ttcf", the whole file; PDFium tells a face by where it begins in it
_FIRST_FACE = 12
_WHOLE = 0
_HANDLE = 1


class Fonts:
    """Answers PDFium's questions for fonts. Keep it as long as PDFium is in use."""

    def __init__(self) -> None:
        """Open the first font that is there; without one, such letters are not drawn."""
        found = next((place for place in PLACES if place.is_file()), None)
        self._file = os.open(found, os.O_RDONLY | os.O_CLOEXEC) if found else None
        self._size = os.fstat(self._file).st_size if self._file is not None else 0
        self._start = self._first_face()
        self._info = raw.FPDF_SYSFONTINFO(
            version=1,
            MapFont=_callback("MapFont", self._map),
            GetFontData=_callback("GetFontData", self._data),
            DeleteFont=_callback("DeleteFont", lambda *_: None),
            Release=_callback("Release", lambda *_: None),
        )

    def install(self) -> None:
        """Let PDFium ask here, and nowhere else."""
        raw.FPDF_SetSystemFontInfo(ctypes.byref(self._info))

    def _first_face(self) -> int:
        if self._file is None:
            return 0
        head = os.pread(self._file, _FIRST_FACE + 4, 0)
        return int(struct.unpack_from(">I", head, _FIRST_FACE)[0]) if head.startswith(b"ttcf") else 0

    def _map(self, *asked: Any) -> int | None:
        charset = asked[3]
        return _HANDLE if self._file is not None and charset in _SERVED else None

    def _data(self, _info: Any, _font: Any, table: int, buffer: Any, length: int) -> int:
        """Copy a part of the file, or say how long it is."""
        if self._file is None or table not in (_WHOLE, _COLLECTION) or (table and not self._start):
            return 0
        start = 0 if table else self._start
        size = self._size - start
        if length >= size and buffer:
            ctypes.memmove(buffer, os.pread(self._file, size, start), size)
        return size


def _callback(name: str, answer: Any) -> Any:
    kinds = {field[0]: field[1] for field in raw.FPDF_SYSFONTINFO._fields_}
    return kinds[name](answer)
