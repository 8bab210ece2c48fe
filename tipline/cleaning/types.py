"""What is cleaned, and what may come of it."""

from enum import StrEnum

MAX_CLEANED_BYTES = 32 * 1024 * 1024
"""The longest file that is cleaned."""

PLAIN_TYPES = frozenset({"text/plain", "text/csv"})
"""Kinds that hold nothing but what one sees."""

IMAGE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/tiff"})
PDF_TYPE = "application/pdf"
OFFICE_TYPES = frozenset(
    f"application/vnd.openxmlformats-officedocument.{name}"
    for name in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
)

CLEANED_TYPES = IMAGE_TYPES | OFFICE_TYPES | {PDF_TYPE}
"""Kinds that can hold hidden data and that we can take it out of."""


class HiddenData(StrEnum):
    """What a file holds besides what one sees: place, device, author, dates."""

    REMOVED = "removed"
    NONE = "none"  # this kind holds none
    REMAINS = "remains"  # it could not be cleaned
