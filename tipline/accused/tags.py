"""The alias as a tag holds it: in one language, since tags are compared, and said in the reader's own."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from tipline.accused.marks import Mark, hide, marked_in
from tipline.tips.tags import MAX_TAG_CHARACTERS, Tag

_BEGINS: Final = "被举报人-"
_ALIAS: Final = re.compile(rf"{_BEGINS}([A-HJ-NP-Z][1-9][0-9]?)(?![0-9])")


def alias_in_tag(code: str) -> str:
    """What a tag holds in place of a person's name."""
    return f"{_BEGINS}{code}"


def holds_alias(tag: Tag) -> bool:
    """Whether a tag names somebody by an alias, which says nothing outside its own tip."""
    return _ALIAS.search(tag.text) is not None


def say_aliases(text: str, say: Callable[[str], str]) -> str:
    """A tag's text with each alias as `say` gives it."""
    return _ALIAS.sub(lambda found: say(found[1]), text)


def without_names(tags: Iterable[Tag], marks: Sequence[Mark]) -> tuple[Tag, ...]:
    """The tags with aliases in place of marked names; one that would get too long is the alias alone."""
    hidden = (_without_names(tag, marks) for tag in tags)
    return tuple({(tag.kind, tag.folded): tag for tag in hidden}.values())


def _without_names(tag: Tag, marks: Sequence[Mark]) -> Tag:
    codes = marked_in(tag.text, marks)
    if not codes:
        return tag
    text = hide(tag.text, marks, alias_in_tag)
    return replace(tag, text=text if len(text) <= MAX_TAG_CHARACTERS else alias_in_tag(codes[0]))
