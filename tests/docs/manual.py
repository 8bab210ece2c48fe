"""The manual's text, and the blocks in it that a test carries out."""

import re
from pathlib import Path

_BLOCK = re.compile(r"^```(?:sh|python) ([a-z-]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LIMIT = re.compile(r"^\| [^|]+ \| ([^|]+) \| `([a-z_.]+)\.([A-Z_]+)` \|$", re.MULTILINE)


def blocks(repository: Path) -> dict[str, str]:
    """Each named block of the manual, as it stands there."""
    return dict(_BLOCK.findall(_text(repository)))


def limits(repository: Path) -> list[tuple[str, str, str]]:
    """Each row of the table of limits: value, module, name."""
    return _LIMIT.findall(_text(repository))


def _text(repository: Path) -> str:
    return (repository / "docs" / "manual.md").read_text(encoding="utf-8")
