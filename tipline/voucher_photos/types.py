"""How large a photo of a voucher may be."""

from typing import Final

MAX_PHOTO_BYTES: Final = 12 * 1024 * 1024
"""What phones make of one shot; it waits in memory, so there is no room for more."""
MAX_PIXELS: Final = 64_000_000
MAX_OTHER_PIXELS: Final = 16_000_000
"""Of a PNG or WebP, which cannot be read at a smaller size as a JPEG can."""
MAX_TEXT_BYTES: Final = 20_000
