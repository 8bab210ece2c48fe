"""What can be shown, how large, and what comes of it."""

from dataclasses import dataclass, field

SIDE = 1_600
"""Pixels of a picture's longer side."""

MAX_PICTURES = 20
"""Pages of a PDF, or of a picture with several, that are shown: its first ones."""

MAX_SHOWN_BYTES = 64 * 1024 * 1024
"""The longest file of which pictures are made: it must fit into the process's memory beside a page."""

PDF_TYPE = "application/pdf"
PICTURE_TYPES = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/tiff", "image/gif", "image/bmp", "image/x-ms-bmp"}
)
SHOWN_TYPES = PICTURE_TYPES | {PDF_TYPE}


@dataclass(frozen=True)
class Preview:
    """JPEG pictures that were made from pixels alone, and how many pages the file has."""

    pictures: tuple[bytes, ...] = field(repr=False)
    pages: int
