"""One file of a form: sealed while it streams into staging, then cleaned and sealed once more.

The file as it came and the cleaned one are two sealed files; the first is
thrown away. No readable byte touches the disk, and none is held for longer
than its piece of 64 KiB.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from crypto.keys import Identity
from tipline.cleaning.service import Cleaner, Sender
from tipline.cleaning.types import CLEANED_TYPES, MAX_CLEANED_BYTES, PLAIN_TYPES, HiddenData
from tipline.confined.errors import CannotRead, Dangerous
from tipline.confined.types import Reason
from tipline.files.staging import StagedFile
from tipline.files.store import FileStore
from tipline.ids import TipId
from tipline.public.file_limits import FileAllowance
from tipline.public.uploads.media_types import SNIFF_BYTES, MediaTypes
from tipline.public.uploads.names import clean_name
from tipline.public.uploads.staged import StagedUpload
from tipline.sealing.items import FileSealer, SealedFile
from tipline.sealing.opening import open_file


@dataclass(frozen=True, repr=False)
class ReadyFile:
    """A file that came whole, and its place in staging, locked until the request ends."""

    upload: StagedUpload
    staged: StagedFile


class Upload:
    """One file part. Nothing is on disk before its first bytes were sealed."""

    def __init__(self, staged: StagedFile, types: MediaTypes, tip: TipId, name: str) -> None:
        self.staged = staged
        self.name = clean_name(name)
        self._types = types
        self._tip = tip
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
        if len(self._head) >= SNIFF_BYTES:
            self._begin()

    def end(self) -> SealedFile | None:
        """End the file; None when it was empty.

        Raises:
            OSError: it could not be stored.
        """
        if self._sealer is None and self._head:
            self._begin()
        return self._sealer.finish() if self._sealer else None

    def drop(self) -> None:
        """Throw away what was staged."""
        self.staged.drop()

    def _begin(self) -> None:
        head = bytes(self._head)
        self._head.clear()
        self._sealer = FileSealer(self.staged, self._tip, self.name, self._types.of(head[:SNIFF_BYTES]))
        self._sealer.write(head)


class FileIntake:
    """Takes the files of forms in."""

    def __init__(self, store: FileStore, types: MediaTypes, cleaner: Cleaner) -> None:
        self.store = store
        self._types = types
        self._cleaner = cleaner

    def begin(self, tip: TipId, name: str) -> Upload:
        """Begin a file that is sealed for a tip.

        Raises:
            OSError: the disk is gone, or what is left of it is kept for texts.
        """
        return Upload(self.store.stage(), self._types, tip, name)

    def finish(self, upload: Upload, allowance: FileAllowance) -> ReadyFile | None:
        """End a file, and take its hidden data out where its kind allows; None when it was empty.

        Raises:
            Dangerous: it is made to burst whoever opens it. Nothing of it is left.
            OSError: it could not be stored.
        """
        file = upload.end()
        if file is None:
            upload.drop()
            return None
        try:
            ready = self._cleaned(file, upload.staged, allowance)
        except Dangerous:
            upload.drop()
            raise
        ready.staged.finish(ready.upload.file.item)
        return ready

    def sealed_for(self, tip: TipId, upload: StagedUpload) -> ReadyFile:
        """The same file, sealed for another tip. The first one stays where it is.

        Raises:
            OSError: it could not be stored.
        """
        file = upload.file
        with self.store.open(file.item) as source:
            _, pieces = open_file(source, Identity(file.key_seed), tip=file.tip, item=file.item)
            ready = self._sealed_again(tip, file, pieces)
        ready.staged.finish(ready.upload.file.item)
        return ReadyFile(replace(upload, file=ready.upload.file), ready.staged)

    def _cleaned(self, file: SealedFile, staged: StagedFile, allowance: FileAllowance) -> ReadyFile:
        if file.media_type in PLAIN_TYPES:
            return ReadyFile(StagedUpload(file, HiddenData.NONE), staged)
        if file.media_type not in CLEANED_TYPES:
            return _as_it_came(file, staged, Reason.KIND)
        if file.size > MAX_CLEANED_BYTES:
            return _as_it_came(file, staged, Reason.TOO_LARGE)
        if not allowance.may_clean():
            return _as_it_came(file, staged, Reason.BUSY)
        try:
            clean = self._clean_copy(file, staged, allowance.sender)
        except Dangerous:
            raise
        except CannotRead as error:
            return _as_it_came(file, staged, error.reason)
        staged.drop()
        return clean

    def _clean_copy(self, file: SealedFile, staged: StagedFile, sender: Sender) -> ReadyFile:
        with staged.open() as source:
            _, pieces = open_file(source, Identity(file.key_seed), tip=file.tip, item=file.item)
            with self._cleaner.clean(file.media_type, pieces, sender) as cleaned:
                return self._sealed_again(file.tip, file, cleaned)

    def _sealed_again(self, tip: TipId, file: SealedFile, content: Iterable[bytes]) -> ReadyFile:
        fresh = self.store.stage()
        try:
            sealer = FileSealer(fresh, tip, file.name, file.media_type)
            for piece in content:
                sealer.write(piece)
            return ReadyFile(StagedUpload(sealer.finish(), HiddenData.REMOVED), fresh)
        except (OSError, CannotRead):
            fresh.drop()
            raise


def _as_it_came(file: SealedFile, staged: StagedFile, reason: Reason) -> ReadyFile:
    return ReadyFile(StagedUpload(file, HiddenData.REMAINS, reason), staged)
