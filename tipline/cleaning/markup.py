"""One XML part, copied byte by byte but for what is hidden data.

It is read as a stream: tags that hold nothing to hide are copied as they stand,
others are written anew. Comments and processing instructions, which no reader
shows, are left out. Entities and document types are refused before they can
grow: Office files have none (ECMA-376 part 2, 8.1.4).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.parsers import expat

from tipline.confined.errors import CannotRead, Dangerous
from tipline.confined.types import Reason

MAX_DEPTH = 256
MAX_HELD_BYTES = 16 * 1024 * 1024
"""The longest text between two tags."""

_TAG = re.compile(rb"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_ESCAPED = re.compile('[&<>"\t\n\r]')
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_READABLE = {None, "utf-8", "us-ascii", "ascii"}

Attributes = dict[str, str]
Decision = Attributes | str | None
"""What becomes of an element: None as it stands, attributes to write instead, DROP, or TEXT."""

Decide = Callable[[str, Attributes], Decision]

DROP = "drop"
TEXT = "text"


class MarkupCopy:
    """Copies one part. `decide` sees each element, `retell` the text of those it asked for."""

    def __init__(self, decide: Decide, retell: Callable[[str, str], str]) -> None:
        self._decide = decide
        self._retell = retell
        self._held = bytearray()
        self._base = 0  # where in the part the held bytes start
        self._last = 0  # where the last tag starts: what stands before it is settled
        self._out: list[bytes] = []
        self._depth = 0
        self._inside = 0  # depth inside an element that is dropped or retold
        self._mode = DROP
        self._name = ""
        self._alone = 0  # the length of its tag, where an element has one tag only
        self._text: list[str] = []
        self._remarked = False  # a comment stood in the text that is to be retold
        self.changed = False
        self._parser = _parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CommentHandler = lambda _text: self._leave_out(b"-->")
        self._parser.ProcessingInstructionHandler = lambda _target, _text: self._leave_out(b"?>")

    def copy(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The part, in pieces.

        Raises:
            CannotRead: no XML of the kind that Office writes.
            Dangerous: entities, or elements or texts without end.
        """
        try:
            for piece in pieces:
                self._refuse_encoding(piece)
                self._held += piece
                self._parser.Parse(piece, False)
                yield self._settled()
            self._parser.Parse(b"", True)
        except expat.ExpatError:
            raise CannotRead(Reason.DAMAGED) from None
        self._emit(self._base + len(self._held))
        yield self._settled()

    def _refuse_encoding(self, piece: bytes) -> None:
        if not self._base and not self._held and piece.startswith(_OTHER_ENCODINGS):
            raise CannotRead(Reason.KIND)

    def _settled(self) -> bytes:
        if not self._inside:
            self._emit(self._last)
        if len(self._held) > MAX_HELD_BYTES:
            raise Dangerous(Reason.TOO_LARGE)
        out = b"".join(self._out)
        self._out.clear()
        return out

    def _emit(self, end: int) -> None:
        """Copy what stands before `end`."""
        if end > self._base:
            self._out.append(bytes(self._held[: end - self._base]))
            self._forget(end)

    def _forget(self, end: int) -> None:
        del self._held[: end - self._base]
        self._base = end

    def _start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Dangerous(Reason.DAMAGED)
        if self._inside:
            self._inside += 1
            return
        self._last = self._parser.CurrentByteIndex
        decision = self._decide(name, attributes)
        if decision is None:
            return
        if isinstance(decision, str):
            self._begin_inside(decision, name)
        else:
            self._rewrite(name, decision)

    def _rewrite(self, name: str, attributes: Attributes) -> None:
        tag = self._tag()
        self._emit(self._last)
        written = "".join(f' {key}="{_escape(value)}"' for key, value in attributes.items())
        ending = "/>" if tag.endswith(b"/>") else ">"
        self._out.append(f"<{name}{written}{ending}".encode())
        self._forget(self._last + len(tag))
        self._last = self._base
        self.changed = True

    def _leave_out(self, ending: bytes) -> None:
        """Drop the comment or instruction that starts here."""
        start = self._parser.CurrentByteIndex
        if self._inside:
            self._remarked = True
            return
        self._emit(start)
        self._forget(self._base + self._held.index(ending) + len(ending))
        self._last = self._base
        self.changed = True

    def _begin_inside(self, mode: str, name: str) -> None:
        tag = self._tag()
        self._emit(self._last)
        self._mode, self._name, self._inside = mode, name, 1
        self._alone = len(tag) if tag.endswith(b"/>") else 0
        self._text.clear()
        self._remarked = False
        if mode == TEXT:
            self._parser.CharacterDataHandler = self._text.append

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if not self._inside:
            return
        self._inside -= 1
        if self._inside:
            return
        self._leave()

    def _leave(self) -> None:
        end = self._base + self._alone if self._alone else self._end_of_tag(self._parser.CurrentByteIndex)
        if self._mode == TEXT:
            self._parser.CharacterDataHandler = None
            old = "".join(self._text)
            new = self._retell(self._name, old)
            if new == old and not self._remarked:
                self._emit(end)
            else:
                self._out.append(f"<{self._name}>{_escape(new)}</{self._name}>".encode())
                self.changed = True
        else:
            self.changed = True
        self._forget(end)
        self._last = self._base

    def _tag(self) -> bytes:
        return bytes(self._held[self._last - self._base : self._end_of_tag(self._last) - self._base])

    def _end_of_tag(self, start: int) -> int:
        found = _TAG.match(self._held, start - self._base)
        if not found:
            raise CannotRead(Reason.DAMAGED)
        return self._base + found.end()


def read_elements(part: bytes) -> list[tuple[str, Attributes]]:
    """Every element of a small part, in order.

    Raises:
        CannotRead: no XML of the kind that Office writes.
        Dangerous: entities, or elements without end.
    """
    found: list[tuple[str, Attributes]] = []

    def note(name: str, attributes: Attributes) -> None:
        found.append((name, attributes))

    for _ in MarkupCopy(note, lambda _, text: text).copy([part]):
        continue
    return found


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def _parser() -> Any:
    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.XmlDeclHandler = _check_declaration
    return parser


def _refuse_doctype(*_declared: object) -> None:
    raise Dangerous(Reason.DAMAGED)


def _check_declaration(_version: str, encoding: str | None, _standalone: int) -> None:
    if (encoding.lower() if encoding else None) not in _READABLE:
        raise CannotRead(Reason.KIND)


def _escape(text: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES[found.group()], text)
