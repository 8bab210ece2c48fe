"""Finding a marked name in a text, however it is written there, and putting an alias in its place.

It is better to hide too much than to show a name: cases, widths, accents, white space, characters that nobody
sees and the dots inside a name make no difference. One who is called by a short Latin word stands only where
that is a word of its own, or half the text would go.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from tipline.identities.alias import code_from
from tipline.ids import TipId

LEAST: Final = 2
"""Characters that tell of a spelling: less is a letter, and no name."""
LEAST_LATIN_PART: Final = 4
"""Characters of a Latin name that is found inside a word, too."""
_DOTS: Final = frozenset("·•‧∙⋅・.")
_UNSEEN: Final = frozenset(("Cf", "Cc", "Zs", "Zl", "Zp", "Mn"))
_NUMBER_BYTES: Final = 2


@dataclass(frozen=True)
class Mark:
    """A person's alias, such as A3, and the spellings that it stands for."""

    code: str
    spellings: tuple[str, ...] = field(repr=False)


class _Place(NamedTuple):
    start: int
    end: int
    code: str


Say = Callable[[str], str]
"""What stands in a name's place, for a person's code."""


def code_of(tip: TipId, number: int) -> str:
    """What a person is called within a tip: a letter and a number, always the same."""
    return code_from(bytes(tip) + number.to_bytes(_NUMBER_BYTES))


def folded(text: str) -> str:
    """A text as names are looked for in it."""
    return "".join(map(_fold, text))


def hide(text: str, marks: Sequence[Mark], say: Say) -> str:
    """The text with what `say` gives in the place of each marked name."""
    parts, done = [], 0
    for place in _places(text, marks):
        parts += [text[done : place.start], say(place.code)]
        done = place.end
    return "".join((*parts, text[done:]))


def marked_in(text: str, marks: Sequence[Mark]) -> list[str]:
    """The codes of those whose names stand in a text, as often as they do."""
    return [place.code for place in _places(text, marks)]


@lru_cache(maxsize=8192)
def _fold(char: str) -> str:
    plain = unicodedata.normalize("NFKD", char).casefold()
    return "".join(one for one in plain if one not in _DOTS and unicodedata.category(one) not in _UNSEEN)


def _places(text: str, marks: Sequence[Mark]) -> list[_Place]:
    """Where names stand, from front to back.

    What overlaps is one place, called by its longest name; so are two names of one person side by side.
    """
    if not marks:
        return []
    parts = [_fold(char) for char in text]
    where = [index for index, part in enumerate(parts) for _ in part]
    found = sorted(_found("".join(parts), where, text, marks), key=lambda one: (one.start, -one.end))
    joined: list[_Place] = []
    for place in found:
        if not joined or not _is_one(joined[-1], place):
            joined.append(place)
            continue
        last = joined[-1]
        longer = place if place.end - place.start > last.end - last.start else last
        joined[-1] = _Place(last.start, max(last.end, place.end), longer.code)
    return joined


def _found(plain: str, where: Sequence[int], text: str, marks: Iterable[Mark]) -> Iterator[_Place]:
    for mark in marks:
        for spelling in mark.spellings:
            wanted = folded(spelling)
            as_word = wanted.isascii() and len(wanted) < LEAST_LATIN_PART
            start = plain.find(wanted) if len(wanted) >= LEAST else -1
            while start >= 0:
                place = _Place(where[start], where[start + len(wanted) - 1] + 1, mark.code)
                if not as_word or _is_word(text, place):
                    yield place
                start = plain.find(wanted, start + 1)


def _is_one(last: _Place, place: _Place) -> bool:
    return place.start < last.end or (place.start == last.end and place.code == last.code)


def _is_word(text: str, place: _Place) -> bool:
    beside = (text[place.start - 1 : place.start], text[place.end : place.end + 1])
    return not any(char.isascii() and char.isalnum() for char in beside if char)
