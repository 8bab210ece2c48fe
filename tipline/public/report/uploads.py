"""A file of a report, sealed while it streams into staging."""

import re
import unicodedata

import magic

from tipline.files.store import FileStore, StagedFile
from tipline.ids import TipId
from tipline.sealing.items import FileSealer

MAX_NAME = 255  # characters

_SNIFF_BYTES = 2_048  # what libmagic wants to see
_UNKNOWN_TYPE = "application/octet-stream"
_LONGEST_ENDING = 16
_NAMELESS = "file"
_UNWANTED = re.compile(r"[\x00-\x1f\x7f]")


class MediaTypes:
    """Says what a file is by its first bytes."""

    def __init__(self) -> None:
        self._magic = magic.Magic(mime=True)

    def of(self, head: bytes) -> str:
        """The media type."""
        try:
            return str(self._magic.from_buffer(head))
        except magic.MagicException:
            return _UNKNOWN_TYPE


class Upload:
    """One file part. Nothing is on disk before its first bytes were sealed."""

    def __init__(self, store: FileStore, types: MediaTypes, tip: TipId, name: str) -> None:
        self._staged: StagedFile = store.stage()
        self._types = types
        self._tip = tip
        self._name = clean_name(name)
        self._head = bytearray()
        self._sealer: FileSealer | None = None

    def write(self, data: bytes) -> None:
        """Seal the next bytes.

        Raises:
            OSError: they could not be stored.
        """
        if self._sealer is not None:
            self._sealer.write(data)
            return
        self._head += data
        if len(self._head) >= _SNIFF_BYTES:
            self._begin()

    def finish(self) -> FileSealer | None:
        """End the file; None when it was empty.

        Raises:
            OSError: it could not be stored.
        """
        if self._sealer is None and self._head:
            self._begin()
        if self._sealer is None:
            return None
        self._sealer.finish()
        self._staged.finish(self._sealer.item)
        return self._sealer

    def drop(self) -> None:
        """Throw away what was staged."""
        self._staged.drop()

    def _begin(self) -> None:
        head = bytes(self._head)
        self._head.clear()
        self._sealer = FileSealer(self._staged, self._tip, self._name, self._types.of(head[:_SNIFF_BYTES]))
        self._sealer.write(head)


def clean_name(name: str) -> str:
    """A file's name without folders and control characters, at most 255 characters with its ending kept."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = _UNWANTED.sub("", last).strip(" .") or _NAMELESS
    if len(plain) <= MAX_NAME:
        return plain
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        return plain[:MAX_NAME]
    return f"{stem[: MAX_NAME - len(ending) - 1]}.{ending}"
