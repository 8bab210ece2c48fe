"""What a style sheet lets depend on the width of the window or on the language, as far as colours go."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

_LEFT_OUT: Final = re.compile(r"""/\*.*?\*/|"[^"]*"|'[^']*'""", re.DOTALL)
_PARTS: Final = re.compile(r"[{};]|[^{};]+")
_DEPENDS: Final = re.compile(r"(min|max|device)-width|width *[<>]|orientation|:lang|\[lang|@container")
_OF_COLOURS: Final = re.compile(
    r"color|background|opacity|filter|mix-blend-mode|text-shadow|-webkit-text|visibility|all$"
    r"|--(?!.*(size|spacing|width|height|radius))"  # a variable may mean anything, unless it names a length
)


def colours_that_depend(sheet: str) -> list[str]:
    """Every declaration that a text's contrast could follow from, in a block for some widths or languages."""
    return [
        f"{' '.join(around)}: {said}"
        for around, said in _declarations(_LEFT_OUT.sub("", sheet))
        if any(map(_DEPENDS.search, around)) and _OF_COLOURS.match(said)
    ]


def _declarations(sheet: str) -> Iterator[tuple[Sequence[str], str]]:
    """Each declaration, and what stands before the braces around it."""
    around, said = list[str](), ""
    for part in _PARTS.findall(sheet):
        if part == "{":
            around.append(said)
        elif said and around:
            yield tuple(around), said
        if part == "}":
            around.pop()
        said = "" if part in "{};" else part.strip()
