"""Texts as a cell may hold them: whoever opens the file runs nothing.

Somebody who can choose a name could otherwise have the spreadsheet program of whoever exports it call an
address or a program. Source: OWASP, "CSV Injection".
"""

import re
from typing import Final

from tipline.spreadsheets.errors import CellTooLong

GUARD: Final = "'"
"""Spreadsheet programs show what follows it as text."""
MOST_CHARACTERS: Final = 32_767
"""Of one cell, in UTF-16 code units. Source: Excel specifications and limits."""

_ACTIVE: Final = frozenset("=+-@＝＋－＠")
"""What a formula begins with; some input methods and programs take the full-width forms for the same."""
_SKIPPED: Final = re.compile(
    r"[\s\x00-\x20\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]*"
)
"""What programs skip, or do not show, before they look for it."""
_UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold. Source: XML 1.0, section 2.2."""
_ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""How .xlsx writes characters by number. Source: ECMA-376 part 1, 22.9.2.19 (ST_Xstring)."""


def harmless(text: str) -> str:
    """The text, with a guard before it where it could be taken for a formula.

    Line breaks become LF, and what no spreadsheet can hold becomes U+FFFD.

    Raises:
        CellTooLong: a cell cannot hold it.
    """
    plain = _UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if text[:1] in ("\t", "\r", "\n") or _begins_formula(text):
        plain = GUARD + plain
    if len(plain.encode("utf-16-le")) // 2 > MOST_CHARACTERS:
        raise CellTooLong
    return plain


def literal(text: str) -> str:
    """The text for .xlsx, in which `_x000D_` would be read as a carriage return."""
    return _ESCAPED.sub("_x005F_", text)


def _begins_formula(text: str) -> bool:
    begins = _SKIPPED.match(text)
    return begins is not None and text[begins.end() : begins.end() + 1] in _ACTIVE
