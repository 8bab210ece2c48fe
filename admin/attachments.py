"""Files that leave the site: always attachments, so that no browser shows what somebody made."""

from urllib.parse import quote

from flask import Response

from tipline.spreadsheets.service import SpreadsheetFile


def disposition(name: str, plain: str) -> str:
    """Attachment, with the name in UTF-8, and `plain`, in ASCII, for old browsers.

    Source: RFC 6266, section 4; RFC 8187.
    """
    shown = "".join(char for char in name if char.isprintable() and char not in "/\\") or plain
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(shown, safe='')}"


def spreadsheet_attachment(file: SpreadsheetFile, plain: str) -> Response:
    """The answer that carries a spreadsheet; `plain` is its name in ASCII, without ending."""
    response = Response(file.data, mimetype=file.mimetype)
    ending = file.name.rsplit(".", 1)[-1]
    response.headers["Content-Disposition"] = disposition(file.name, f"{plain}.{ending}")
    return response
