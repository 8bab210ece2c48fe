"""Pages that differ only in a few places, rendered once and then put together from their pieces.

A page is kept for each language, path prefix and directory. What changes from
visitor to visitor is spliced in as it is, so it must need no escaping: tokens,
the digits of a code, and what the links carry.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import g, request

from crypto.randomness import random_bytes
from tipline.public.behind import carried
from tipline.public.language import language

_Key = tuple[str, bool, bool, str, str, int]


@dataclass(frozen=True)
class _Pieces:
    """What stands around the gaps, and which text comes into each of them."""

    texts: tuple[str, ...]
    gaps: tuple[int, ...]


class SplicedPages:
    """Keeps rendered pages as pieces around their gaps."""

    def __init__(self) -> None:
        self._pieces: dict[_Key, _Pieces] = {}

    def page(
        self, variant: str, version: int, render: Callable[[Sequence[str]], str], gaps: Sequence[str]
    ) -> str:
        """A page with its gaps filled.

        Args:
            variant: tells apart what `render` makes, beside language and address.
            version: of the directory; pages of older ones are dropped.
            render: makes the whole page around the texts it is given, in their order.
            gaps: what stands in the gaps this time; nothing that needs escaping.
        """
        behind = carried()
        chosen = bool(g.get("language_chosen"))
        key = (language(), chosen, bool(behind), request.script_root, variant, version)
        if key not in self._pieces:
            self._pieces = {known: pieces for known, pieces in self._pieces.items() if known[-1] == version}
            self._pieces[key] = _split(render, len(gaps), behind)
        pieces, filled = self._pieces[key], (*gaps, behind)
        joined = [pieces.texts[0]]
        for gap, text in zip(pieces.gaps, pieces.texts[1:], strict=True):
            joined += (filled[gap], text)
        return "".join(joined)


def _split(render: Callable[[Sequence[str]], str], count: int, behind: str) -> _Pieces:
    marks = [random_bytes(16).hex() for _ in range(count + 1)]
    if behind:
        g.behind = marks[-1]
    try:
        parts = re.split(f"({'|'.join(marks)})", render(marks[:-1]))
    finally:
        g.behind = behind
    return _Pieces(tuple(parts[::2]), tuple(marks.index(mark) for mark in parts[1::2]))
