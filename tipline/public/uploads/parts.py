"""Reading a multipart body part by part: texts whole, files piece by piece.

The framework would write every file part over 500 KB to disk in the clear, so
parts are read here as they come. A body whose files are no longer wanted is
read to its end without keeping it, so that the browser shows the answer.
"""

from collections.abc import Iterator
from typing import IO, Protocol

from werkzeug.exceptions import BadRequest
from werkzeug.sansio.multipart import (
    Data,
    Epilogue,
    Event,
    Field,
    File,
    MultipartDecoder,
    NeedData,
)

MAX_TEXT_BYTES = 1024 * 1024
"""All typed text together; what is over the limit of a text still comes back in the form."""
MAX_DRAINED_BYTES = 1024 * 1024 * 1024

_PIECE = 64 * 1024
_MAX_PARTS = 1_000
_MAX_HEADER_BYTES = 64 * 1024


class PartTaker(Protocol):
    """Who takes what a body holds."""

    def take_text(self, name: str, value: str) -> None:
        """A text field came whole."""
        ...

    def begin_file(self, name: str) -> None:
        """A file begins; its name is as the browser sent it."""
        ...

    def take_bytes(self, data: bytes) -> None:
        """The next bytes of this file."""
        ...

    def end_file(self) -> None:
        """This file came whole."""
        ...

    def refuses_files(self) -> bool:
        """Whether the rest of a body that sends files shall only be drained."""
        ...


class PartReader:
    """Reads one body."""

    def __init__(self, taker: PartTaker) -> None:
        self._taker = taker
        self._part: Field | File | None = None
        self._text = bytearray()
        self._text_bytes = 0
        self._parts = 0
        self.is_cut = False

    def read(self, stream: IO[bytes], boundary: bytes) -> None:
        """Read it to its end.

        Raises:
            BadRequest: it is cut short or malformed, or has too many parts.
        """
        decoder = MultipartDecoder(boundary)
        while True:
            piece = stream.read(_PIECE)
            decoder.receive_data(piece or None)
            try:
                for event in _events(decoder):
                    self._take(event)
                    if isinstance(self._part, File) and self._taker.refuses_files():
                        _drain(stream)
                        return
            except ValueError:
                # What the decoder says when it cannot go on; a subclass of it for bytes that are no UTF-8.
                raise BadRequest from None
            if len(decoder.buffer) > _PIECE + _MAX_HEADER_BYTES:
                raise BadRequest
            if not piece:
                return

    def _take(self, event: Event) -> None:
        if isinstance(event, Field | File):
            self._begin(event)
        elif isinstance(event, Data) and self._part is not None:
            self._continue(event.data)
            if event.more_data:
                return
            if isinstance(self._part, File):
                self._taker.end_file()
            else:
                self._taker.take_text(self._part.name or "", self._text.decode("utf-8", "replace"))
            self._part = None

    def _begin(self, part: Field | File) -> None:
        self._parts += 1
        if self._parts > _MAX_PARTS:
            raise BadRequest
        self._text.clear()
        if isinstance(part, File) and not part.filename:
            self._part = None  # a file field that was left empty
            return
        self._part = part
        if isinstance(part, File):
            self._taker.begin_file(part.filename)

    def _continue(self, data: bytes) -> None:
        if isinstance(self._part, File):
            self._taker.take_bytes(data)
            return
        room = MAX_TEXT_BYTES - self._text_bytes
        self.is_cut |= len(data) > room
        self._text += data[:room]
        self._text_bytes += len(data[:room])


def _events(decoder: MultipartDecoder) -> Iterator[Event]:
    event = decoder.next_event()
    while not isinstance(event, Epilogue | NeedData):
        yield event
        event = decoder.next_event()


def _drain(stream: IO[bytes]) -> None:
    """Read on without looking, up to a bound: a browser that is still sending shows no answer."""
    drained = 0
    while drained < MAX_DRAINED_BYTES:
        piece = stream.read(_PIECE)
        if not piece:
            return
        drained += len(piece)
