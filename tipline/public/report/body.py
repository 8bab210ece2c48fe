"""Reading the body of a report: texts into memory, files through the sealer, the rest away.

The framework would write every file part over 500 KB to disk in the clear, so
parts are read here as they come. Text parts stand before files in the form: by
the first file the sealed field is known, and a body that must be refused is
read to its end without keeping it, so that the browser shows the answer with
everything typed still in it.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import IO, Any

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.formparser import FormDataParser
from werkzeug.sansio.multipart import (
    Data,
    Epilogue,
    Event,
    Field,
    File,
    MultipartDecoder,
    NeedData,
)

from tipline.files.store import FileStore
from tipline.public.form_keys import ExpiredForm, FormKeys, IssuedForm
from tipline.public.report.uploads import MediaTypes, Upload
from tipline.sealing.items import FileSealer

MAX_FILES = 10
MAX_FILE_BYTES = 500 * 1024 * 1024
"""All files of a report together."""
MAX_TEXT_PART_BYTES = 1024 * 1024
"""All typed text together; what is over the limit of a text still comes back in the form."""

_PIECE = 64 * 1024
_MAX_PARTS = 1_000
_MAX_HEADER_BYTES = 64 * 1024
_MAX_DRAINED_BYTES = 2 * MAX_FILE_BYTES


class UploadProblem(StrEnum):
    """Why the files of a report were not kept."""

    TOO_MANY = "too-many"
    TOO_LARGE = "too-large"
    NOT_STORED = "not-stored"
    NOT_WANTED = "not-wanted"


class ReportBody:
    """What came with one report. Files stay in staging until `keep` or `drop`."""

    def __init__(self, keys: FormKeys, store: FileStore, types: MediaTypes) -> None:
        self._keys = keys
        self._store = store
        self._types = types
        self._fields: list[tuple[str, str]] = []
        self._text_bytes = 0
        self._file_bytes = 0
        self._parts = 0
        self._part: Field | File | None = None
        self._text = bytearray()
        self._upload: Upload | None = None
        self._finished: list[tuple[Upload, FileSealer]] = []
        self.problem: UploadProblem | None = None
        self.issued: IssuedForm | None = None
        self.is_cut = False
        self._has_form = False

    @property
    def files(self) -> list[FileSealer]:
        """The files that came whole."""
        return [sealer for _, sealer in self._finished]

    def refuse_files(self) -> None:
        """Read the texts only."""
        self.problem = UploadProblem.NOT_WANTED

    def keep(self) -> None:
        """The tip is stored and its files are in their place: there is nothing left to drop."""
        self._finished.clear()

    def drop(self) -> None:
        """Throw away every file that no tip holds."""
        uploads = [upload for upload, _ in self._finished]
        for upload in [*uploads, *([self._upload] if self._upload else [])]:
            upload.drop()
        self._finished.clear()
        self._upload = None

    def read(self, stream: IO[bytes], boundary: bytes) -> list[tuple[str, str]]:
        """Read a multipart body; the text fields in their order.

        Raises:
            BadRequest: it is cut short or malformed.
        """
        decoder = MultipartDecoder(boundary)
        while True:
            piece = stream.read(_PIECE)
            decoder.receive_data(piece or None)
            try:
                for event in _events(decoder):
                    self._take(event)
                    if self.problem and (isinstance(event, File) or self._upload):
                        self._drain(stream)
                        return self._fields
            except ValueError:
                # What the decoder says when it cannot go on; a subclass of it for bytes that are no UTF-8.
                raise BadRequest from None
            if len(decoder.buffer) > _PIECE + _MAX_HEADER_BYTES:
                raise BadRequest
            if not piece:
                return self._fields

    def note_fields(self, fields: MultiDict[str, str]) -> None:
        """Read the sealed field of a form that came without files."""
        self._open_form(fields.get("form", ""))

    def _take(self, event: Event) -> None:
        if isinstance(event, Field | File):
            self._begin(event)
        elif isinstance(event, Data) and self._part is not None:
            self._continue(event.data)
            if not event.more_data:
                self._end()

    def _begin(self, part: Field | File) -> None:
        self._parts += 1
        if self._parts > _MAX_PARTS:
            raise BadRequest
        self._part = part
        self._text.clear()
        if isinstance(part, Field) or not part.filename or self.problem:
            if isinstance(part, File) and not part.filename:
                self._part = None  # a file field that was left empty
            return
        if self.issued is None:
            self.problem = UploadProblem.NOT_WANTED
        elif len(self._finished) >= MAX_FILES:
            self.problem = UploadProblem.TOO_MANY
        else:
            self._upload = Upload(self._store, self._types, self.issued.tip, part.filename)

    def _continue(self, data: bytes) -> None:
        if isinstance(self._part, Field):
            room = MAX_TEXT_PART_BYTES - self._text_bytes
            self.is_cut |= len(data) > room
            self._text += data[:room]
            self._text_bytes += len(data[:room])
        elif self._upload is not None:
            self._file_bytes += len(data)
            if self._file_bytes > MAX_FILE_BYTES:
                self.problem = UploadProblem.TOO_LARGE
            else:
                self._store_safely(self._upload, data)

    def _store_safely(self, upload: Upload, data: bytes) -> None:
        try:
            upload.write(data)
        except OSError:
            self.problem = UploadProblem.NOT_STORED

    def _end(self) -> None:
        if isinstance(self._part, Field):
            name, value = self._part.name or "", self._text.decode("utf-8", "replace")
            self._fields.append((name, value))
            if name == "form":
                self._open_form(value)
        elif self._upload is not None and self.problem is None:
            self._finish(self._upload)
        self._part = None

    def _finish(self, upload: Upload) -> None:
        try:
            sealer = upload.finish()
        except OSError:
            self.problem = UploadProblem.NOT_STORED
            return
        if sealer is None:
            upload.drop()
        else:
            self._finished.append((upload, sealer))
        self._upload = None

    def _open_form(self, field: str) -> None:
        if self._has_form:
            # Files may be sealed for the first one's tip already: no browser sends two.
            self.issued, self.problem = None, UploadProblem.NOT_WANTED
            return
        self._has_form = True
        try:
            self.issued = self._keys.open(field)
        except ExpiredForm:
            self.issued = None

    def _drain(self, stream: IO[bytes]) -> None:
        """Read on without looking, up to a bound: a browser that is still sending shows no answer."""
        drained = 0
        while drained < _MAX_DRAINED_BYTES:
            piece = stream.read(_PIECE)
            if not piece:
                return
            drained += len(piece)


class _BodyParser(FormDataParser):
    """Hands multipart bodies to a `ReportBody`."""

    def __init__(self, body: ReportBody) -> None:
        super().__init__(silent=False)
        self._body = body

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> tuple[IO[bytes], MultiDict[str, Any], MultiDict[str, Any]]:
        if mimetype != "multipart/form-data":
            parsed = super().parse(stream, mimetype, content_length, options)
            self._body.note_fields(parsed[1])
            return parsed
        boundary = (options or {}).get("boundary", "").encode("ascii", "replace")
        if not boundary:
            raise BadRequest
        return stream, MultiDict(self._body.read(stream, boundary)), MultiDict()


class ReportRequest(Request):
    """A request whose body goes through a `ReportBody`, at the one endpoint that takes files."""

    body: ReportBody | None = None

    def make_form_data_parser(self) -> FormDataParser:
        """The parser of this request's body."""
        return super().make_form_data_parser() if self.body is None else _BodyParser(self.body)


def _events(decoder: MultipartDecoder) -> Iterator[Event]:
    event = decoder.next_event()
    while not isinstance(event, Epilogue | NeedData):
        yield event
        event = decoder.next_event()
