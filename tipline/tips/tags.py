"""Tags: what a desk notes at triage so that a tip is found again, on the card and in a sealed item.

Text is kept in one form (NFKC, single spaces), so that full-width digits of a plate find half-width ones.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from crypto.canonical import decode, encode
from crypto.errors import BadFormat

FORMAT: Final = 1
MAX_TAGS: Final = 12
MAX_TAG_CHARACTERS: Final = 60


class TagKind(StrEnum):
    """What a tag names."""

    NICKNAME = "nickname"
    PLATE = "plate"
    COMPANY = "company"
    PLACE = "place"


@dataclass(frozen=True)
class Tag:
    """One tag; two with the same kind and text are one."""

    kind: TagKind
    text: str = field(repr=False)

    @property
    def folded(self) -> str:
        """The text as it is compared."""
        return fold(self.text)


def tidy(text: str) -> str:
    """A text as a tag keeps it: NFKC, without control characters, single spaces."""
    plain = unicodedata.normalize("NFKC", text)
    return " ".join("".join(char if char.isprintable() else " " for char in plain).split())


def fold(text: str) -> str:
    """A text as it is searched for: as a tag keeps it, without the difference of cases."""
    return tidy(text).casefold()


def encode_tags(tags: Iterable[Tag]) -> bytes:
    """The content of a sealed item of tags: canonical JSON."""
    return encode({"v": FORMAT, "tags": to_fields(tags)})


def decode_tags(data: bytes) -> tuple[Tag, ...]:
    """Read the content of a sealed item of tags.

    Raises:
        BadFormat: it is none.
    """
    fields = decode(data)
    try:
        return from_fields(fields["tags"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadFormat("not a tip's tags") from error


def to_fields(tags: Iterable[Tag]) -> list[dict[str, str]]:
    """Tags as objects, for canonical JSON."""
    return [{"kind": tag.kind.value, "text": tag.text} for tag in tags]


def from_fields(fields: Sequence[dict[str, Any]]) -> tuple[Tag, ...]:
    """Tags from objects.

    Raises:
        KeyError, TypeError, ValueError: they are none, or more and longer ones than a card takes.
    """
    if len(fields) > MAX_TAGS:
        raise ValueError("too many tags")
    tags = tuple(Tag(TagKind(one["kind"]), one["text"]) for one in fields)
    if any(not isinstance(tag.text, str) or not 1 <= len(tag.text) <= MAX_TAG_CHARACTERS for tag in tags):
        raise ValueError("a tag is empty or too long")
    return tags
