"""The pixels of a PDF's first pages, in the process that reads it.

PDFium runs no script (it is built without an engine for them), follows no link and fetches nothing.
"""

from collections.abc import Iterator

import pypdfium2 as pdfium
from PIL import Image
from pypdfium2 import raw

from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason
from tipline.previews.fonts import Fonts
from tipline.previews.frames import Frame
from tipline.previews.types import MAX_PICTURES, SIDE

_LOCKED = {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}


class PageDrawer:
    """The library and the font, loaded while something can still be opened."""

    def __init__(self) -> None:
        """Load them."""
        Image.preinit()
        pdfium.PdfDocument.new().close()
        self._fonts = Fonts()
        self._fonts.install()

    def draw(self, file: bytes) -> Iterator[Frame]:
        """Each of the first pages, with what is filled into its forms.

        Raises:
            CannotRead: it needs a password, or is no PDF.
        """
        try:
            document = pdfium.PdfDocument(file)
            document.init_forms()
        except pdfium.PdfiumError as error:
            locked = error.err_code in _LOCKED
            raise CannotRead(Reason.ENCRYPTED if locked else Reason.DAMAGED) from None
        pages = len(document)
        for number in range(min(pages, MAX_PICTURES)):
            yield _drawn(document, number, pages)


def _drawn(document: pdfium.PdfDocument, number: int, pages: int) -> Frame:
    try:
        page = document[number]
        longer = max(page.get_size())
        if not longer > 0:
            raise CannotRead(Reason.DAMAGED)
        bitmap = page.render(scale=SIDE / longer, fill_color=(255, 255, 255, 255))
    except pdfium.PdfiumError:
        raise CannotRead(Reason.DAMAGED) from None
    image = bitmap.to_pil().convert("RGB")
    image = image.crop((0, 0, min(image.width, SIDE), min(image.height, SIDE)))  # sizes are rounded up
    page.close()
    return Frame(pages, image.width, image.height, image.tobytes())
