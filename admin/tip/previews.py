"""Showing a file: pictures that a confined process made of it, after the same logged reading as a download.

The pictures stand as data: addresses inside the answer to the one POST that the
log speaks of. An address of their own would be a second door to the file: it
would have to be kept somewhere readable, stand in the browser's history, and
could be called again without a statement. The site's policy allows data: for
pictures alone, and these are JPEGs whose bytes no stranger wrote.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from admin.readings.errors import NotWhatWasSealed
from admin.readings.files import OpenFile
from admin.tip.downloads import open_file
from admin.tip.page import TipPage
from admin.visit import Visit
from crypto.errors import CryptoError
from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason
from tipline.previews.types import Preview
from tipline.tips.purposes import Purpose

NOT_SHOWN: Final[Mapping[Reason, LazyString]] = {
    Reason.KIND: _l("There is no preview of this kind of file."),
    Reason.TOO_LARGE: _l("There is no preview: the file, or what is packed into it, is too large."),
    Reason.TOO_MANY_PIXELS: _l("There is no preview: the picture is too large."),
    Reason.ENCRYPTED: _l("There is no preview: the file is locked with a password."),
    Reason.DAMAGED: _l(
        "There is no preview: the file is damaged, not what it seems to be, too large inside, or built so "
        "that whoever opens it is harmed."
    ),
    Reason.TOOK_TOO_LONG: _l("There is no preview: making it took too long."),
    Reason.BUSY: _l("Other files are being shown just now. Wait a minute, then try again."),
}


@dataclass(frozen=True)
class ShownFile:
    """A file's name with its pictures as data: addresses, or the sentence why there are none."""

    name: str = field(repr=False)
    pictures: tuple[str, ...] = field(repr=False)
    pages: int
    why_not: LazyString | None = None

    @property
    def status(self) -> int:
        """Of the answer: a file that cannot be shown is nobody's mistake, and no page."""
        return 422 if self.why_not else 200


def show_file(visit: Visit, page: TipPage, item: str, purpose: Purpose) -> ShownFile:
    """Read a file of a tip, as one logged reading, and make pictures of it.

    Raises:
        NotFound: the tip has no such file for this desk.
        FileMissing: its bytes are gone.
        AdminError: the reading was refused, or the file is not what was sealed.
        KeeperError: nothing was proved to be logged, so nothing is shown.
    """
    with open_file(visit, page, item, purpose) as file:
        try:
            preview = _preview(visit, file)
        except CannotRead as error:
            return ShownFile(file.name, (), 0, NOT_SHOWN[error.reason])
    return ShownFile(file.name, tuple(_address(one) for one in preview.pictures), preview.pages)


def _preview(visit: Visit, file: OpenFile) -> Preview:
    try:
        return visit.services.previews.show(file.media_type, file.pieces, visit.member.id)
    except CryptoError as error:
        raise NotWhatWasSealed from error


def _address(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode()}"
