"""What a file is, by its first bytes."""

import magic

SNIFF_BYTES = 2_048
"""What libmagic wants to see."""

UNKNOWN_TYPE = "application/octet-stream"


class MediaTypes:
    """Names the type of a content; what a browser says about it is not asked."""

    def __init__(self) -> None:
        self._magic = magic.Magic(mime=True)

    def of(self, head: bytes) -> str:
        """The media type."""
        try:
            return str(self._magic.from_buffer(head))
        except magic.MagicException:
            return UNKNOWN_TYPE
