"""A letter as paragraphs, from which both its print and its word-processor file are made."""

from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """What a paragraph of a letter is."""

    SENDER = "sender"
    TITLE = "title"
    NUMBER = "number"
    TO = "to"
    BODY = "body"
    ITEM = "item"
    REMARK = "remark"
    SIGN = "sign"
    CUT = "cut"
    LINE = "line"


@dataclass(frozen=True)
class Block:
    """One paragraph, of one line or several."""

    style: Style
    text: str


_TEXT_CONTROLS = frozenset("\n\t")


def printable(text: str) -> str:
    """A text without characters that no document may hold (control characters, halves of pairs).

    Marks that turn the direction of writing go too: on paper nobody could tell what they hide.
    """
    return "".join(char for char in text.replace("\r\n", "\n") if char in _TEXT_CONTROLS or _is_printed(char))


def _is_printed(char: str) -> bool:
    code = ord(char)
    if code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code & 0xFFFE == 0xFFFE:
        return False
    # Unicode Standard Annex 9, "Explicit directional embeddings, overrides and isolates".
    return not (0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069)
