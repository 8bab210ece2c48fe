"""The QR codes on a picture, in the limited process."""

import io
from typing import Final

import zxingcpp
from PIL import Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin

from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason
from tipline.voucher_photos.types import MAX_OTHER_PIXELS, MAX_PIXELS, MAX_TEXT_BYTES

# Named one by one: a confined process can look for none.
_FORMATS: Final = (JpegImagePlugin.JpegImageFile, PngImagePlugin.PngImageFile, WebPImagePlugin.WebPImageFile)
# What phones make: one picture, or several in a file. This plugin loads what Exif is read with, too.
_JPEGS: Final = (JpegImagePlugin.JpegImageFile.format, MpoImagePlugin.MpoImageFile.format)
_CODES: Final = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_SIDES: Final = (2_400, 1_200)
"""In pixels: a voucher's 77 modules are large enough in both; a smaller picture forgives more blur."""


def prepare() -> None:
    """Load what the libraries would look for later, when nothing can be opened any more."""
    Image.preinit()
    Image.MAX_IMAGE_PIXELS = None  # pictures are refused below by their number, not by a warning


def texts_in(photo: bytes) -> bytes:
    """The texts of all QR codes, one a line, without white space.

    Raises:
        CannotRead: it is no picture that is read here, or too large a one.
    """
    grey, texts = _grey(photo), set[str]()
    for side in _SIDES:  # both: what is found in one need not be the voucher
        grey.thumbnail((side, side))
        texts |= {"".join(each.text.split()) for each in zxingcpp.read_barcodes(grey, formats=_CODES)}
    return "\n".join(sorted(texts)).encode("utf-8")[:MAX_TEXT_BYTES]


def _grey(photo: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(photo), formats=[str(each.format) for each in _FORMATS]) as picture:
            _require_size(picture)
            picture.draft("L", (_SIDES[0], _SIDES[0]))
            return picture.convert("L")
    except (OSError, SyntaxError, ValueError) as error:
        raise CannotRead(Reason.DAMAGED) from error


def _require_size(picture: Image.Image) -> None:
    most = MAX_PIXELS if picture.format in _JPEGS else MAX_OTHER_PIXELS
    if picture.width * picture.height > most:
        raise CannotRead(Reason.TOO_MANY_PIXELS)
