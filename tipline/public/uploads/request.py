"""A request whose body may bring files, at the endpoints that take them."""

from io import BytesIO
from typing import IO, Any

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.formparser import FormDataParser

from tipline.public.uploads.body import UploadBody


class UploadRequest(Request):
    """Hands its body to an `UploadBody`, where the site has put one on."""

    body: UploadBody | None = None

    def make_form_data_parser(self) -> FormDataParser:
        """The parser of this request's body."""
        return super().make_form_data_parser() if self.body is None else _BodyParser(self.body)

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        """Files that no `UploadBody` takes stay in memory: the library would write larger ones to a disk."""
        return BytesIO()


class _BodyParser(FormDataParser):
    def __init__(self, body: UploadBody) -> None:
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
            self._body.note_fields(parsed[1].items(multi=True))
            return parsed
        boundary = (options or {}).get("boundary", "").encode("ascii", "replace")
        if not boundary:
            raise BadRequest
        return stream, MultiDict(self._body.read(stream, boundary)), MultiDict()
