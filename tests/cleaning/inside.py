"""What stands in a file, packed or not, so that a test can look for a word in all of it."""

import io
import re
import zipfile
import zlib

WORD = re.compile(rb"(?:HIDDEN|SEEN)[A-Z]+")


def everything(file: bytes) -> bytes:
    """The bytes, and each packed stream of a PDF, a PNG or a package unpacked behind them."""
    parts = [file, file.replace(b"\x00", b"")]  # the second for UTF-16
    if file.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(file)) as package:
            for entry in package.infolist():
                parts += [
                    entry.filename.encode(),
                    entry.comment,
                    entry.extra,
                    everything(package.read(entry)),
                ]
    for found in re.finditer(rb"stream\r?\n|zTXt[^\x00]+\x00\x00|iTXt[^\x00]+\x00\x01\x00\x00\x00", file):
        parts.append(_unpacked(file[found.end() :]))
    strings = [bytes.fromhex(found.decode()) for found in re.findall(rb"<((?:[0-9A-Fa-f]{2})+)>", file)]
    parts += strings + [string.replace(b"\x00", b"") for string in strings]
    return b"\n".join(parts)


def words(file: bytes) -> set[str]:
    """The words of the tests (HIDDEN…, SEEN…) that stand anywhere in it."""
    return {word.decode() for word in WORD.findall(everything(file))}


def hidden(file: bytes) -> set[str]:
    """Those that must be gone."""
    return {word for word in words(file) if word.startswith("HIDDEN")}


def seen(file: bytes) -> set[str]:
    """Those that must stay."""
    return words(file) - hidden(file)


def _unpacked(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed)
    except zlib.error:
        return b""
