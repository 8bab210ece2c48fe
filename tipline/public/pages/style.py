"""The style sheet, read once; its hash is in its address, so a browser may keep it."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

import templates

TEMPLATES = Path(templates.__file__).parent / "public"


@dataclass(frozen=True)
class Style:
    """The style sheet, the same compressed, and the short hash of it."""

    data: bytes
    compressed: bytes
    version: str


def _load() -> Style:
    data = (TEMPLATES / "style.css").read_bytes()
    return Style(data, gzip.compress(data, 9, mtime=0), hashlib.sha256(data).hexdigest()[:12])


STYLE = _load()
