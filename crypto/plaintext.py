"""The type of what was opened. It hides itself everywhere but at ``reveal()``."""

from crypto.errors import BadFormat
from crypto.hidden import Hidden


class Plaintext(Hidden):
    """Readable bytes that leave only through ``reveal()`` or ``reveal_text()``."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        self._data = data

    def reveal(self) -> bytes:
        """The bytes themselves."""
        return self._data

    def reveal_text(self) -> str:
        """The content as text.

        Raises:
            BadFormat: it is not UTF-8. The error holds no part of the content.
        """
        try:
            return self._data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        # Raised outside the handler: a decoding error in its context would carry the bytes along.
        raise BadFormat("the content is not text")
