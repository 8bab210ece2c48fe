"""Pages that differ only in a few places, rendered once and then put together from their pieces.

A page is kept for each language, path prefix and directory. What changes from
visitor to visitor is spliced in as it is, so it must need no escaping: tokens,
and the digits of a code.
"""

from collections.abc import Callable, Sequence

from flask import g, request

from crypto.randomness import random_bytes
from tipline.public.language import language

_Key = tuple[str, bool, str, str, int]


class SplicedPages:
    """Keeps rendered pages as pieces around their gaps."""

    def __init__(self) -> None:
        self._pieces: dict[_Key, tuple[str, ...]] = {}

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
        key = (language(), bool(g.get("language_chosen")), request.script_root, variant, version)
        if key not in self._pieces:
            self._pieces = {known: pieces for known, pieces in self._pieces.items() if known[-1] == version}
            self._pieces[key] = _split(render, len(gaps))
        pieces = self._pieces[key]
        joined = [pieces[0]]
        for gap, piece in zip(gaps, pieces[1:], strict=True):
            joined += (gap, piece)
        return "".join(joined)


def _split(render: Callable[[Sequence[str]], str], count: int) -> tuple[str, ...]:
    marks = [random_bytes(16).hex() for _ in range(count)]
    pieces = []
    rest = render(marks)
    for mark in marks:
        piece, rest = rest.split(mark)
        pieces.append(piece)
    return (*pieces, rest)
