"""What came with one form: its sealed fields, its files, and those that wait from before.

In a form the sealed fields stand first, then the texts, then the files: by the
first file it is known which tip it is sealed for. Files are dropped as the
request ends, unless `keep` or `hold` was called.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import IO, Any

from flask import request

from tipline.confined.errors import Dangerous
from tipline.confined.types import Reason
from tipline.files.errors import FileError
from tipline.public.file_limits import FileAllowance
from tipline.public.form_keys import ExpiredForm, FormKeys, IssuedForm
from tipline.public.form_state import FormState
from tipline.public.uploads.intake import FileIntake, ReadyFile, Upload
from tipline.public.uploads.parts import PartReader
from tipline.public.uploads.staged import StagedUpload

MAX_FILES = 10
MAX_FILE_BYTES = 500 * 1024 * 1024
"""All files of a form together, those that wait included."""

FORM_FIELD = "form"
STATE_FIELD = "state"
LEAVE_OUT_FIELD = "leave_out"
REVIEW_FIELD = "review"
REVIEW_FILES = "files"


class UploadProblem(StrEnum):
    """Why files of a form were not taken."""

    TOO_MANY = "too-many"
    TOO_LARGE = "too-large"
    NOT_STORED = "not-stored"
    NOT_WANTED = "not-wanted"
    GONE = "gone"


class UploadBody:
    """The body of one request to an endpoint that takes files."""

    def __init__(self, keys: FormKeys, intake: FileIntake, allowance: FileAllowance) -> None:
        self._keys = keys
        self._intake = intake
        self._allowance = allowance
        self._fields: list[tuple[str, str]] = []
        self._left_out: set[str] = set()
        self._file_bytes = 0
        self._dangerous = 0
        self._upload: Upload | None = None
        self._ready: list[ReadyFile] = []
        self._asks = False
        self._has_form = False
        self.issued: IssuedForm | None = None
        self.state: FormState | None = None
        self.problem: UploadProblem | None = None
        self.refused: list[tuple[str, Reason | UploadProblem]] = []
        self.is_cut = False
        self.lost_state = False

    @property
    def uploads(self) -> list[StagedUpload]:
        """The files that wait and were not left out, then those that came now."""
        waiting = self.state.uploads if self.state else ()
        kept = [upload for upload in waiting if upload.file.item.hex() not in self._left_out]
        return [*kept, *(ready.upload for ready in self._ready)]

    @property
    def must_ask(self) -> bool:
        """Whether the visitor must see the list of files before it goes: it says something new to them."""
        unnamed = any(upload.must_be_named for upload in self.uploads)
        return bool(self.refused) or self.lost_state or (self._asks and unnamed)

    def refuse_files(self) -> None:
        """Take no file of this request; what waits from before goes on waiting."""
        self.problem = UploadProblem.NOT_WANTED
        self.drop()

    def hold(self, answers: Mapping[str, Any] | None = None, *, listed: bool = True) -> FormState:
        """Let every file wait for the next press, and say what to seal into the page's `state`.

        Args:
            answers: what else the state carries.
            listed: whether the page lists the files; whoever sends from it has been told.
        """
        store = self._intake.store
        try:
            store.hold(upload.file.item for upload in self.uploads if not store.is_kept(upload.file.item))
        except OSError:
            self.problem = UploadProblem.NOT_STORED
            self.drop()
        uploads = tuple(upload.as_named() if listed else upload for upload in self.uploads)
        self.keep()
        self.state = FormState(dict(answers or {}), uploads)
        return self.state

    def carry_over(self, issued: IssuedForm) -> None:
        """Go on with another form: its tip is another, so every file is sealed once more."""
        before, moved = self.uploads, []
        try:
            for upload in before:
                moved.append(self._intake.sealed_for(issued.tip, upload))
        except (OSError, FileError):
            self.problem = UploadProblem.NOT_STORED
        self.drop()
        self._intake.store.discard(upload.file.item for upload in before)
        self.issued, self.state, self._ready = issued, None, moved

    def keep(self) -> None:
        """The files are a tip's, or wait: there is nothing left to drop but what was left out."""
        for ready in self._ready:
            ready.staged.release()
        self._ready.clear()
        if self.state:
            items = [upload.file.item for upload in self.state.uploads]
            self._intake.store.discard(item for item in items if item.hex() in self._left_out)

    def drop(self) -> None:
        """Throw away every file of this request that nobody keeps."""
        for staged in [ready.staged for ready in self._ready]:
            staged.drop()
        if self._upload:
            self._upload.drop()
        self._ready.clear()
        self._upload = None

    def read(self, stream: IO[bytes], boundary: bytes) -> list[tuple[str, str]]:
        """Read a multipart body; the text fields in their order.

        Raises:
            BadRequest: it is cut short or malformed.
        """
        reader = PartReader(self)
        reader.read(stream, boundary)
        self.is_cut = reader.is_cut
        return self._fields

    def note_fields(self, fields: Iterable[tuple[str, str]]) -> None:
        """Read the sealed fields of a form that came without files."""
        for name, value in fields:
            self.take_text(name, value)

    def take_text(self, name: str, value: str) -> None:
        """Keep a text field, and open it where it is a sealed one."""
        self._fields.append((name, value))
        if name == FORM_FIELD:
            self._open_form(value)
        elif name == STATE_FIELD:
            self._open_state(value)
        elif name == LEAVE_OUT_FIELD:
            self._left_out.add(value)
        elif name == REVIEW_FIELD:
            self._asks = value == REVIEW_FILES

    def begin_file(self, name: str) -> None:
        """Begin to stage a file, unless the form or its number forbids it."""
        if self.refuses_files():
            return
        if self.issued is None:
            self.problem = UploadProblem.NOT_WANTED
        elif len(self.uploads) + self._dangerous >= MAX_FILES:
            self.problem = UploadProblem.TOO_MANY
        else:
            self._file_bytes = sum(upload.file.size for upload in self.uploads)
            try:
                self._allowance.begin_file()
                self._upload = self._intake.begin(self.issued.tip, name)
            except OSError:
                self.problem = UploadProblem.NOT_STORED

    def take_bytes(self, data: bytes) -> None:
        """Seal the next bytes of the file, or say that they are too many."""
        if self._upload is None or self.problem:
            return
        self._file_bytes += len(data)
        if self._file_bytes > MAX_FILE_BYTES:
            self.problem = UploadProblem.TOO_LARGE
            return
        try:
            self._allowance.take_bytes(len(data))
            self._upload.write(data)
        except OSError:
            self.problem = UploadProblem.NOT_STORED

    def end_file(self) -> None:
        """End the file: sealed, cleaned, staged."""
        if self._upload is None or self.problem:
            return
        try:
            ready = self._intake.finish(self._upload, self._allowance)
        except Dangerous as error:
            self._dangerous += 1
            self.refused.append((self._upload.name, error.reason))
        except OSError:
            self.problem = UploadProblem.NOT_STORED
            return
        else:
            self._ready += [ready] if ready else []
        self._upload = None

    def refuses_files(self) -> bool:
        """Whether something was wrong already."""
        return self.problem is not None

    def _open_form(self, field: str) -> None:
        if self._has_form:
            # Files may be sealed for the first one's tip already: no browser sends two.
            self.issued, self.state, self.problem = None, None, UploadProblem.NOT_WANTED
            return
        self._has_form = True
        try:
            self.issued = self._keys.open(field)
        except ExpiredForm:
            self.problem = UploadProblem.NOT_WANTED

    def _open_state(self, field: str) -> None:
        if self.issued is None or self.state or not field:
            return
        try:
            state = self._keys.open_state(self.issued, field)
        except ExpiredForm:
            self.lost_state = True
            return
        there = [upload for upload in state.uploads if self._intake.store.is_there(upload.file.item)]
        gone = [upload for upload in state.uploads if upload not in there]
        self.refused += [(upload.file.name, UploadProblem.GONE) for upload in gone]
        self.state = replace(state, uploads=tuple(there))


def upload_body() -> UploadBody:
    """What came with the request that is being answered."""
    body = upload_body_or_none()
    if body is None:
        raise TypeError("the endpoint is not among those that take files")
    return body


def upload_body_or_none() -> UploadBody | None:
    """The same; None where no file is taken."""
    body = getattr(request, "body", None)
    return body if isinstance(body, UploadBody) else None
