"""Fields of a text document: what their codes say of somebody's disk, account or name.

A field is a code and the result that one sees. The code may be split over any
number of runs, so a part is read once to judge each whole code, and copied then
without the marks of those that tell too much. Their results stay, as plain text.

Source: ECMA-376 part 1, 17.16 (the kinds of fields and their switches).
"""

import re
from dataclasses import dataclass, field

from tipline.cleaning.markup import DROP, TEXT, Attributes, Decide, Decision, local
from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason

_MARK = "fldChar"
_CODES = {"instrText", "delInstrText"}
_SIMPLE = "fldSimple"
_LINK = "HYPERLINK"

_PLAIN = frozenset(
    {
        *("PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "PAGEREF", "REF", "NOTEREF", "TOC", "TC", "TOA"),
        *("TA", "INDEX", "XE", "SEQ", "STYLEREF", "SYMBOL", "EQ", "QUOTE", "=", "LISTNUM", "AUTONUM"),
        *("AUTONUMLGL", "AUTONUMOUT", "BIDIOUTLINE", "ADVANCE", "DATE", "TIME", "IF", "MERGEFIELD"),
        *("FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN", "NUMWORDS", "NUMCHARS", "FILESIZE"),
        *("MACROBUTTON", "GOTOBUTTON"),  # what they show stands in their code
    }
)
"""They speak of the document alone."""

_WITHOUT_WORDS = frozenset(
    {
        *("AUTHOR", "LASTSAVEDBY", "TITLE", "SUBJECT", "KEYWORDS", "COMMENTS", "FILENAME", "TEMPLATE"),
        *("USERNAME", "USERINITIALS", "USERADDRESS", "CREATEDATE", "SAVEDATE", "PRINTDATE", "REVNUM"),
        "EDITTIME",
    }
)
"""Kept while they say no more than what is to be shown; a word behind them is somebody's."""

_KIND = re.compile(r"\s*(=|[A-Za-z]+)")
_SWITCH = re.compile(r'\\[*@#]\s*(?:"[^"]*"|\S+)|\\[A-Za-z]\b')
_PATH = re.compile(r"(?i)file:|(?<![a-z])[a-z]:[\\/]|\\\\")
_PUBLIC_LINK = re.compile(r'(?i)\s*hyperlink\s+(?:\\|"?(?:(?:https?|mailto|tel):|#))')

PLAIN_CODE = " QUOTE "
"""What a simple field says instead; its lock keeps the result from being made anew."""


@dataclass
class _Field:
    """One that has begun: its marks by number, its code so far."""

    marks: list[int] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    is_code: bool = True
    holds_fields: bool = False  # inside its code


class FieldReader:
    """Judges the fields of one part. `decide` is what becomes of the part's elements otherwise."""

    def __init__(self, decide: Decide) -> None:
        self._decide = decide
        self._open: list[_Field] = []
        self._count = 0
        self._told: set[int] = set()

    def note(self, name: str, attributes: Attributes) -> Decision:
        """See an element."""
        plain = local(name)
        if plain != _MARK and plain not in _CODES:
            decision = self._decide(name, attributes)
            return DROP if decision == DROP else None
        self._count += 1
        if plain in _CODES:
            return TEXT
        kind = next((value for key, value in attributes.items() if local(key) == "fldCharType"), "")
        self._note_mark(kind, self._count)
        return None

    def hear(self, _name: str, text: str) -> str:
        """Hear a piece of a code."""
        if self._open and self._open[-1].is_code:
            self._open[-1].marks.append(self._count)
            self._open[-1].code.append(text)
        else:
            self._told.add(self._count)  # the code of no field
        return text

    def telling(self) -> frozenset[int]:
        """The numbers of the marks and codes to leave out, once the part was read.

        Raises:
            CannotRead: KIND, a field whose code is made by other fields tells too much.
        """
        while self._open:
            self._judge(self._open.pop())
        return frozenset(self._told)

    def _note_mark(self, kind: str, number: int) -> None:
        if kind == "begin":
            for outer in self._open:
                outer.holds_fields |= outer.is_code
            self._open.append(_Field([number]))
        elif self._open:
            self._open[-1].marks.append(number)
            self._open[-1].is_code = False
            if kind == "end":
                self._judge(self._open.pop())

    def _judge(self, one: _Field) -> None:
        if not tells_too_much("".join(one.code)):
            return
        if one.holds_fields:
            raise CannotRead(Reason.KIND)
        self._told.update(one.marks)


def without_fields(decide: Decide, told: frozenset[int]) -> Decide:
    """The same decisions, and these marks and codes dropped."""
    count = 0

    def decide_on(name: str, attributes: Attributes) -> Decision:
        nonlocal count
        plain = local(name)
        if plain == _MARK or plain in _CODES:
            count += 1
            return DROP if count in told else decide(name, attributes)
        if plain == _SIMPLE:
            return _simple(decide(name, attributes), attributes)
        return decide(name, attributes)

    return decide_on


def _simple(decision: Decision, attributes: Attributes) -> Decision:
    if isinstance(decision, str):
        return decision
    kept = dict(attributes if decision is None else decision)
    for name in [name for name in kept if local(name) == "instr"]:
        if tells_too_much(kept[name]):
            kept[name] = PLAIN_CODE
            kept[f"{name.removesuffix('instr')}fldLock"] = "1"
    return decision if kept == attributes else kept


def tells_too_much(code: str) -> bool:
    """Whether a field's code can hold more than what its result shows."""
    found = _KIND.match(code)
    if not code.strip():
        return False
    kind = found.group(1).upper() if found else ""
    if found and kind == _LINK:
        return not _PUBLIC_LINK.match(code) or bool(_PATH.search(code))
    if found and kind in _WITHOUT_WORDS:
        return bool(_SWITCH.sub("", code[found.end() :]).strip())
    return kind not in _PLAIN or bool(_PATH.search(code))
