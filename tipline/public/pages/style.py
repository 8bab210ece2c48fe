"""The style sheet, read once; its hash is in its address, so a browser may keep it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import templates

TEMPLATES = Path(templates.__file__).parent / "public"


@dataclass(frozen=True)
class Style:
    """The style sheet and the short hash of it."""

    data: bytes
    version: str


def _load() -> Style:
    data = (TEMPLATES / "style.css").read_bytes()
    return Style(data, hashlib.sha256(data).hexdigest()[:12])


STYLE = _load()
